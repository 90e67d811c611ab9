import * as z from 'zod/mini';
import { type Run, type ValuesOf, defineCollector, setting } from '../../lib/collector.ts';
import type { Host } from '../../lib/host.ts';
import { type Metric, type Sample, sample } from '../../lib/metric.ts';
import { selecting } from '../../lib/patterns.ts';
import { askPools } from './ask.ts';
import { datasetSamples } from './dataset-samples.ts';
import { readIo } from './io-kstat.ts';
import { latencySamples } from './io-latency.ts';
import * as io from './io-metrics.ts';
import { kstatFolder, readPoolStates } from './kstat.ts';
import { type Memory, emptyMemory, memorySchema, nextMemory } from './memory.ts';
import * as m from './metrics.ts';
import { healthSamples, poolRowSamples, statusSamples } from './pool-samples.ts';
import type { PoolStatus } from './pool-status.ts';
import { questions } from './questions.ts';
import { receiveSamples } from './receives.ts';
import { askUserland, readKernelRelease } from './release.ts';
import * as scan from './scan-metrics.ts';
import { rememberScrub, scanSamples } from './scan-samples.ts';
import { selectDatasets } from './selection.ts';
import { readSnapshots, snapshotCounts } from './snapshots.ts';
import { isSuspended } from './status-reason.ts';
import * as v from './vdev-metrics.ts';
import { namedPools } from './vdev-names.ts';
import { vdevSpaceSamples } from './vdev-space.ts';
import type { Dataset } from './zfs-list.ts';
import type { PoolRow } from './zpool-list.ts';

const patterns = z._default(z.array(z.string()), []);
const settings = {
  expected_pools: setting(patterns, 'Pools that should be imported, for zfs_pool_imported'),
  optional_pools: setting(patterns, 'Patterns of pools that may come and go, as those of disks that are carried home'),
  dataset_include: setting(patterns, 'Patterns of the datasets to report, as rpool/data/**; empty for all'),
  dataset_exclude: setting(patterns, 'Patterns of datasets to leave out'),
  dataset_depth: setting(z.optional(z.int().check(z.minimum(0))), 'Report datasets down to this depth; a pool is 0'),
  dataset_limit: setting(z._default(z.int().check(z.minimum(0)), 2000), 'Report at most this many datasets'),
  snapshots: setting(z._default(z.boolean(), true), 'Count snapshots'),
  snapshot_interval: setting(
    z._default(z.number().check(z.minimum(0)), 900),
    'Before OpenZFS 2.2, seconds between two listings of all snapshots',
  ),
  snapshot_schedules: setting(
    z._default(z.record(z.string(), z.array(z.string())), {}),
    'Patterns of the names of snapshots by schedule, for the newest of each',
    'snapshot_schedules = { hourly = ["*_hourly", "zfs-auto-snap_hourly-*"], daily = ["*_daily", "zfs-auto-snap_daily-*"] }',
  ),
  pool_io: setting(z._default(z.boolean(), true), 'Report how long I/Os of the pools wait, and how much they transfer'),
  vdev_io: setting(z._default(z.boolean(), false), 'With pool_io, report how long I/Os of each disk wait, too'),
  vdev_space: setting(
    z._default(z.boolean(), false),
    'Report fragmentation of vdevs, and before OpenZFS 2.3 their size and what is allocated; takes a further zpool list',
  ),
};
type Settings = ValuesOf<typeof settings>;

const metrics: readonly Metric[] = [m, v, scan, io].flatMap((part) => Object.values(part));

export const zfs = defineCollector({
  name: 'zfs',
  summary: 'Pools, vdevs, scrubs, datasets and snapshots of OpenZFS',
  metrics,
  settings,
  timeout: 30,
  needs: [
    { kind: 'folder', name: kstatFolder, why: 'state of each pool; there while the kernel module is loaded' },
    { kind: 'file', name: '/dev/zfs', why: 'what zpool and zfs talk to' },
    { kind: 'tool', name: 'zpool', why: 'space, vdevs, errors and scrubs' },
    { kind: 'tool', name: 'zfs', why: 'datasets and snapshots' },
  ],
  present: async (host) => (await host.list(kstatFolder)) !== undefined,
  collect,
});

