import { expect, test } from 'vitest';
import { parseNetDev } from '../../../collectors/wireguard/interfaces.ts';

test('/proc/net/dev', () => {
  const text = [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs',
    '    lo:       0       0    0    0    0     0          0         0        0       0    0',
    'enp0s31f6:12345678 1 0',
    '   wg0: 51624     536    0',
    '',
  ].join('\n');
  expect(parseNetDev(text)).toEqual(['lo', 'enp0s31f6', 'wg0']);
  expect(parseNetDev('')).toEqual([]);
});
