import { describe, expect, test } from 'vitest';
import { directionFinder } from '../../../collectors/tcp/direction.ts';
import { parseEndpoint } from '../../../collectors/tcp/ss.ts';

const end = (text: string) => parseEndpoint(text, 'here');

describe('direction', () => {
  const range = { low: 32_768, high: 60_999 };
  test.each([
    ['0.0.0.0:80', '192.0.2.1:80', '192.0.2.2:50000', 'inbound'],
    ['0.0.0.0:80', '192.0.2.1:50000', '192.0.2.2:80', 'outbound'],
    ['*:80', '[::ffff:192.0.2.1]:80', '[::ffff:192.0.2.2]:50000', 'inbound'],
    ['*:80', '[2001:db8::1]:80', '[2001:db8::2]:50000', 'inbound'],
    ['192.0.2.1:40000', '192.0.2.1:40000', '192.0.2.2:50000', 'inbound'],
    ['[::ffff:192.0.2.1]:40000', '[::ffff:192.0.2.1]:40000', '[::ffff:192.0.2.2]:50000', 'inbound'],
    ['[fe80::1]%eth0:40000', '[fe80::1]%eth0:40000', '[fe80::2]:50000', 'inbound'],
    ['0.0.0.0%eth0:40000', '192.0.2.1%eth0:40000', '192.0.2.2:50000', 'inbound'],
    // With tcp_l3mdev_accept the kernel binds what a listener of no device accepts.
    ['0.0.0.0:40000', '192.0.2.1%vrf0:40000', '192.0.2.2:50000', 'inbound'],
    // The port is that of a listener which cannot have accepted it, and in the ephemeral range.
    ['127.0.0.1:40000', '192.0.2.1:40000', '192.0.2.2:443', 'outbound'],
    ['[::]:40000', '192.0.2.1:40000', '192.0.2.2:443', 'outbound'],
    ['0.0.0.0:40000', '[2001:db8::1]:40000', '[2001:db8::2]:443', 'outbound'],
    ['0.0.0.0%eth1:40000', '192.0.2.1%eth0:40000', '192.0.2.2:443', 'outbound'],
    ['0.0.0.0%eth1:40000', '192.0.2.1:40000', '192.0.2.2:443', 'outbound'],
    // No listener.
    ['*:1', '192.0.2.1:8080', '192.0.2.2:50000', 'inbound'],
    ['*:1', '192.0.2.1:32768', '192.0.2.2:50000', 'outbound'],
    ['*:1', '192.0.2.1:60999', '192.0.2.2:50000', 'outbound'],
    ['*:1', '192.0.2.1:61000', '192.0.2.2:443', 'inbound'],
    ['*:1', '192.0.2.1:80', '192.0.2.2:1234', 'inbound'],
    ['*:1', '192.0.2.1:800', '192.0.2.2:2049', 'outbound'],
    ['*:1', '192.0.2.1:800', '192.0.2.2:50000', 'inbound'],
  ])('listener %s, socket %s to %s: %s', (listener, local, peer, expected) => {
    expect(directionFinder([end(listener)], range)(end(local), end(peer))).toBe(expected);
  });
});
