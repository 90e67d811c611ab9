import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compare } from '../../../collectors/replication-lag/compare.ts';
import type { Dataset, Snapshot } from '../../../collectors/replication-lag/zfs-list.ts';

/** Snapshots of GUIDs in their order; on the source and on the target the transaction groups differ. */
const snapshots = (dataset: string, guids: readonly string[], mark = '@', offset = 0): Snapshot[] =>
  guids.map((guid, index) => ({ name: `${dataset}${mark}s${guid}`, guid, createtxg: offset + (index + 1) * 10 }));
const source = (guids: readonly string[], bookmarks: readonly Snapshot[] = []): Dataset => ({
  name: 'rpool/a',
  guid: '1',
  resumeToken: undefined,
  creation: undefined,
  written: 0,
  readonly: false,
  sync: undefined,
  snapshots: snapshots('rpool/a', guids),
  bookmarks: [...bookmarks],
});
const target = (guids: readonly string[]): Snapshot[] => snapshots('tank/a', guids, '@', 5000);
const all = () => true;
const names = (list: readonly Snapshot[] | undefined) => list?.map(({ guid }) => guid);

describe('compare', () => {
  test.each([
    ['in sync', ['1', '2'], ['1', '2'], 'snapshot', '2', [], 0],
    ['one to be sent', ['1', '2', '3'], ['1', '2'], 'snapshot', '2', ['3'], 0],
    ['the target has others between', ['1', '3'], ['1', '2', '3'], 'snapshot', '3', [], 0],
    ['the target has newer ones of its own', ['1', '2'], ['1', 'x', 'y'], 'snapshot', '1', ['2'], 2],
    ['the source has pruned the newest that was sent', ['1', '4'], ['1', '2', '3'], 'snapshot', '1', ['4'], 2],
    ['nothing in common', ['3', '4'], ['1', '2'], 'nothing', undefined, ['3', '4'], 2],
    ['an empty target', ['1', '2'], [], 'nothing', undefined, ['1', '2'], 0],
    ['an empty source', [], ['1'], 'nothing', undefined, [], 1],
  ])('%s', (_, own, other, joined, base, pending, diverged) => {
    const found = compare(source(own), target(other), all, undefined);
    expect({ ...found, base: found.base?.guid, pending: names(found.pending) }).toMatchObject({
      joined,
      pending,
      diverged,
    });
    expect(found.base?.guid).toBe(base);
    expect(found.idle).toBe(false);
  });

  test('neither side has a snapshot', () => {
    expect(compare(source([]), target([]), all, undefined)).toMatchObject({ idle: true, pending: [], diverged: 0 });
  });

  test('the order of a listing does not count', () => {
    const shuffled = source(['1', '2', '3', '4']);
    shuffled.snapshots.reverse();
    expect(names(compare(shuffled, target(['1', '2']), all, undefined).pending)).toStrictEqual(['3', '4']);
  });

  test('GUIDs that a double cannot tell apart are two', () => {
    const found = compare(
      source(['9007199254740992', '9007199254740993']),
      target(['9007199254740992']),
      all,
      undefined,
    );
    expect(names(found.pending)).toStrictEqual(['9007199254740993']);
  });

  test('a bookmark joins what has no common snapshot, and tells no bytes', () => {
    const bookmark = { name: 'rpool/a#b', guid: '2', createtxg: 5 };
    const found = compare(source(['3', '4'], [bookmark]), target(['1', '2']), all, undefined);
    expect(found).toMatchObject({ joined: 'bookmark', base: { guid: '2' }, diverged: 0 });
    expect(names(found.pending)).toStrictEqual(['3', '4']);
    expect(found.passed).toBeUndefined();
  });

  test('a bookmark that is newer than the common snapshot is the base', () => {
    const bookmark = { name: 'rpool/a#zrepl_CURSOR_G_3_J_x', guid: '3', createtxg: 15 };
    const found = compare(source(['1', '4'], [bookmark]), target(['1', '2', '3']), all, undefined);
    expect(found).toMatchObject({ joined: 'snapshot', base: { guid: '3' }, diverged: 0 });
    expect(names(found.pending)).toStrictEqual(['4']);
  });

  test('what the filter leaves out may be the base and is passed on the way, but does not wait', () => {
    const wanted = (name: string) => name === 's1' || name === 's4';
    const found = compare(source(['1', '2', '3', '4', '5']), target(['1', '2']), wanted, undefined);
    expect(found).toMatchObject({ base: { guid: '2' }, newest: { guid: '4' } });
    expect(names(found.pending)).toStrictEqual(['4']);
    expect(names(found.passed)).toStrictEqual(['3', '4']);
  });

  test('while the target is unknown the base of an earlier run holds', () => {
    const found = compare(source(['1', '2', '3']), undefined, all, { guid: '2', createtxg: 20 });
    expect(found).toMatchObject({ joined: 'unknown', base: { guid: '2' } });
    expect(names(found.pending)).toStrictEqual(['3']);
    expect(found.diverged).toBeUndefined();
  });

  test('after the source has lost it, the base of an earlier run holds, whatever the target still has', () => {
    const known = { guid: '2', createtxg: 5 };
    const kept = compare(source(['3', '4']), target(['1', '2']), all, known);
    expect(kept).toMatchObject({ joined: 'nothing', base: { guid: '2' }, diverged: 0 });
    expect(kept.passed).toBeUndefined();
    expect(compare(source(['3', '4']), target(['1']), all, known)).toMatchObject({
      joined: 'nothing',
      base: { guid: '2' },
    });
    expect(names(compare(source(['3', '4']), target([]), all, known).pending)).toStrictEqual(['3', '4']);
  });

  test('what is known to be sent and pruned since is none that the target made; what came after it is', () => {
    const [known, sent] = [
      { guid: '1', createtxg: 10 },
      { guid: '3', createtxg: 15 },
    ];
    const found = compare(source(['1', '4']), target(['1', '2', '3', 'x']), all, known, sent);
    expect(found).toMatchObject({ base: { guid: '1' }, sent, diverged: 1 });
    expect(names(found.pending)).toStrictEqual(['4']);
    const lost = compare(source(['1', '4']), target(['1', 'x']), all, known, sent);
    expect(lost).toMatchObject({ base: { guid: '1' }, sent: { guid: '1' }, diverged: 1 });
  });

  test('of any history: pending, base and the rest of the source are all of it', () => {
    const guids = fc.uniqueArray(fc.integer({ min: 1, max: 40 }).map(String), { maxLength: 20 });
    fc.assert(
      fc.property(guids, guids, (own, other) => {
        const found = compare(source(own), target(other), all, undefined);
        const at = found.base === undefined ? -1 : own.indexOf(found.base.guid);
        expect(names(found.pending)).toStrictEqual(own.slice(at + 1));
        expect(own.slice(at + 1).filter((guid) => other.includes(guid))).toStrictEqual([]);
        expect(found.joined).toBe(own.some((guid) => other.includes(guid)) ? 'snapshot' : 'nothing');
        const since = found.base === undefined ? other : other.slice(other.indexOf(found.base.guid) + 1);
        expect(found.diverged).toBe(since.filter((guid) => !own.includes(guid)).length);
      }),
    );
  });
});
