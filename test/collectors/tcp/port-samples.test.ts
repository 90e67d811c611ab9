import { describe, expect, test } from 'vitest';
import { fold, foldedCounts } from '../../../collectors/tcp/port-samples.ts';

describe('fold', () => {
  const counts = new Map([
    [22, 1],
    [443, 9],
    [5432, 4],
    [6379, 4],
    [9, 1],
  ]);
  test.each([
    [2, [], { '443': 9, '5432': 4, other: 6 }],
    [2, [22, 80], { '22': 1, '80': 0, '443': 9, '5432': 4, other: 5 }],
    [4, [22], { '22': 1, '443': 9, '5432': 4, '6379': 4, '9': 1 }],
    [0, [], { other: 19 }],
  ])('limit %j, known %j', (limit, ports, expected) => {
    const known = new Set(ports);
    const nameOf = fold(counts, { known, limit });
    expect(Object.fromEntries(foldedCounts(counts, known, nameOf))).toEqual(expected);
  });
  test('what is not eligible has none, also where there is room', () => {
    const nameOf = fold(counts, { known: new Set([22]), limit: 50, eligible: (port) => port > 9 });
    expect([...counts.keys()].map(nameOf)).toEqual(['22', '443', '5432', '6379', 'other']);
  });
});
