import { readdirSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { VdevNode } from '../../../collectors/zfs/pool-status.ts';
import { parseVdevSpace } from '../../../collectors/zfs/vdev-space.ts';
import { parseZfsList, zfsListArguments } from '../../../collectors/zfs/zfs-list.ts';
import { parseZpoolList, zpoolListArguments } from '../../../collectors/zfs/zpool-list.ts';
import { parseZpoolStatusText } from '../../../collectors/zfs/zpool-status-text.ts';
import { type Attempt, attempting } from '../../../lib/parse.ts';
import { fixture, readFixture } from '../../replay.ts';

/** A text that a tool prints, in lines that each tell of one thing. */
interface Listing {
  /** How the files with what was recorded of it begin. */
  readonly files: string;
  /** What is read of it, a word for each thing; `width` is how many columns it has. */
  readonly parse: (text: string, attempt: Attempt, width: number) => readonly string[];
  readonly isLine?: (line: string) => boolean;
  /** What stands in a line takes those below it with it. */
  readonly nested?: true;
}

const shown = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    inner instanceof Map ? [...inner.values()].map(String) : typeof inner === 'bigint' ? String(inner) : inner,
  );
const widthOf = (text: string): number => text.split('\n', 1)[0]?.split('\t').length ?? 0;
const columnsIn = (columns = ''): number => columns.split(',').length;
const nodes = (roots: readonly VdevNode[]): string[] =>
  roots.flatMap(({ children, ...node }) => [shown(node), ...nodes(children)]);

const listings: readonly Listing[] = [
  {
    files: 'zpool_list_-Hp_-o_name_guid',
    parse: (text, attempt, width) =>
      parseZpoolList(text, width === columnsIn(zpoolListArguments(true)[3]), attempt).map(shown),
  },
  {
    files: 'zfs_list_-Hp_-t_filesystem_volume',
    parse: (text, attempt, width) =>
      parseZfsList(text, width === columnsIn(zfsListArguments(true)[5]), attempt).map(shown),
  },
  {
    files: 'zpool_list_-HpvP',
    parse: (text, attempt) => parseVdevSpace(text, attempt).map((space) => shown({ ...space, pool: '' })),
    isLine: (line) => line.includes('\t'),
    nested: true,
  },
  {
    files: 'zpool_status_-p_-P_-s_-t',
    parse: (text, attempt) => parseZpoolStatusText(text, attempt).flatMap(({ roots }) => nodes(roots)),
    // Below the header, but for the headings; the lines of a status have no state in them.
    isLine: (line) =>
      /^\t *\S.* (?:ONLINE|DEGRADED|FAULTED|OFFLINE|UNAVAIL|REMOVED|AVAIL|INUSE|SUSPENDED)\b/.test(line),
    nested: true,
  },
];

const put = fc.constantFrom('', ' ', '\t', 'x', 'é', '-', '0', ':', '\0', '\ufffd');

test.each(listings)(
  '$files…: a line is read or told of, and all others as before',
  ({ files, parse, isLine, nested }) => {
    const texts = readdirSync(fixture('zfs')).flatMap((machine) =>
      readdirSync(fixture('zfs', machine))
        .filter((file) => file.startsWith(files))
        .map((file) => readFixture('zfs', machine, file)),
    );
    const isWhole = (text: string): boolean => {
      const skipped: string[] = [];
      const attempt = attempting((reason) => skipped.push(reason));
      return parse(text, attempt, widthOf(text)).length > 0 && skipped.length === 0;
    };
    const about = texts.filter(isWhole);
    expect(about.length).toBeGreaterThan(2);
    fc.assert(
      fc.property(fc.constantFrom(...about), fc.nat(), fc.nat(), fc.nat(2), put, (text, line, column, count, word) => {
        const lines = text.split('\n');
        const places = lines.flatMap((one, index) => ((isLine?.(one) ?? one !== '') ? [index] : []));
        const at = places[line % places.length] ?? 0;
        const before = lines[at] ?? '';
        const from = column % before.length;
        lines[at] = before.slice(0, from) + word + before.slice(from + count);
        const skipped: string[] = [];
        const width = widthOf(text);
        const attempt = attempting((reason) => skipped.push(reason));
        const [whole, read] = [parse(text, (parsing) => parsing(), width), parse(lines.join('\n'), attempt, width)];
        expect(whole).toHaveLength(places.length);
        const told = nested && skipped.length > 0 ? whole.length : skipped.length;
        expect(read.length + told).toBeGreaterThanOrEqual(whole.length);
        const changed = whole.filter((one) => !read.includes(one));
        expect(changed.length).toBeLessThanOrEqual(nested ? 1 + told : 1);
        for (const reason of skipped) expect(reason).toMatch(/^Cannot parse z(?:pool|fs) \S.*: expected .+, got /s);
      }),
      { numRuns: 300 },
    );
  },
);
