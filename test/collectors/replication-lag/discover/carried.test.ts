import { describe, expect, test } from 'vitest';
import { carriedBy } from '../../../../collectors/replication-lag/discover/carried.ts';

const day = 86_400;

/** A source with one snapshot a day, by their names, and a target that has some of these. */
function join(names: readonly string[], common: readonly number[]) {
  const all = names.map((name, n) => [String(n), { name, creation: (n + 1) * day }] as const);
  const one = { creation: 0, readonly: false, written: 0 };
  return {
    source: { ...one, name: 'r', snapshots: new Map(all) },
    target: { ...one, name: 't', snapshots: new Map(common.flatMap((n) => all.slice(n, n + 1))) },
  };
}

type Names = readonly string[];
/** What both sides have, by its place in the source. */
const cases: readonly [what: string, source: Names, common: readonly number[], include: string | undefined][] = [
  ['one kind is sent', ['w_2026-01', 'h_2026-02', 'w_2026-03'], [0, 2], 'w_*'],
  ['the newest one waits', ['w_2026-01', 'h_2026-02', 'w_2026-03', 'h_2026-04', 'w_2026-05'], [0, 2], 'w_*'],
  ['a job whose name has a digit', ['to1-2026-01', 'a2026-02', 'to1-2026-03'], [0, 2], 'to1-*'],
  ['kinds with a number', ['weekly.1', 'daily.8', 'weekly.2'], [0, 2], 'weekly.*'],
  ['two kinds are sent', ['w_2026-01', 'h_2026-02', 'm_2026-03'], [0, 2], undefined],
  ['all is sent', ['w_2026-01', 'h_2026-02', 'w_2026-03', 'h_2026-04'], [0, 1, 2], undefined],
  ['one kind is there, and was pruned on the target', ['w_2026-01', 'w_2026-02', 'w_2026-03'], [0, 2], undefined],
  ['the other kind begins in the same way', ['w_2026-01', 'w_h_2026-02', 'w_2026-03'], [0, 2], undefined],
  ['one was sent', ['h_2026-01', 'w_2026-02', 'h_2026-03'], [1], undefined],
  ['the other kind is older than all that was sent', ['h_2026-01', 'w_2026-02', 'w_2026-03'], [1, 2], undefined],
  ['the other kind is newer than all that was sent', ['w_2026-01', 'w_2026-02', 'h_2026-03'], [0, 1], undefined],
  ['it was passed by long ago', ['w_2026-01', 'h_2026-02', 'w_2026-03', 'w_2026-04'], [0, 2, 3], undefined],
  ['names are times', ['2026-01', 'h_2026-02', '2026-03'], [0, 2], undefined],
];

describe('snapshots that a job takes', () => {
  test.each(cases)('%s', (_what, names, common, include) => {
    expect(carriedBy([join(names, common)])?.include).toEqual(include && [include]);
  });

  test('they are of one kind in all datasets', () => {
    const passed = join(['w_2026-01', 'h_2026-02', 'w_2026-03'], [0, 2]);
    expect(carriedBy([passed, join(['w_2026-01'], [0])])?.include).toEqual(['w_*']);
    expect(carriedBy([passed, join(['h_2026-01'], [0])])).toBeUndefined();
  });

  test('a job that is no daily one has a day more than it needs, where it needs most', () => {
    const daily = join(['w_2026-01', 'w_2026-02'], [0, 1]);
    const third = join(['w_2026-01', 'h_2026-02', 'h_2026-03', 'w_2026-04'], [0, 3]);
    expect(carriedBy([daily, third])?.maxAge).toBe('4d');
    const hourly = { name: 'h_2026-02', creation: 1.5 * day };
    const snapshots = new Map([...daily.source.snapshots, ['h', hourly] as const]);
    expect(carriedBy([{ ...daily, source: { ...daily.source, snapshots } }])).toEqual({
      include: ['w_*'],
      maxAge: undefined,
    });
  });
});
