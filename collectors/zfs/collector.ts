import * as z from 'zod/mini';
import { type Run, type ValuesOf, defineCollector, setting } from '../../lib/collector.ts';
import { type Host, type Seconds, hung } from '../../lib/host.ts';
import { type Sample, sample } from '../../lib/metric.ts';
import { askMissing, reportPools } from './ask.ts';
import { datasetSamples } from './dataset-samples.ts';
import { kstatFolder, readPoolStates } from './kstat.ts';
import { type Memory, emptyMemory, memorySchema } from './memory.ts';
import * as metrics from './metrics.ts';
import { healthSamples, poolRowSamples, statusSamples } from './pool-samples.ts';
import { askDatasets, askPoolRows, askStatuses } from './questions.ts';
import { askUserland, readKernelRelease } from './release.ts';
import { rememberScrub, scanSamples } from './scan-samples.ts';
import { selectDatasets } from './selection.ts';
import { type SnapshotCounts, countSnapshots } from './snapshots.ts';
import type { Dataset } from './zfs-list.ts';

const patterns = z._default(z.array(z.string()), []);
const settings = {
  expected_pools: setting(patterns, 'Pools that should be imported, for zfs_pool_imported'),
  dataset_include: setting(patterns, 'Patterns of the datasets to report, as rpool/data/**; empty for all'),
  dataset_exclude: setting(patterns, 'Patterns of datasets to leave out'),
  dataset_depth: setting(z.optional(z.int().check(z.minimum(0))), 'Report datasets down to this depth; a pool is 0'),
  dataset_limit: setting(z._default(z.int().check(z.minimum(0)), 2000), 'Report at most this many datasets'),
  snapshots: setting(z._default(z.boolean(), true), 'Count snapshots'),
  snapshot_interval: setting(
    z._default(z.number().check(z.minimum(0)), 900),
    'Before OpenZFS 2.2, seconds between two listings of all snapshots',
  ),
};
type Settings = ValuesOf<typeof settings>;

export const zfs = defineCollector({
  name: 'zfs',
  summary: 'Pools, vdevs, scrubs, datasets and snapshots of OpenZFS',
  metrics: Object.values(metrics),
  settings,
  timeout: 30,
  needs: [
    { kind: 'file', name: kstatFolder, why: 'state of each pool; there while the kernel module is loaded' },
    { kind: 'file', name: '/dev/zfs', why: 'what zpool and zfs talk to' },
    { kind: 'tool', name: 'zpool', why: 'space, vdevs, errors and scrubs' },
    { kind: 'tool', name: 'zfs', why: 'datasets and snapshots' },
  ],
  present: async (host) => (await host.list(kstatFolder)) !== undefined,
  collect,
});

async function collect(host: Host, settings: Settings, run: Run): Promise<Iterable<Sample>> {
  const states = await readPoolStates(host);
  // Without the module no command is run: as root they would load it.
  if (states === undefined) return [sample(metrics.moduleLoaded, {}, 0), ...importedSamples(settings, [])];
  const now = host.now();
  const memory = (await run.recall(memorySchema)) ?? emptyMemory;
  const kernel = await readKernelRelease(host);

  const [rows, statuses, datasets, userland] = await Promise.all([
    askPoolRows(host, run.skip),
    askStatuses(host, kernel, run.skip),
    askDatasets(host, kernel, run.skip),
    askUserland(host, memory.userland, kernel, now),
  ]);
  const namable = [rows, statuses, datasets].some(({ output }) => hung(output)) ? [] : healthy(states);
  const allRows = await askMissing(host, rows, namable);
  const allStatuses = await askMissing(host, statuses, namable);
  const allDatasets = await askMissing(host, datasets, namable);

  const health = healthWords(states, allRows, run);
  const pools = [...health.keys()];
  reportPools(run, rows, allRows, pools);
  reportPools(run, statuses, allStatuses, pools);
  reportPools(run, datasets, allDatasets, pools);
  const guids = new Map(allRows.map(({ pool, guid }) => [pool, guid]));
  const scrubs = { ...memory.scrubs };
  for (const status of allStatuses) {
    const guid = guids.get(status.pool) ?? status.guid;
    const scrub = guid === undefined ? undefined : rememberScrub(status, scrubs[guid]);
    if (guid !== undefined && scrub !== undefined) scrubs[guid] = scrub;
  }
  const counts = settings.snapshots
    ? await readSnapshots(host, allDatasets, pools, memory, settings.snapshot_interval, now, run)
    : undefined;
  run.remember(newMemory(scrubs, allDatasets, counts, userland, memory, pools));

  const { kept, dropped } = selectDatasets(allDatasets, settings);
  const seriesOf = (dataset: Dataset): Sample[] => [...datasetSamples(dataset, counts?.tallies.get(dataset.name))];
  run.drop(dropped.flatMap(seriesOf).length);
  return [
    sample(metrics.moduleLoaded, {}, 1),
    sample(metrics.versionInfo, { userland: userland?.version ?? '', kernel: kernel ?? '' }, 1),
    ...importedSamples(settings, pools),
    ...[...health].flatMap(([pool, word]) => [...healthSamples(pool, word)]),
    ...allRows.flatMap((row) => [...poolRowSamples(row)]),
    ...allStatuses.flatMap((status) => [
      ...statusSamples(status),
      ...scanSamples(status, scrubs[guids.get(status.pool) ?? status.guid ?? '']),
    ]),
    ...rootSamples(allDatasets),
    ...(counts === undefined ? [] : snapshotCounts(allDatasets, counts)),
    ...kept.flatMap(seriesOf),
  ];
}

