import { expect, test } from 'vitest';
import { parseVdevSpace } from '../../../collectors/zfs/vdev-space.ts';
import { attempting } from '../../../lib/parse.ts';

test('a line that makes no sense costs itself, and what follows keeps its pool and class', () => {
  const skipped: string[] = [];
  const lines = [
    'tank\t100\tmany\t70\t-\t-\t1\t30\t1.00\tONLINE\t-',
    '\tmirror-0\t100\t30\t70\t-\t-\t1\t30\t-\tONLINE',
    '\t/dev/sda1\t110\t-\t-\t-\t-\t-\t-\t-\tONLINE',
    '\tmirror-1\t100',
    '\tmirror-2\t100\t30\t70\t-\t-\t101\t30\t-\tONLINE',
    'special       -      -      -        -         -      -      -      -         -',
    '\tmirror-3\t100\t99\t1\t-\t-\t50\t99\t-\tONLINE',
    'of a new kind -      -      -        -         -      -      -      -         -',
    '\tmirror-4\t100\t0\t100\t-\t-\t0\t0\t-\tONLINE',
    'with space\t100\t30\t70\t-\t-\t1\t30\t1.00\tONLINE\t-',
    '',
  ];
  expect(
    parseVdevSpace(
      lines.join('\n'),
      attempting((reason) => skipped.push(reason)),
    ),
  ).toEqual([
    { pool: 'tank', vdev: 'mirror-0', class: 'normal', size: 100, allocated: 30, fragmentation: 0.01 },
    { pool: 'tank', vdev: '/dev/sda1', class: 'normal', size: 110, allocated: undefined, fragmentation: undefined },
    { pool: 'tank', vdev: 'mirror-3', class: 'special', size: 100, allocated: 99, fragmentation: 0.5 },
    // Nothing is said of a class that is not known: no vdev has it.
    { pool: 'tank', vdev: 'mirror-4', class: 'unknown', size: 100, allocated: 0, fragmentation: 0 },
    { pool: 'with space', vdev: undefined, class: 'normal', size: 100, allocated: 30, fragmentation: 0.01 },
  ]);
  expect(skipped).toEqual([
    'Cannot parse zpool list -v line 1, allocated: expected an integer, got "many"',
    'Cannot parse zpool list -v line 4: expected 10 columns, got "2"',
    expect.stringContaining('zpool list -v line 5, fragmentation: expected at most 100 %'),
  ]);
});
