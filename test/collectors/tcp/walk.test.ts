import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addInfo, destinationCounter, emptyInfoTally, quantile } from '../../../collectors/tcp/walk.ts';

describe('destinations', () => {
  const to = (address: string, port: number) => ({ address, device: '', port });
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

describe('tcp_info', () => {
  test('few values are kept, however many sockets', () => {
    const tally = emptyInfoTally();
    for (let rtt = 1; rtt <= 100_000; rtt += 1) addInfo(tally, 'inbound', 80, { rtt, retransmits: 1 });
    const entry = tally.inbound.get(80);
    expect(entry).toMatchObject({ sockets: 100_000, retransmits: 100_000 });
    expect(entry?.rtts.size).toBeLessThan(4000);
    expect(quantile(entry?.rtts ?? new Map(), 0.5)).toBe(50_000);
  });
  test.each([
    [0.5, [5], 5],
    [0.99, [5], 5],
    [0.5, [1, 2, 3, 4], 2],
    [0.9, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 9],
    [0.99, [1, 2, 3], 3],
    [0.5, [], undefined],
  ])('the %d quantile of %j', (part, values, expected) => {
    expect(quantile(new Map(values.map((value) => [value, 1])), part)).toBe(expected);
  });
});
