import { isRecent } from '../../lib/clock.ts';
import type { Run } from '../../lib/collector.ts';
import { type Command, type Host, type Output, type Seconds, explain, succeeded } from '../../lib/host.ts';
import { type Sample, sample } from '../../lib/metric.ts';
import { type Attempt, integer } from '../../lib/parse.ts';
import type { Memory, Tally } from './memory.ts';
import * as m from './metrics.ts';
import type { Dataset } from './zfs-list.ts';

/**
 * Listing snapshots costs about one ioctl each, so a dataset is listed again only when something says that its list has
 * changed: `snapshots_changed` (OpenZFS >= 2.2), or the origin, which is what `zfs promote` moves without touching the
 * former; and after a while in any case.
 */
interface SnapshotTimes {
  /** How long a tally is believed where `snapshots_changed` does not vouch for it. */
  readonly interval: Seconds;
  /** UNIX time from before the datasets were listed. */
  readonly now: Seconds;
}

/** What is known of snapshots. */
export interface Snapshots {
  /** By dataset name; a dataset whose snapshots could not be listed is not in it. */
  readonly tallies: ReadonlyMap<string, Tally>;
  readonly slowAt: Seconds | undefined;
}

/** Even a tally that `snapshots_changed` vouches for is made anew after this long. */
const trust: Seconds = 6 * 3600;
/** How long we go on asking in parts where asking for all at once took too long. */
const slowFor: Seconds = 24 * 3600;
/** `snapshots_changed` has whole seconds, so a second change in the same one would go unseen. */
const resolution: Seconds = 3;
/** Datasets on one command line. */
const part = 100;

const columns = ['list', '-Hp', '-t', 'snapshot', '-o', 'name,creation'] as const;

/** Counts the snapshots of `datasets`, and reports for each of `pools` whether those of all its datasets are known. */
export async function readSnapshots(
  host: Pick<Host, 'lines'>,
  run: Pick<Run, 'report' | 'attempt'>,
  { datasets, pools }: { readonly datasets: readonly Dataset[]; readonly pools: readonly string[] },
  memory: Pick<Memory, 'snapshots' | 'slowAt'>,
  times: SnapshotTimes,
): Promise<Snapshots> {
  const known = new Map(datasets.flatMap((dataset) => tallyOf(dataset, memory.snapshots, times)));
  const slow = memory.slowAt !== undefined && isRecent(memory.slowAt, slowFor, times.now);
  const { tallies, slowAt, reason } = await listStale(host, run.attempt, datasets, known, slow, times);
  const unread = new Set(datasets.filter(({ name }) => !tallies.has(name)).map(({ pool }) => pool));
  for (const pool of pools) {
    const whole = datasets.some((dataset) => dataset.pool === pool) && !unread.has(pool);
    run.report('zfs list snapshots', pool, whole ? undefined : (reason ?? 'its datasets are not known'));
  }
  return { tallies, slowAt: slowAt ?? (slow ? memory.slowAt : undefined) };
}

/** Snapshots of the pools of which every dataset's snapshots are known. */
export function snapshotCounts(datasets: readonly Dataset[], { tallies }: Snapshots): Sample[] {
  const sums = new Map<string, number>();
  for (const { name, pool } of datasets) {
    sums.set(pool, (sums.get(pool) ?? 0) + (tallies.get(name)?.count ?? Number.NaN));
  }
  return [...sums].flatMap(([pool, sum]) => (Number.isNaN(sum) ? [] : [sample(m.snapshotCount, { pool }, sum)]));
}

function tallyOf(dataset: Dataset, known: Memory['snapshots'], times: SnapshotTimes): [string, Tally][] {
  const tally = known[dataset.guid];
  return tally !== undefined && fresh(dataset, tally, times) ? [[dataset.name, tally]] : [];
}

/** Adds what is listed anew to `known`; with the first reason why a listing is missing. */
async function listStale(
  host: Pick<Host, 'lines'>,
  attempt: Attempt,
  datasets: readonly Dataset[],
  known: ReadonlyMap<string, Tally>,
  slow: boolean,
  times: SnapshotTimes,
): Promise<{ tallies: ReadonlyMap<string, Tally>; slowAt: Seconds | undefined; reason: string | undefined }> {
  const stale = datasets.filter(({ name }) => !known.has(name));
  const tallies = new Map(known);
  const atOnce = stale.length > datasets.length / 2 && !slow;
  const parts = atOnce ? [stale] : slices(stale, part);
  let reason: string | undefined;
  for (const some of parts) {
    // The datasets' own listing has just answered, so that it is safe to name some of them.
    const names = atOnce ? [] : ['-d', '1', ...some.map(({ name }) => name)];
    const command: Command = ['zfs', ...columns, ...names];
    const { listed, output } = await list(host, command, some, times, attempt);
    if (succeeded(output)) for (const [name, tally] of listed) tallies.set(name, tally);
    else reason ??= explain(command, output);
    if (atOnce && output.ended === 'timeout') return { tallies, slowAt: times.now, reason };
    if (output.ended !== 'exit') break;
  }
  return { tallies, slowAt: undefined, reason };
}

function fresh(dataset: Dataset, tally: Tally, { now, interval }: SnapshotTimes): boolean {
  const limit = dataset.snapshotsChanged === undefined ? interval : trust;
  return isRecent(tally.at, limit, now) && tally.changed === changedOf(dataset) && tally.origin === dataset.origin;
}

const changedOf = (dataset: Dataset): string => dataset.snapshotsChanged ?? 'unknown';

/** Lists in one stream; memory grows with the datasets, not with their snapshots. */
async function list(
  host: Pick<Host, 'lines'>,
  command: Command,
  datasets: readonly Dataset[],
  { now }: SnapshotTimes,
  attempt: Attempt,
): Promise<{ listed: ReadonlyMap<string, Tally>; output: Output }> {
  const listed = new Map<string, Tally>();
  for (const dataset of datasets) {
    const unsettled = isRecent(Number(dataset.snapshotsChanged), resolution, now);
    const changed = unsettled ? 'unsettled' : changedOf(dataset);
    listed.set(dataset.name, { changed, origin: dataset.origin, at: now, count: 0 });
  }
  const onLine = (line: string): void => {
    const [snapshot = '', creation] = line.split('\t');
    const tally = listed.get(snapshot.slice(0, snapshot.indexOf('@')));
    if (tally === undefined) return;
    tally.count += 1;
    const created = attempt(() => integer(creation, `zfs list of ${snapshot}, creation`));
    if (typeof created !== 'number') return;
    tally.oldest = Math.min(tally.oldest ?? created, created);
    tally.newest = Math.max(tally.newest ?? created, created);
  };
  const output = await host.lines(command, onLine, {
    timeout: 3600,
    endable: datasets.length > 0 && !command.includes('-d'),
  });
  return { listed, output };
}

function slices<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
