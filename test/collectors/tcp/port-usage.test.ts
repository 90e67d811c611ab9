import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ephemeralPorts } from '../../../collectors/tcp/ephemeral-ports.ts';
import { portUsage } from '../../../collectors/tcp/port-usage.ts';
import { type Endpoint, parseSocketRow } from '../../../collectors/tcp/ss.ts';

describe('destinations', () => {
  const ephemeral = ephemeralPorts({ low: 1, high: 60_999 }, [], 'never');
  const to = (address: string, port: number) => ({ address, device: '', port });
  const destinationCounter = (capacity?: number) => {
    const usage = portUsage(ephemeral, capacity);
    return {
      add: (local: Endpoint, peer: Endpoint) =>
        usage.add({ state: 'established', receiveQueue: 0, sendQueue: 0, info: '', local, peer }, true),
      max: () => usage.destinations()[0]?.used ?? 0,
    };
  };
  test('exact for as many as it keeps', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 19 })), (ports) => {
        const counter = destinationCounter(20);
        for (const port of ports) counter.add(to('192.0.2.1', 5), to('192.0.2.2', port));
        const counts = new Map<number, number>();
        for (const port of ports) counts.set(port, (counts.get(port) ?? 0) + 1);
        expect(counter.max()).toBe(Math.max(0, ...counts.values()));
      }),
    );
  });
  test('beyond that too low by less than sockets / capacity, never too high', () => {
    const many = fc.array(fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(500) }), {
      maxLength: 400,
    });
    fc.assert(
      fc.property(many, (ports) => {
        const counter = destinationCounter(8);
        for (const port of ports) counter.add(to('192.0.2.1', 5), to('192.0.2.2', port));
        const counts = new Map<number, number>();
        for (const port of ports) counts.set(port, (counts.get(port) ?? 0) + 1);
        const exact = Math.max(0, ...counts.values());
        expect(counter.max()).toBeLessThanOrEqual(exact);
        expect(counter.max()).toBeGreaterThanOrEqual(exact - ports.length / 8);
      }),
    );
  });
  test('local address and device are part of it, the local port is not', () => {
    const counter = destinationCounter();
    for (const port of [1, 2, 3]) counter.add(to('192.0.2.1', port), to('192.0.2.9', 443));
    for (const port of [1, 2]) counter.add(to('192.0.2.2', port), to('192.0.2.9', 443));
    counter.add({ ...to('192.0.2.1', 4), device: 'eth1' }, to('192.0.2.9', 443));
    expect(counter.max()).toBe(3);
  });
});

describe('ports of a local address', () => {
  const usageOf = (rows: readonly string[], reuse: 'never' | 'always' = 'never') => {
    const usage = portUsage(ephemeralPorts({ low: 40_000, high: 40_099 }, [{ low: 40_050, high: 40_099 }], reuse));
    for (const row of rows) usage.add(parseSocketRow(row, 'here'), true);
    return { used: usage.used(), addresses: usage.addresses(), destinations: usage.destinations() };
  };
  const estab = (local: string, peer: string) => `ESTAB 0 0 ${local} ${peer}`;

  test('one socket each, as after bind(); shared, as connect() does; reserved and other ports are not theirs', () => {
    const rows = [
      estab('192.0.2.1:40000', '192.0.2.9:80'),
      estab('192.0.2.1:40001', '192.0.2.9:80'),
      estab('192.0.2.1:40001', '192.0.2.9:81'),
      estab('192.0.2.1:40050', '192.0.2.9:81'),
      estab('192.0.2.1:22', '192.0.2.9:81'),
    ];
    expect(usageOf(rows)).toMatchObject({ used: 2, addresses: [{ address: '192.0.2.1', used: 2, unshared: 1 }] });
  });
  test('an IPv4 address is one, in a socket of either family', () => {
    const rows = [estab('192.0.2.1:40000', '192.0.2.9:80'), estab('[::ffff:192.0.2.1]:40001', '[::ffff:192.0.2.9]:80')];
    expect(usageOf(rows)).toMatchObject({
      addresses: [{ address: '192.0.2.1', used: 2, unshared: 2 }],
      destinations: [{ localAddress: '192.0.2.1', address: '192.0.2.9', port: 80, used: 2 }],
    });
  });
  test('who listens on all addresses has the port of each, of its family', () => {
    const rows = [
      estab('192.0.2.1:40000', '192.0.2.9:80'),
      estab('[2001:db8::1]:40000', '[2001:db8::9]:80'),
      'LISTEN 0 128 *:40001 *:*',
      'LISTEN 0 128 0.0.0.0:40002 0.0.0.0:*',
      'LISTEN 0 128 [::]:40003 [::]:*',
      'LISTEN 0 128 [::]:40004 [::]:*',
    ];
    expect(usageOf(rows).addresses).toEqual([
      { address: '2001:db8::1', used: 4, unshared: 1 },
      { address: '192.0.2.1', used: 3, unshared: 1 },
    ]);
  });
  test('TIME-WAIT that is reused is used, but by nobody alone, and by no destination', () => {
    const rows = ['TIME-WAIT 0 0 192.0.2.1:40000 192.0.2.9:80'];
    expect(usageOf(rows, 'always')).toMatchObject({ used: 1, addresses: [{ used: 1, unshared: 0 }], destinations: [] });
    expect(usageOf(rows)).toMatchObject({
      used: 1,
      addresses: [{ used: 1, unshared: 1 }],
      destinations: [{ used: 1 }],
    });
  });
  test('TIME-WAIT that is reused, but towards several destinations and on no port twice: bind() gave these out', () => {
    const towards = (destinations: number) =>
      Array.from(
        { length: 50 },
        (_, index) => `TIME-WAIT 0 0 192.0.2.1:${40_000 + index} 192.0.2.9:${80 + (index % destinations)}`,
      );
    expect(usageOf(towards(5), 'always').addresses).toMatchObject([{ used: 50, unshared: 50 }]);
    expect(usageOf(towards(1), 'always').addresses).toMatchObject([{ used: 50, unshared: 0 }]);
    expect(usageOf([...towards(5), ...towards(4)], 'always').addresses).toMatchObject([{ used: 50, unshared: 0 }]);
  });
  test('destinations are told as ss shows them, of either family', () => {
    const peers = ['192.0.2.9:80', '255.255.255.255:65535', '0.0.0.1:1', '[2001:db8::9]:443'];
    const rows = peers.map((peer) => estab(peer.startsWith('[') ? '[2001:db8::1]:40000' : '192.0.2.1:40001', peer));
    expect(usageOf(rows).destinations.map(({ address, port }) => [address, port])).toEqual([
      ['0.0.0.1', 1],
      ['192.0.2.9', 80],
      ['255.255.255.255', 65_535],
      ['2001:db8::9', 443],
    ]);
  });
  test('a device is a part of the address', () => {
    const rows = [estab('192.0.2.1%eth1:40000', '192.0.2.9:80'), 'LISTEN 0 128 0.0.0.0%eth1:40001 0.0.0.0:*'];
    expect(usageOf(rows).addresses).toEqual([{ address: '192.0.2.1%eth1', used: 2, unshared: 1 }]);
  });
});
