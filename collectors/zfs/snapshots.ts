import { isRecent } from '../../lib/clock.ts';
import type { Run } from '../../lib/collector.ts';
import { type Command, type Host, type Output, type Seconds } from '../../lib/host.ts';
import { type Sample, sample } from '../../lib/metric.ts';
import { type Attempt, cellsOf, integer, ownMember } from '../../lib/parse.ts';
import { selecting } from '../../lib/patterns.ts';
import { accused, complaint } from './complaints.ts';
import type { Memory, Tally } from './memory.ts';
import * as m from './metrics.ts';
import { datasetOf, doubting } from './snapshot-doubts.ts';
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
  /** Patterns of the names of snapshots, by schedule. */
  readonly schedules: Readonly<Record<string, readonly string[]>>;
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
/** What errors name. */
const place = 'zfs list of snapshots';
/** Datasets on one command line. */
const partSize = 100;

const columns = ['list', '-Hp', '-t', 'snapshot,bookmark', '-o', 'name,creation,userrefs'] as const;

/** The datasets that are known; `missing` says of which pools they are not all, and why. */
interface Listed {
  readonly datasets: readonly Dataset[];
  readonly pools: readonly string[];
  readonly missing: ReadonlyMap<string, string>;
}

/** Counts the snapshots of `datasets`, and reports for each of `pools` whether those of all its datasets are known. */
export async function readSnapshots(
  host: Pick<Host, 'lines'>,
  run: Pick<Run, 'report' | 'attempt'>,
  { datasets, pools, missing }: Listed,
  memory: Pick<Memory, 'snapshots' | 'slowAt'>,
  times: SnapshotTimes,
): Promise<Snapshots> {
  const known = new Map(datasets.flatMap((dataset) => tallyOf(dataset, memory.snapshots, times)));
  const slow = memory.slowAt !== undefined && isRecent(memory.slowAt, slowFor, times.now);
  const { tallies, slowAt, reasons } = await listStale(host, run.attempt, datasets, known, slow, times);
  const unread = new Set(datasets.filter(({ name }) => !tallies.has(name)).map(({ pool }) => pool));
  for (const pool of pools) {
    const whole = !missing.has(pool) && !unread.has(pool);
    run.report('zfs list snapshots', pool, whole ? undefined : (reasons.get(pool) ?? 'its datasets are not all known'));
  }
  return { tallies, slowAt: slowAt ?? (slow ? memory.slowAt : undefined) };
}

/** Snapshots of the pools of which every dataset and its snapshots are known. */
export function snapshotCounts(
  datasets: readonly Dataset[],
  missing: ReadonlyMap<string, string>,
  { tallies }: Snapshots,
): Sample[] {
  const sums = new Map<string, number>();
  for (const { name, pool } of datasets.filter((dataset) => !missing.has(dataset.pool))) {
    sums.set(pool, (sums.get(pool) ?? 0) + (tallies.get(name)?.count ?? Number.NaN));
  }
  return [...sums].flatMap(([pool, sum]) => (Number.isNaN(sum) ? [] : [sample(m.snapshotCount, { pool }, sum)]));
}

function tallyOf(dataset: Dataset, known: Memory['snapshots'], times: SnapshotTimes): [string, Tally][] {
  const tally = dataset.guid === undefined ? undefined : known[dataset.guid];
  return tally !== undefined && fresh(dataset, tally, times) ? [[dataset.name, tally]] : [];
}

interface Listing {
  readonly tallies: ReadonlyMap<string, Tally>;
  readonly slowAt: Seconds | undefined;
  /** Why the snapshots of some dataset of a pool are not known. */
  readonly reasons: ReadonlyMap<string, string>;
}

/**
 * Adds what is listed anew to `known`. Where asking for all at once leaves something out, it is asked for again pool by
 * pool: one dataset that cannot be read costs the other pools nothing.
 */
async function listStale(
  host: Pick<Host, 'lines'>,
  attempt: Attempt,
  datasets: readonly Dataset[],
  known: ReadonlyMap<string, Tally>,
  slow: boolean,
  times: SnapshotTimes,
): Promise<Listing> {
  const stale = datasets.filter(({ name }) => !known.has(name));
  const tallies = new Map(known);
  const reasons = new Map<string, string>();
  const atOnce = stale.length > datasets.length / 2 && !slow;
  const parts: Part[] = atOnce ? [{ names: [], datasets: stale }] : slices(stale, partSize).map(byName);
  for (const some of parts) {
    const { listed, output, reason } = await list(host, some, times, attempt);
    for (const [name, tally] of listed) tallies.set(name, tally);
    if (reason === undefined) continue;
    for (const { pool } of some.datasets) reasons.set(pool, reason);
    if (atOnce && output.ended === 'timeout') return { tallies, slowAt: times.now, reasons };
    if (output.ended !== 'exit') break;
    parts.push(...splitByPool(some, listed));
  }
  return { tallies, slowAt: undefined, reasons };
}

/** One listing: what to name on the command line, nothing for all, and the datasets that it tells of. */
interface Part {
  readonly names: readonly string[];
  readonly datasets: readonly Dataset[];
}

