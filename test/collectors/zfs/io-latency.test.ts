import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { latencySamples, parseLatency } from '../../../collectors/zfs/io-latency.ts';
import { namedPools } from '../../../collectors/zfs/vdev-names.ts';
import { parseZpoolStatusText } from '../../../collectors/zfs/zpool-status-text.ts';
import { attempting } from '../../../lib/parse.ts';

const skipped: string[] = [];
const attempt = attempting((reason) => skipped.push(reason));
const pools = new Set(['tank', 'pool with space']);

/** A block as zpool prints it, with these counts of total_wait of reads, and none in the other columns. */
const block = (name: string, counts: readonly number[]): string =>
  `\n${name}\n${counts.map((count, k) => [String(2 ** (k + 1) - 1), count, ...Array<number>(10).fill(0)].join('\t')).join('\n')}\n`;
const zeroes = Array<number>(37).fill(0);

test('blocks are those of pools, and of the vdevs after them', () => {
  const text = `${block('pool with space', zeroes)}${block('mirror-0', zeroes)}${block('tank', zeroes)}`;
  expect(parseLatency(text, pools, attempt).map(({ pool, vdev, rows }) => [pool, vdev, rows.length])).toEqual([
    ['pool with space', undefined, 37],
    ['pool with space', 'mirror-0', 37],
    ['tank', undefined, 37],
  ]);
});
test('a tab in a name, or two of one name, cost no other vdev its numbers', () => {
  const path = '/dev/sda1';
  const config = `\tNAME         STATE\n\ttank         ONLINE\n\t  ${path}  ONLINE\n`;
  const statuses = namedPools(parseZpoolStatusText(`  pool: tank\nconfig:\n\n${config}`, attempt));
  const read = (...all: string[]) => {
    const text = all.map((name) => block(name, [1, ...zeroes.slice(1)])).join('');
    const samples = [...latencySamples(parseLatency(text, pools, attempt), statuses)];
    return samples
      .filter(({ labels }) => labels['vdev'] === path && labels['wait'] === 'total')
      .map(({ value }) => value);
  };
  expect(read('tank', path, '/srv/a\tb')).toEqual(read('tank', path));
  expect(read('tank', path)).toContain(1);
  expect(read('tank', path, path)).toEqual([]);
});
test('what is no block is refused or counted', () => {
  expect(() => parseLatency(block('mirror-0', zeroes), pools, attempt)).toThrow('expected the name of a pool');
});
test.each<[string, (lines: string[]) => string[], string]>([
  [
    'a count that is none',
    ([first = '', ...rest]) => [first.replace('\t0', '\t1.2K'), ...rest],
    'an integer, got "1.2K"',
  ],
  ['a row that is lost', ([, ...rest]) => rest, 'a row of 1 ns, got "3"'],
  ['one in the middle', (lines) => [...lines.slice(0, 5), ...lines.slice(6)], 'a row of 63 ns, got "127"'],
  ['one twice', (lines) => [...lines.slice(0, 6), ...lines.slice(5)], 'a row of 127 ns, got "63"'],
  ['the last one', (lines) => lines.slice(0, -1), '37 rows, got "36"'],
  [
    'a count that is lost',
    ([first = '', ...rest]) => [first.slice(0, -2), ...rest],
    '11 counts in each row, got "10 and 11"',
  ],
])('%s costs the whole histogram: as a counter it would have begun anew', (_name, damage, message) => {
  skipped.length = 0;
  const lines = block('tank', zeroes).trim().split('\n').slice(1);
  const text = `\ntank\n${damage(lines).join('\n')}\n${block('pool with space', zeroes)}`;
  expect(parseLatency(text, pools, attempt).map(({ rows }) => rows.length)).toEqual([0, 37]);
  expect(skipped).toEqual([`Cannot parse zpool iostat -w of pool tank: expected ${message}`]);
});
test('each I/O is in the buckets that it fits in, and in no other', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9), { minLength: 37, maxLength: 37 }), (counts) => {
      const samples = [...latencySamples(parseLatency(block('tank', counts), pools, attempt), [])];
      const ofReads = samples.filter(({ labels }) => labels['wait'] === 'total' && labels['operation'] === 'read');
      for (const { labels, value, suffix } of ofReads) {
        if (suffix !== '_bucket') continue;
        const upTo = labels['le'] === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels['le']) * 1e9;
        const fitting = counts.filter((_, k) => 2 ** (k + 1) - 1 <= upTo);
        expect(value).toBe(fitting.reduce((sum, count) => sum + count, 0));
      }
      expect(ofReads.find(({ suffix }) => suffix === '_count')?.value).toBe(counts.reduce((sum, count) => sum + count));
    }),
  );
});