/** Pools that a command may name: the kernel itself says that they work. */
function healthy(states: ReadonlyMap<string, string | Error>): string[] {
  return [...states].filter(([, state]) => state === 'ONLINE' || state === 'DEGRADED').map(([pool]) => pool);
}

/**
 * The state word of each pool, from the kernel; from zpool list where that cannot be read. The kernel is right about a
 * pool that was suspended while it resilvered, of which zpool status says that it resilvers.
 */
function healthWords(
  states: ReadonlyMap<string, string | Error>,
  rows: readonly { pool: string; health: string }[],
  run: Run,
): ReadonlyMap<string, string> {
  const words = new Map(rows.map(({ pool, health }) => [pool, health]));
  for (const [pool, state] of states) {
    if (state instanceof Error) run.report('kstat', pool, state.message);
    else run.report('kstat', pool);
    words.set(pool, state instanceof Error ? (words.get(pool) ?? 'UNKNOWN') : state);
  }
  return new Map([...words].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function importedSamples(settings: Settings, pools: readonly string[]): Sample[] {
  return [...new Set(settings.expected_pools)].map((pool) =>
    sample(metrics.poolImported, { pool }, Number(pools.includes(pool))),
  );
}

function rootSamples(datasets: readonly Dataset[]): Sample[] {
  return datasets.flatMap(({ name, pool, compressionRatio }) =>
    name === pool && compressionRatio !== undefined
      ? [sample(metrics.compressionRatio, { pool }, compressionRatio)]
      : [],
  );
}

async function readSnapshots(
  host: Host,
  datasets: readonly Dataset[],
  pools: readonly string[],
  memory: Memory,
  interval: Seconds,
  now: Seconds,
  run: Run,
): Promise<SnapshotCounts> {
  const options = { interval, slowAt: memory.slowAt, now };
  const counts = await countSnapshots(host, datasets, memory.snapshots, options, run.skip);
  const unread = new Set(datasets.filter(({ name }) => !counts.tallies.has(name)).map(({ pool }) => pool));
  for (const pool of pools) {
    const known = datasets.some((dataset) => dataset.pool === pool);
    const failure = unread.has(pool) || !known;
    run.report('zfs list snapshots', pool, failure ? (counts.failures[0] ?? 'its datasets are not known') : undefined);
  }
  return counts;
}

/** Of the pools of which every dataset's snapshots are known. */
function snapshotCounts(datasets: readonly Dataset[], { tallies }: SnapshotCounts): Sample[] {
  const sums = new Map<string, number>();
  for (const { name, pool } of datasets) {
    sums.set(pool, (sums.get(pool) ?? 0) + (tallies.get(name)?.count ?? Number.NaN));
  }
  return [...sums].flatMap(([pool, sum]) => (Number.isNaN(sum) ? [] : [sample(metrics.snapshotCount, { pool }, sum)]));
}

/** The tallies of datasets that are gone are forgotten, but not while a pool is out of sight. */
function newMemory(
  scrubs: Memory['scrubs'],
  datasets: readonly Dataset[],
  counts: SnapshotCounts | undefined,
  userland: Memory['userland'],
  before: Memory,
  pools: readonly string[],
): Memory {
  const snapshots = pools.every((pool) => datasets.some((one) => one.pool === pool)) ? {} : { ...before.snapshots };
  for (const { guid, name } of datasets) {
    const tally = counts?.tallies.get(name);
    if (tally !== undefined) snapshots[guid] = tally;
  }
  return {
    scrubs,
    snapshots,
    ...(counts?.slowAt !== undefined && { slowAt: counts.slowAt }),
    ...(userland !== undefined && { userland }),
  };
}
