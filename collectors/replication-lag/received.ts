import type { Run } from '../../lib/collector.ts';
import { type Command, type Host, type Seconds, okay } from '../../lib/host.ts';
import { type Sample, sample, sampleOf } from '../../lib/metric.ts';
import { type ReceivedRoot, clientSamples, plainRoot, receivedFilter } from './clients.ts';
import { takeInventory } from './inventory.ts';
import type { Memory } from './memory.ts';
import * as m from './metrics.ts';
import { isWithin } from './pair.ts';
import { type Site, hasModule } from './site.ts';
import { readSnapshotFacts } from './zfs-get.ts';
import { type Dataset, type Snapshot, newestOf } from './zfs-list.ts';

interface Settings {
  readonly pair: readonly unknown[];
  readonly received_roots: readonly string[];
  readonly received: readonly ReceivedRoot[];
}

/** What is reported of the received datasets, each, and of their clients. */
interface Received {
  readonly datasets: Sample[][];
  readonly clients: Sample[][];
  readonly creations: Memory['creations'];
}

/** What a backup node knows by itself: how new its copies are, and how many snapshots they have. */
export async function receivedSnapshots(
  host: Host,
  site: Site,
  settings: Settings,
  memory: Memory,
  run: Run,
): Promise<Received> {
  const rootSettings = [...settings.received_roots.map(plainRoot), ...settings.received];
  const roots = [...new Set(rootSettings.map(({ root }) => root))];
  const detect = settings.pair.length === 0 && (await hasModule(host));
  const found = detect || roots.length > 0 ? await receivedDatasets(host, site, detect, roots, run) : [];
  const isReported = receivedFilter(rootSettings);
  const newest = found.filter(({ name }) => isReported(name)).map((one) => [one, newestOf(one.snapshots)] as const);
  const unknown = newest.flatMap(([, one]) =>
    one === undefined || memory.creations[one.guid] !== undefined ? [] : [one],
  );
  const facts = await readSnapshotFacts(host, site, unknown, run);
  const timeOf = ({ guid, name }: Snapshot): Seconds | undefined => memory.creations[guid] ?? facts.creations.get(name);
  const copies = newest.map(([dataset, one]) => ({
    name: dataset.name,
    dataset,
    guid: one?.guid,
    newest: one && timeOf(one),
  }));
  const creations: Memory['creations'] = {};
  for (const { guid, newest: time } of copies) if (guid !== undefined && time !== undefined) creations[guid] = time;
  const clients = clientSamples(rootSettings, copies);
  return { datasets: copies.map((copy) => datasetSamples(copy.dataset, copy.newest, roots)), clients, creations };
}

function datasetSamples(dataset: Dataset, newest: Seconds | undefined, roots: readonly string[]): Sample[] {
  const labels = { dataset: dataset.name };
  return [
    ...sampleOf(m.receivedNewest, labels, newest),
    sample(m.receivedSnapshots, labels, dataset.snapshots.length),
    ...sampleOf(m.receivedReplica, labels, isReplica(dataset, newest, roots)),
  ];
}

/** Next to nothing: what mounting, and reading files, may write. */
const nothing = 1024 * 1024;

/**
 * A pool that was moved, or a disk that came from another node, has received properties, too, and lives on here. What is kept up
 * by receives was received again after it was made, and nobody writes there. Undefined where it is not known when it was.
 */
function isReplica(dataset: Dataset, newest: Seconds | undefined, roots: readonly string[]): boolean | undefined {
  const { name, creation, written, readonly, resumeToken, snapshots } = dataset;
  const isYounger = newest !== undefined && creation !== undefined && newest > creation;
  const isNamed = roots.some((root) => isWithin(name, root));
  if (isNamed || readonly || resumeToken !== undefined) return true;
  return newest === undefined && snapshots.length > 0 ? undefined : isYounger && (written ?? 0) < nothing;
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