// The datasets' own listing has just answered, so that it is safe to name some of them.
const byName = (datasets: readonly Dataset[]): Part => ({
  names: ['-d', '1', ...datasets.map(({ name }) => name)],
  datasets,
});

/** What of a listing is still missing, in one part for each pool; nothing where it was of one pool only. */
function splitByPool({ names, datasets }: Part, listed: ReadonlyMap<string, Tally>): Part[] {
  const missing = datasets.filter(({ name }) => !listed.has(name));
  const pools = new Set(datasets.map(({ pool }) => pool));
  if (pools.size < 2) return [];
  return [...pools]
    .map((pool) => {
      const own = missing.filter((dataset) => dataset.pool === pool);
      return names.length === 0 ? { names: ['-r', pool], datasets: own } : byName(own);
    })
    .filter((one) => one.datasets.length > 0);
}

function fresh(dataset: Dataset, tally: Tally, { now, interval, schedules }: SnapshotTimes): boolean {
  const limit = dataset.snapshotsChanged === undefined ? interval : trust;
  const same = tally.changed === changedOf(dataset) && tally.origin === dataset.origin;
  const own = (tally.pool ?? dataset.pool) === dataset.pool;
  return same && own && isRecent(tally.at, limit, now) && tally.patterns === patternsOf(schedules);
}

const changedOf = (dataset: Dataset): string => dataset.snapshotsChanged ?? 'unknown';

/**
 * Lists in one stream; memory grows with the datasets, not with their snapshots. What the command complains of is not in
 * `listed`, and nothing is where that may be anything.
 */
async function list(
  host: Pick<Host, 'lines'>,
  { names, datasets }: Part,
  { now, schedules }: SnapshotTimes,
  attempt: Attempt,
): Promise<{ listed: ReadonlyMap<string, Tally>; output: Output; reason: string | undefined }> {
  const command: Command = ['zfs', ...columns, ...names];
  const patterns = patternsOf(schedules);
  const listed = new Map(datasets.map((dataset) => [dataset.name, { ...emptyTally(dataset, now), patterns }]));
  const schedulesOf = scheduleFinder(schedules);
  const doubts = doubting(datasets);
  const onLine = (line: string): void => {
    const cells = attempt(() => cellsOf(line, 3, place));
    doubts.look(line, cells !== undefined);
    const [name = '', ...rest] = cells ?? [];
    const tally = listed.get(datasetOf(name));
    if (tally !== undefined) attempt(() => count(tally, name, rest, schedulesOf));
  };
  const output = await host.lines(command, onLine, { timeout: 3600, endable: names.length === 0 });
  const complained = complaint(command, output);
  const unread = complained === undefined ? [] : unreadOf(output, [...listed.keys()]);
  const doubted = doubts.about(listed);
  for (const name of [...unread, ...doubted]) listed.delete(name);
  const doubt = doubted.length === 0 ? undefined : `${command.slice(0, 5).join(' ')}: lines are lost or come twice`;
  return { listed, output, reason: complained ?? doubt };
}

const patternsOf = (schedules: SnapshotTimes['schedules']): string | undefined =>
  Object.keys(schedules).length === 0 ? undefined : JSON.stringify(schedules);

/** The schedules that a snapshot is of, by its name after the `@`. */
function scheduleFinder(schedules: SnapshotTimes['schedules']): (name: string) => readonly string[] {
  const matchers = Object.entries(schedules).map(([schedule, own]) => [schedule, selecting(own, [], false)] as const);
  return (name) => matchers.filter(([, matches]) => matches(name)).map(([schedule]) => schedule);
}

/** Counts one line; throws where its creation time makes no sense, which costs that time only. */
function count(
  tally: Tally,
  name: string,
  [creation, userrefs]: readonly string[],
  schedulesOf: (name: string) => readonly string[],
): void {
  if (name.includes('#')) {
    tally.bookmarks = (tally.bookmarks ?? 0) + 1;
    return;
  }
  tally.count += 1;
  if (userrefs !== undefined && /^[1-9]/.test(userrefs)) tally.held = (tally.held ?? 0) + 1;
  const created = integer(creation, `zfs list of ${name}, creation`);
  if (typeof created !== 'number') return;
  tally.oldest = Math.min(tally.oldest ?? created, created);
  tally.newest = Math.max(tally.newest ?? created, created);
  for (const schedule of schedulesOf(name.slice(name.indexOf('@') + 1))) {
    tally.schedules = { ...tally.schedules, [schedule]: Math.max(ownMember(tally.schedules, schedule) ?? 0, created) };
  }
}

/** The datasets that complaints are about, with all below them; every one where a complaint may be about any. */
function unreadOf(output: Output, names: readonly string[]): readonly string[] {
  const about = accused(output)?.map(datasetOf);
  const below = about?.map((top) => names.filter((name) => name === top || name.startsWith(`${top}/`)));
  return below === undefined || below.some((found) => found.length === 0) ? names : below.flat();
}

function emptyTally(dataset: Dataset, now: Seconds): Tally {
  const unsettled = isRecent(Number(dataset.snapshotsChanged), resolution, now);
  const { origin, pool } = dataset;
  return { changed: unsettled ? 'unsettled' : changedOf(dataset), origin, pool, at: now, count: 0 };
}

function slices<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
