import { describe, expect, test } from 'vitest';
import { findCopies } from '../../../../collectors/replication-lag/discover/copies.ts';

const dataset = (name: string, creation: number, ...snapshots: [guid: string, creation: number, name?: string][]) => ({
  name,
  creation,
  readonly: false,
  written: 0,
  snapshots: new Map(snapshots.map(([guid, at, own = `s${guid}`]) => [guid, { name: own, creation: at }])),
});

describe('copies', () => {
  test('a copy was made later than what it received', () => {
    const found = findCopies([
      dataset('a/copy', 50, ['1', 10], ['2', 20]),
      dataset('b/source', 5, ['1', 10], ['2', 20], ['3', 60]),
    ]);
    expect(found).toStrictEqual([
      { source: 'b/source', target: 'a/copy', recursive: false, carried: undefined, exclude: [], isSent: true },
    ]);
  });

  test('children go with their parents, and who has no copy is left out', () => {
    const found = findCopies([
      dataset('r', 1),
      dataset('r/d', 2, ['1', 10]),
      dataset('r/d/x', 3, ['2', 10]),
      dataset('r/d/new', 4, ['3', 10]),
      dataset('r/d/empty', 4),
      dataset('t', 1),
      dataset('t/d', 12, ['1', 10]),
      dataset('t/d/x', 13, ['2', 10]),
    ]);
    const exclude = ['r/d/new', 'r/d/empty'];
    const all = { recursive: true, carried: undefined, exclude, isSent: true };
    expect(found).toStrictEqual([{ source: 'r/d', target: 't/d', ...all }]);
  });

  test('a copy under another name is a pair of its own', () => {
    const found = findCopies([
      dataset('r/d', 2, ['1', 10]),
      dataset('r/d/x', 3, ['2', 10]),
      dataset('t/d', 12, ['1', 10]),
      dataset('t/d/y', 13, ['2', 10]),
    ]);
    expect(found.map(({ source, target }) => [source, target])).toStrictEqual([
      ['r/d', 't/d'],
      ['r/d/x', 't/d/y'],
    ]);
  });

  test('who has the newest snapshot that the other lacks is the source, be it the younger dataset', () => {
    const found = findCopies([
      dataset('new/data', 50, ['1', 10], ['2', 60], ['3', 70]),
      dataset('old/data', 5, ['0', 6], ['1', 10], ['2', 60]),
    ]);
    expect(found).toMatchObject([{ source: 'new/data', target: 'old/data' }]);
  });

  test('what is readonly is a copy, be it ahead by snapshots of its own', () => {
    const copy = { ...dataset('backup/data', 5, ['1', 10], ['own', 30]), readonly: true };
    const found = findCopies([copy, dataset('rpool/data', 50, ['1', 10], ['2', 20])]);
    expect(found).toMatchObject([{ source: 'rpool/data', target: 'backup/data' }]);
  });

  // Constructed: both have what was made elsewhere.
  test.each([
    ['nobody works at it', { written: 4096 }, ['bk/web1/data', 'usb/data']],
    ['it was made there, and is in use', { written: 2 ** 30 }, ['usb/data', 'bk/web1/data']],
  ])('a readonly copy, and a younger one beside it that is not: %s', (_what, own, [source, target]) => {
    const copy = { ...dataset('bk/web1/data', 20, ['1', 10], ['2', 60]), readonly: true };
    const found = findCopies([{ ...dataset('usb/data', 30, ['1', 10], ['2', 60]), ...own }, copy]);
    expect(found).toMatchObject([{ source, target, isSent: true }]);
  });

  // Constructed.
  const template = dataset('vm/template', 5, ['base', 10]);
  const used = { written: 2 ** 30 };
  test.each([
    ['a template was sent to many, which are used', [template, { ...dataset('vm/a', 20, ['base', 10]), ...used }], []],
    ['they have snapshots of their own', [template, dataset('vm/a', 20, ['base', 10], ['a', 30])], []],
    [
      'the template is gone',
      [dataset('vm/a', 20, ['base', 10], ['a', 30]), dataset('vm/b', 21, ['base', 10], ['b', 31])],
      [],
    ],
    [
      'one of them has a copy',
      [
        template,
        { ...dataset('vm/a', 20, ['base', 10], ['a', 30]), ...used },
        { ...dataset('vm/b', 21, ['base', 10]), ...used },
        dataset('bk/a', 40, ['base', 10], ['a', 30]),
      ],
      [['vm/a', 'bk/a']],
    ],
    [
      'a pool was moved, and the old one is left as it was',
      [dataset('new/d', 20, ['1', 10], ['2', 30]), dataset('old/d', 5, ['1', 10])],
      [],
    ],
    [
      'a first copy was sent a moment ago',
      [template, dataset('bk/template', 20, ['base', 10])],
      [['vm/template', 'bk/template']],
    ],
  ])('what is sent: %s', (_what, candidates, expected) => {
    const sent = findCopies(candidates).filter(({ isSent }) => isSent);
    expect(sent.map(({ source, target }) => [source, target])).toStrictEqual(expected);
  });

  test('of datasets made in the same second the one that is ahead is the source', () => {
    const found = findCopies([dataset('a', 5, ['1', 10]), dataset('b', 5, ['1', 10], ['2', 20])]);
    expect(found[0]).toMatchObject({ source: 'b', target: 'a' });
  });

  test('what is sent of a tree is what is sent of all its datasets', () => {
    const tree = (child: string) =>
      findCopies([
        dataset('r/d', 1, ['1', 10, 'w_2026-01'], ['2', 20, 'h_2026-02'], ['3', 30, 'w_2026-03']),
        dataset('r/d/x', 1, ['4', 10, child]),
        dataset('t/d', 2, ['1', 10], ['3', 30]),
        dataset('t/d/x', 2, ['4', 10]),
      ]);
    expect(tree('w_2026-01')).toMatchObject([{ recursive: true, carried: { include: ['w_*'] } }]);
    expect(tree('h_2026-01')).toMatchObject([{ recursive: true, carried: undefined }]);
  });
});
