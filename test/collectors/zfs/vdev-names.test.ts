import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { statusSamples } from '../../../collectors/zfs/pool-samples.ts';
import type { Vdev, VdevNode } from '../../../collectors/zfs/pool-status.ts';
import { vdevInfo } from '../../../collectors/zfs/vdev-metrics.ts';
import { namedPools } from '../../../collectors/zfs/vdev-names.ts';
import { parseZpoolStatusJson } from '../../../collectors/zfs/zpool-status-json.ts';
import { parseZpoolStatusText } from '../../../collectors/zfs/zpool-status-text.ts';
import type { Value } from '../../../lib/metric.ts';

const known = {
  class: 'normal',
  state: 'online',
  aux: '',
  missing: false,
  guid: undefined,
  path: undefined,
  read: 0,
  write: 0,
  checksum: 0,
  slow: undefined,
  trim: undefined,
  trimmed: undefined,
  resilver: undefined,
  noalloc: false,
  size: undefined,
  allocated: undefined,
  resilvered: undefined,
  dioVerifyErrors: undefined,
} satisfies Partial<VdevNode>;

const leaf = (path: string, over: Partial<VdevNode> = {}): VdevNode => ({
  ...known,
  label: path,
  path,
  type: 'disk',
  children: [],
  ...over,
});
const missing = (guid: string, path: string): VdevNode => leaf(path, { label: guid, missing: true, state: 'unavail' });
const above = (label: string, ...children: VdevNode[]): VdevNode => ({
  ...known,
  label,
  type: label.replace(/-\d+$/, ''),
  children,
});
const pool = (...children: VdevNode[]): VdevNode => ({ ...above('tank', ...children), type: 'root' });
const status = {
  guid: undefined,
  reason: undefined,
  scans: [],
  scansWhole: true,
  dataErrors: 0,
  checkpoint: undefined,
  dedupTable: undefined,
};
const namedVdevs = (roots: readonly VdevNode[]): readonly Vdev[] =>
  namedPools([{ ...status, pool: 'tank', roots }]).flatMap(({ vdevs }) => vdevs);
const names = (...roots: VdevNode[]): string[] => namedVdevs(roots).map(({ name }) => name);

const mirrors = [0, 1, 2].map((n) =>
  above(`mirror-${n}`, above('replacing-0', leaf(`/dev/old${n}`), leaf(`/dev/new${n}`)), leaf(`/dev/other${n}`)),
);

describe('names', () => {
  test('three replaced disks, and the parents that they have', () => {
    const vdevs = namedVdevs([pool(...mirrors)]);
    expect(vdevs.filter(({ type }) => type === 'replacing').map(({ name }) => name)).toEqual([
      'replacing-0 (mirror-0)',
      'replacing-0 (mirror-1)',
      'replacing-0 (mirror-2)',
    ]);
    expect(vdevs.find(({ name }) => name === '/dev/new2')?.parent).toBe('replacing-0 (mirror-2)');
  });
  test('stay when others come and go', () => {
    const all = names(pool(...mirrors));
    for (const some of [mirrors.slice(1), mirrors.slice(2), mirrors.slice(0, 2)]) {
      expect(names(pool(...some)).filter((name) => !all.includes(name))).toEqual([]);
    }
  });
  test('a missing disk has its old path until something else has it', () => {
    expect(names(pool(missing('123', '/dev/sda1'), leaf('/dev/sdb1')))).toEqual(['tank', '/dev/sda1', '/dev/sdb1']);
    expect(names(pool(missing('123', '/dev/sda1'), leaf('/dev/sda1')))).toEqual(['tank', '123', '/dev/sda1']);
    expect(names(pool(missing('123', '/dev/sda1'), missing('456', '/dev/sda1')))).toEqual(['tank', '123', '456']);
    expect(names(pool(missing('123', '/dev/sda1')), leaf('/dev/sda1', { class: 'spare' }))).toEqual([
      'tank',
      '123',
      '/dev/sda1',
    ]);
  });
  test('of two disks of one path the one that works has it', () => {
    const mirrorOf = (failed: Partial<VdevNode>): VdevNode[] => [
      above('mirror-0', leaf('/dev/sda1', { state: 'unavail', ...failed }), leaf('/dev/sdb1')),
      above('mirror-1', leaf('/dev/sda1')),
    ];
    const around = (name: string): string[] => ['tank', 'mirror-0', name, '/dev/sdb1', 'mirror-1', '/dev/sda1'];
    expect(names(pool(...mirrorOf({ guid: '123' })))).toEqual(around('123'));
    expect(names(pool(...mirrorOf({})))).toEqual(around('once /dev/sda1 (mirror-0)'));
    expect(names(pool(...mirrorOf({ state: 'online' })))).toEqual([
      ...around('/dev/sda1 (mirror-0)').slice(0, -1),
      '/dev/sda1 (mirror-1)',
    ]);
  });
  test.each([
    ['a spare', (failed: VdevNode) => [pool(leaf('/dev/sda1')), { ...failed, class: 'spare' as const }]],
    [
      'a disk whose path a spare has',
      (failed: VdevNode) => [pool(failed), leaf('/dev/sda1', { class: 'spare', state: 'avail' })],
    ],
  ])('%s that fails does not take the name of another, either', (_name, roots) => {
    const failed = leaf('/dev/sda1', { state: 'faulted', guid: '123' });
    expect(names(...roots(failed)).sort()).toEqual(['/dev/sda1', '123', 'tank']);
    expect(names(...roots(missing('123', '/dev/sda1'))).sort()).toEqual(['/dev/sda1', '123', 'tank']);
  });
  test('nor does one in another pool', () => {
    const named = (...roots: VdevNode[]): string[] =>
      namedPools(roots.map((root, n) => ({ ...status, pool: `pool${n}`, roots: [root] }))).flatMap(({ vdevs }) =>
        vdevs.map(({ name }) => name),
      );
    expect(named(pool(missing('123', '/dev/sda1')), pool(leaf('/dev/sda1')))).toEqual([
      'tank',
      '123',
      'tank',
      '/dev/sda1',
    ]);
    const failed = leaf('/dev/sda1', { state: 'faulted' });
    expect(named(pool(failed), pool(leaf('/dev/sda1')))).toEqual(['tank', 'once /dev/sda1', 'tank', '/dev/sda1']);
    expect(named(pool(failed), pool(leaf('/dev/sdb1')))).toEqual(['tank', '/dev/sda1', 'tank', '/dev/sdb1']);
  });
  test('a spare in use has its name twice, in two classes', () => {
    const spare = leaf('/dev/sdc1', { class: 'spare', state: 'inuse' });
    expect(names(pool(above('spare-0', leaf('/dev/sda1'), leaf('/dev/sdc1'))), spare).slice(-2)).toEqual([
      '/dev/sdc1',
      '/dev/sdc1',
    ]);
  });
});

