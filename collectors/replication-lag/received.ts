import type { Run } from '../../lib/collector.ts';
import { type Command, type Host, type Seconds, okay } from '../../lib/host.ts';
import { type Sample, sample, sampleOf } from '../../lib/metric.ts';
import { takeInventory } from './inventory.ts';
import type { Memory } from './memory.ts';
import * as m from './metrics.ts';
import { isWithin } from './pair.ts';
import { type Site, hasModule } from './site.ts';
import { readSnapshotFacts } from './zfs-get.ts';
import { type Dataset, newestOf } from './zfs-list.ts';

interface Settings {
  readonly pair: readonly unknown[];
  readonly received_roots: readonly string[];
}

/** What a backup node knows by itself: how new its copies are, and how many snapshots they have. */
export async function receivedSnapshots(
  host: Host,
  site: Site,
  { pair, received_roots: roots }: Settings,
  memory: Memory,
  run: Run,
): Promise<{ samples: Sample[][]; creations: Memory['creations'] }> {
  const detect = pair.length === 0 && (await hasModule(host));
  const datasets = detect || roots.length > 0 ? await receivedDatasets(host, site, detect, roots, run) : [];
  const copies = datasets.map((dataset) => ({ dataset, newest: newestOf(dataset.snapshots) }));
  const unknown = copies.flatMap(({ newest }) =>
    newest === undefined || memory.creations[newest.guid] !== undefined ? [] : [newest],
  );
  const facts = await readSnapshotFacts(host, site, unknown, run);
  const creations: Memory['creations'] = {};
  const samples = copies.map(({ dataset, newest }) => {
    const labels = { dataset: dataset.name };
    const creation = newest && (memory.creations[newest.guid] ?? facts.creations.get(newest.name));
    if (newest !== undefined && creation !== undefined) creations[newest.guid] = creation;
    return [
      ...sampleOf(m.receivedNewest, labels, creation),
      sample(m.receivedSnapshots, labels, dataset.snapshots.length),
      sample(m.receivedReplica, labels, Number(isReplica(dataset, creation, roots))),
    ];
  });
  return { samples, creations };
}

/** Next to nothing: what mounting, and reading files, may write. */
const nothing = 1024 * 1024;

/**
 * A pool that was moved, or a disk that came from another node, has received properties, too, and lives on here. What is kept up
 * by receives was received again after it was made, and nobody writes there.
 */
function isReplica(dataset: Dataset, newest: Seconds | undefined, roots: readonly string[]): boolean {
  const { name, creation, written, readonly, resumeToken } = dataset;
  const isYounger = newest !== undefined && creation !== undefined && newest > creation;
  const isNamed = roots.some((root) => isWithin(name, root));
  return isNamed || readonly || resumeToken !== undefined || (isYounger && (written ?? 0) < nothing);
}

const source = 'received datasets';

/**
 * The datasets of this machine that were received into: those that have a received property, where `detect` asks for them, and
 * those with snapshots below one of these (`zfs send -R` has the children inherit it) or below `roots`. `zfs send` without -p
 * and -R leaves no such property: then only the roots tell.
 */
async function receivedDatasets(
  host: Host,
  site: Site,
  detect: boolean,
  roots: readonly string[],
  run: Run,
): Promise<readonly Dataset[]> {
  const names = (await run.read(source, '', () => (detect ? readReceivedProperties(host) : []))) ?? [];
  const tops = [...new Set([...roots, ...names])];
  const asked = tops.map((dataset) => ({ dataset, recursive: true }));
  const { datasets, failures } = await takeInventory(host, site, asked, new Set(), run.attempt);
  for (const reason of new Set(failures.values())) run.report(source, '', reason);
  for (const root of roots.filter((one) => !datasets.has(one) && !failures.has(one))) {
    run.report(source, '', `Cannot report received_roots: expected a dataset, got none called ${root}`);
  }
  const isBelow = (name: string): boolean => tops.some((top) => isWithin(name, top) && !failures.has(top));
  return [...datasets.values()].filter(
    ({ name, snapshots }) => isBelow(name) && (snapshots.length > 0 || names.includes(name)),
  );
}

/**
 * A property that came with a stream has the source `received`; one that was overridden here has the source `local`, and its
 * received value still (zfs-get(8)). The name stands last, since a value may hold tabs and newlines:
 *
 *     gzip	tank/backup/pr
 *     -	tank/backup/pr
 */
async function readReceivedProperties(host: Host): Promise<string[]> {
  const what = ['-s', 'local,received', '-o', 'received,name', '-t', 'filesystem,volume'];
  const words: Command = ['zfs', 'get', '-Hp', ...what, 'all'];
  const names = new Set<string>();
  const onLine = (line: string): void => {
    const tab = line.lastIndexOf('\t');
    if (tab > 0 && line.slice(0, tab) !== '-') names.add(line.slice(tab + 1));
  };
  okay(words, await host.lines(words, onLine, { timeout: 60, endable: true }));
  return [...names];
}