async function* collect(host: Host, settings: Settings, run: Run): AsyncGenerator<Iterable<Sample>> {
  const states = await readPoolStates(host, run);
  // Without the module no command is run: as root they would load it.
  yield [sample(m.moduleLoaded, {}, Number(states !== undefined))];
  if (states === undefined) {
    yield importedSamples(settings, []);
    return;
  }
  const now = host.now();
  const memory = (await run.recall(memorySchema)) ?? emptyMemory;
  const kernel = await readKernelRelease(host);

  const [answers, userland] = await Promise.all([
    askPools(host, run, questions(kernel, settings, new Set(states.keys()), run.attempt), states),
    askUserland(host, memory.userland, kernel, now),
  ]);
  const { items: rows } = answers.rows;
  const statuses = namedPools(answers.statuses.items);
  const { items: datasets, reasons: missing } = answers.datasets;
  const health = healthWords(states, rows, statuses);
  const pools = [...health.keys()];
  const scrubs = scrubsByPool(statuses, rows, memory.scrubs);
  const times = { interval: settings.snapshot_interval, now, schedules: settings.snapshot_schedules };
  const snapshots = settings.snapshots
    ? await readSnapshots(host, run, { datasets, pools, missing }, memory, times)
    : undefined;
  run.remember(nextMemory(memory, { scrubs, datasets, whole: missing.size === 0, snapshots, userland }));

  const { kept, dropped } = selectDatasets(datasets, settings);
  const samplesOf = (dataset: Dataset) => datasetSamples(dataset, snapshots?.tallies.get(dataset.name));
  yield [sample(m.versionInfo, { userland: userland?.version ?? '', kernel: kernel ?? '' }, 1)];
  yield importedSamples(settings, pools);
  yield optionalSamples(settings, pools);
  for (const [pool, word] of health) yield healthSamples(pool, word);
  for (const row of rows) yield poolRowSamples(row);
  for (const status of statuses) {
    yield statusSamples(status);
    yield scanSamples(withMemory(status, rows), scrubs.get(status.pool)?.scrub);
  }
  yield latencySamples(answers.latencies.items, statuses);
  yield vdevSpaceSamples(answers.spaces.items, statuses);
  if (settings.pool_io) yield await readIo(host, run, states.keys());
  yield rootSamples(datasets);
  yield await receiveSamples(host, run, kept);
  if (snapshots !== undefined) yield snapshotCounts(datasets, missing, snapshots);
  for (const dataset of kept) yield samplesOf(dataset);
  for (const dataset of dropped) run.drop([...samplesOf(dataset)].length);
}

/**
 * The state word of each pool, from the kernel; from zpool list where that cannot be read. The kernel is right about a
 * pool that was suspended while it resilvered, of which zpool status says that it resilvers; zpool status about one that
 * is suspended with failmode=continue, which the kernel calls ONLINE before OpenZFS 2.2.
 */
function healthWords(
  states: ReadonlyMap<string, string | undefined>,
  rows: readonly PoolRow[],
  statuses: readonly PoolStatus[],
): ReadonlyMap<string, string> {
  const words = new Map(rows.map(({ pool, health }) => [pool, health]));
  for (const [pool, state] of states) words.set(pool, state ?? words.get(pool) ?? 'UNKNOWN');
  for (const { pool, reason } of statuses) if (isSuspended(reason)) words.set(pool, 'SUSPENDED');
  return new Map([...words].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The scrub before a resilver is remembered by the guid of its pool: while that is not known, there may have been one. */
function withMemory(status: PoolStatus, rows: readonly PoolRow[]): PoolStatus {
  const guid = rows.find(({ pool }) => pool === status.pool)?.guid ?? status.guid;
  return { ...status, scansWhole: status.scansWhole && guid !== undefined };
}

/** What is known of the last scrub of each pool of which the guid is known, too. */
function scrubsByPool(
  statuses: readonly PoolStatus[],
  rows: readonly PoolRow[],
  before: Memory['scrubs'],
): ReadonlyMap<string, { readonly guid: string; readonly scrub: Memory['scrubs'][string] | undefined }> {
  const guids = new Map(rows.map(({ pool, guid }) => [pool, guid]));
  return new Map(
    statuses.flatMap((status) => {
      const guid = guids.get(status.pool) || status.guid;
      return guid === undefined ? [] : [[status.pool, { guid, scrub: rememberScrub(status, before[guid]) }]];
    }),
  );
}

function importedSamples(settings: Settings, pools: readonly string[]): Sample[] {
  return [...new Set(settings.expected_pools)].map((pool) =>
    sample(m.poolImported, { pool }, Number(pools.includes(pool))),
  );
}

function optionalSamples(settings: Settings, pools: readonly string[]): Sample[] {
  const isWanted = selecting([], settings.optional_pools, false);
  return pools.filter((pool) => !isWanted(pool)).map((pool) => sample(m.poolOptional, { pool }, 1));
}

function rootSamples(datasets: readonly Dataset[]): Sample[] {
  return datasets.flatMap(({ name, pool, values }) => {
    const ratio = values.get(m.datasetCompressionRatio);
    return name === pool && ratio !== undefined ? [sample(m.compressionRatio, { pool }, ratio)] : [];
  });
}