const word = fc.constantFrom(
  '/dev/sda1',
  '/dev/sdb1',
  'mirror-0',
  'replacing-0',
  'spare-0',
  '123',
  'tank',
  'a (mirror-0)',
);
const extra = fc.constantFrom(undefined, 0, 5);
const { node } = fc.letrec<{ node: VdevNode }>((tie) => ({
  node: fc.record({
    label: word,
    path: fc.option(word, { nil: undefined }),
    guid: fc.option(fc.constantFrom('123', '456'), { nil: undefined }),
    missing: fc.boolean(),
    type: fc.constantFrom('root', 'mirror', 'raidz', 'replacing', 'spare', 'disk', 'file', 'dspare', 'unknown'),
    class: fc.constantFrom('normal', 'log', 'special', 'dedup', 'spare', 'l2cache'),
    state: fc.constantFrom('online', 'degraded', 'faulted', 'unavail', 'inuse', 'unknown'),
    children: fc.oneof({ depthSize: 'small' }, fc.constant([]), fc.array(tie('node'), { maxLength: 4 })),
    aux: fc.constant(''),
    read: fc.constant(0),
    write: fc.constant(0),
    checksum: fc.constant(0),
    slow: fc.constant(undefined),
    trim: fc.constant('untrimmed'),
    trimmed: extra,
    resilver: fc.constantFrom('running', 'waiting', undefined),
    noalloc: fc.boolean(),
    size: extra,
    allocated: extra,
    resilvered: extra,
    dioVerifyErrors: extra,
  }),
}));
const count = (nodes: readonly VdevNode[]): number => nodes.reduce((sum, { children }) => sum + 1 + count(children), 0);

