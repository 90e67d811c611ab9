import { describe, expect, test } from 'vitest';
import { type PortTally, addSocket, quantile, tallyOf } from '../../../collectors/tcp/port-tally.ts';
import { parseSocketRow } from '../../../collectors/tcp/ss.ts';

describe('tcp_info', () => {
  test('few values are kept, however many sockets', () => {
    const tallies = new Map<number, PortTally>();
    for (let rtt = 1; rtt <= 100_000; rtt += 1) {
      const line = `ESTAB 0 0 192.0.2.1:80 192.0.2.2:5000 rtt:${rtt / 1000}/1 retrans:0/1`;
      addSocket(tallyOf(tallies, 80), parseSocketRow(line, 'here'), true);
    }
    const entry = tallies.get(80);
    expect(entry).toMatchObject({ sockets: 100_000, retransmits: 100_000 });
    expect(entry?.rtts?.size).toBeLessThan(4000);
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
