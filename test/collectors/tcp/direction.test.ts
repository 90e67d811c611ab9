import { describe, expect, test } from 'vitest';
import { directionFinder, settleDirections } from '../../../collectors/tcp/direction.ts';
import { ephemeralPorts } from '../../../collectors/tcp/ephemeral-ports.ts';
import { type PortTally, tallyOf } from '../../../collectors/tcp/port-tally.ts';
import { parseEndpoint } from '../../../collectors/tcp/ss.ts';

const end = (text: string) => parseEndpoint(text, 'here');

describe('direction', () => {
  const ephemeral = ephemeralPorts({ low: 32_768, high: 60_999 }, [{ low: 50_001, high: 50_001 }], 'loopback');
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
    ['*:1', '192.0.2.1:32768', '192.0.2.2:443', 'outbound'],
    ['*:1', '192.0.2.1:32768', '192.0.2.2:5432', undefined],
    ['*:1', '192.0.2.1:50001', '192.0.2.2:5432', 'inbound'],
    ['*:1', '192.0.2.1:60999', '192.0.2.2:50000', undefined],
    ['*:1', '192.0.2.1:61000', '192.0.2.2:443', 'inbound'],
    ['*:1', '192.0.2.1:80', '192.0.2.2:1234', 'inbound'],
    ['*:1', '192.0.2.1:800', '192.0.2.2:2049', 'outbound'],
    ['*:1', '192.0.2.1:800', '192.0.2.2:50000', 'inbound'],
  ])('listener %s, socket %s to %s: %s', (listener, local, peer, expected) => {
    expect(directionFinder([end(listener)], ephemeral)(end(local), end(peer))).toBe(expected);
  });
});

describe('direction of what has no listener', () => {
  const settled = (pairs: readonly (readonly [local: number, remote: number])[]) => {
    const undecided = new Map<number, PortTally>();
    for (const [local, remote] of pairs) tallyOf(undecided, (local << 16) | remote).sockets += 1;
    const ports = { inbound: new Map<number, PortTally>(), outbound: new Map<number, PortTally>() };
    settleDirections(undecided, ports);
    const counts = (tallies: ReadonlyMap<number, PortTally>) =>
      [...tallies].map(([port, { sockets }]) => [port, sockets]);
    return { inbound: counts(ports.inbound), outbound: counts(ports.outbound) };
  };
  test('one local port of many remote ones is that of a service', () => {
    expect(settled([40_000, 40_001, 40_002].map((remote) => [8080, remote]))).toEqual({
      inbound: [[8080, 3]],
      outbound: [],
    });
  });
  test('two may be chance', () => {
    expect(settled([40_000, 40_001].map((remote) => [8080, remote]))).toEqual({
      inbound: [],
      outbound: [
        [40_000, 1],
        [40_001, 1],
      ],
    });
  });
  test('a local port that a client has towards several services is none', () => {
    const services = [3306, 5432, 6379, 9092];
    const pairs = Array.from({ length: 20 }, (_, index) =>
      services.map((port) => [40_000 + index, port] as const),
    ).flat();
    expect(settled(pairs)).toEqual({ inbound: [], outbound: services.map((port) => [port, 20]) });
  });
  test('both ends of the connections of this machine', () => {
    const clients = [40_000, 40_001, 40_002, 40_003];
    expect(
      settled([...clients.map((port) => [8080, port] as const), ...clients.map((port) => [port, 8080] as const)]),
    ).toEqual({ inbound: [[8080, 4]], outbound: [[8080, 4]] });
  });
});