test('whatever the tree, every vdev has series of its own, and nothing is lost', () => {
  fc.assert(
    fc.property(fc.array(node, { maxLength: 5 }), (roots) => {
      const vdevs = namedVdevs(roots);
      expect(vdevs).toHaveLength(count(roots));
      const samples = [...statusSamples({ ...status, pool: 'tank', vdevs })];
      const series = samples.map(({ metric, labels }) => `${metric.name}${JSON.stringify(labels)}`);
      expect(new Set(series).size).toBe(series.length);
      const infos = samples.filter(({ metric }) => metric === vdevInfo).map(({ labels }) => labels);
      expect(infos).toHaveLength(vdevs.length);
      const all = new Set(vdevs.map(({ name }) => name));
      for (const { parent } of vdevs) expect(parent === '' || all.has(parent)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

/** As zpool lists them: labels differ below one parent, and a path may be claimed more than once. */
const disk = fc
  .record({
    path: fc.constantFrom('/dev/sda1', '/dev/sdb1', '/dev/sdc1', '/dev/sdd1'),
    missing: fc.boolean(),
    well: fc.boolean(),
  })
  .map(({ path, missing: gone, well }) =>
    gone ? missing('', path) : leaf(path, { state: well ? 'online' : 'faulted' }),
  );
const member = fc.oneof(disk, fc.array(disk, { minLength: 1, maxLength: 3 }));
const mirror = fc.array(member, { minLength: 1, maxLength: 3 });
const listing = fc
  .record({ mirrors: fc.array(mirror, { maxLength: 3 }), spares: fc.array(disk, { maxLength: 2 }) })
  .map(({ mirrors: all, spares }) => {
    const tree = all.map((members, n) =>
      above(`mirror-${n}`, ...members.map((one, k) => (Array.isArray(one) ? above(`spare-${k}`, ...one) : one))),
    );
    return numbered([pool(...tree), ...spares.map((spare) => ({ ...spare, class: 'spare' as const }))]);
  });

/** Each with a number of its own for its errors, by which it is known again; that is the guid of what is missing, too. */
function numbered(nodes: readonly VdevNode[], next = { id: 1 }): VdevNode[] {
  return nodes.map((one) => {
    const read = next.id++;
    const label = one.missing ? String(read) : one.label;
    return { ...one, read, label, children: numbered(one.children, next) };
  });
}
const without = (nodes: readonly VdevNode[], id: Value): VdevNode[] =>
  nodes.filter(({ read }) => read !== id).map((one) => ({ ...one, children: without(one.children, id) }));
const linesOf = (nodes: readonly VdevNode[]): VdevNode[] => nodes.flatMap((one) => [one, ...linesOf(one.children)]);

test('whatever goes from a listing, with what stands below it, all others keep their names, but for what had its path', () => {
  fc.assert(
    fc.property(listing, fc.nat(), (roots, pick) => {
      const before = new Map(namedVdevs(roots).map(({ read, name }) => [read, name]));
      const gone = linesOf(roots)[1 + (pick % Math.max(1, before.size - 1))];
      if (gone?.read === undefined) return;
      const after = namedVdevs(without(roots, gone.read));
      const paths = new Set(linesOf([gone]).map(({ path }) => path));
      expect(after).toHaveLength(before.size - linesOf([gone]).length);
      const others = after.filter(({ path }) => path === undefined || !paths.has(path));
      expect(others.map(({ name }) => name)).toEqual(others.map(({ read }) => before.get(read)));
    }),
    { numRuns: 1000 },
  );
});

/** A line of zpool status, and what stands below it. */
interface Listed {
  readonly label: string;
  readonly guid: string;
  readonly was: boolean;
  readonly children: readonly Listed[];
}
const { listed } = fc.letrec<{ listed: Listed }>((tie) => ({
  listed: fc.record({
    label: word,
    guid: fc.constantFrom('123', '456'),
    was: fc.boolean(),
    // zpool has no two of one name below one parent in its JSON.
    children: fc.oneof(
      { depthSize: 'small' },
      fc.constant([]),
      fc.uniqueArray(tie('listed'), { maxLength: 4, selector: ({ label }) => label }),
    ),
  }),
}));

const asJson = ({ label, guid, was, children }: Listed): object => ({
  name: label,
  guid,
  state: 'ONLINE',
  ...(label.startsWith('/') && { path: label }),
  ...(was && { was: '/dev/sda1' }),
  vdevs: Object.fromEntries(children.map((child) => [`key ${child.label}`, asJson(child)])),
});
const asText = ({ label, was, children }: Listed, depth: number): string =>
  `\t${`${' '.repeat(2 * depth)}${label}`.padEnd(60)}ONLINE       0     0     0${was ? '  was /dev/sda1' : ''}\n` +
  children.map((child) => asText(child, depth + 1)).join('');
/** For each vdev the place of its parent in the list, as the listing has it. */
function parents(nodes: readonly Listed[], above = -1, places: number[] = []): number[] {
  for (const { children } of nodes) {
    places.push(above);
    parents(children, places.length - 1, places);
  }
  return places;
}

test('whatever zpool lists, as JSON or as text, each vdev is there once, below the one that it stands below', () => {
  fc.assert(
    fc.property(listed, (root) => {
      const vdevs = { key: asJson(root) };
      const header = `\t${'NAME'.padEnd(60)}STATE     READ WRITE CKSUM\n`;
      const strict = <T>(read: () => T): T => read();
      for (const listed of [
        parseZpoolStatusJson(JSON.stringify({ pools: { t: { name: 't', vdevs } } }), strict),
        parseZpoolStatusText(`  pool: t\nconfig:\n\n${header}${asText(root, 0)}\n`, strict),
      ]) {
        const [one] = namedPools(listed);
        const all = one?.vdevs.map(({ name }) => name) ?? [];
        expect(new Set(all).size).toBe(all.length);
        expect(one?.vdevs.map(({ parent }) => all.indexOf(parent))).toEqual(parents([root]));
      }
    }),
    { numRuns: 500 },
  );
});
