import { describe, expect, test } from 'vitest';
import { parseMemoryLimits, parseOpened, parseSockstat } from '../../../collectors/tcp/proc-net.ts';

describe('files', () => {
  test('sockstat, with IPv6 and without', () => {
    const text = 'sockets: used 89\nTCP: inuse 28 orphan 0 tw 6 alloc 48 mem 517\nUDP: inuse 3 mem 0\n';
    expect(parseSockstat(text, 'TCP6: inuse 12\n')).toEqual({ ipv4: 28, ipv6: 12, timeWait: 6, memory: 517 });
    expect(parseSockstat(text, undefined)).toEqual({ ipv4: 28, ipv6: 0, timeWait: 6, memory: 517 });
  });
  test.each(['', 'UDP: inuse 3 mem 0\n', 'TCP: inuse many orphan 0 tw 6\n', 'TCP: inuse 5\n'])('sockstat %j', (text) =>
    expect(() => parseSockstat(text, undefined)).toThrow(/^Cannot parse \/proc\/net\/sockstat: expected "TCP: inuse/),
  );
  test.each([
    [
      'Ip: Forwarding\nIp: 2\nTcp: MaxConn ActiveOpens PassiveOpens InErrs\nTcp: -1 27 14 0\nUdp: NoPorts\nUdp: 0\n',
      41,
    ],
    ['Tcp: ActiveOpens InErrs\nTcp: 27 0\n', undefined],
    ['Tcp: ActiveOpens PassiveOpens\n', undefined],
    ['Tcp: ActiveOpens PassiveOpens\nTcp: many 3\n', undefined],
    [undefined, undefined],
  ])('opened in %j', (text, opened) => expect(parseOpened(text)).toBe(opened));
  test('tcp_mem', () =>
    expect(parseMemoryLimits('94842\t126456\t189684\n')).toEqual({ pressure: 126_456, high: 189_684 }));
  test.each(['', '1 2', 'a b c'])('tcp_mem %j', (text) =>
    expect(() => parseMemoryLimits(text)).toThrow(/^Cannot parse .*tcp_mem: expected three numbers of pages/),
  );
});
