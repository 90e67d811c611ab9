import { type Command, type Host, type Output, type Seconds, explain, succeeded } from '../../lib/host.ts';
import { attempting, integer } from '../../lib/parse.ts';
import type { Tally } from './memory.ts';
import type { Dataset } from './zfs-list.ts';

/**
 * Listing snapshots costs about one ioctl each, so a dataset is listed again only when something says that its list has
 * changed: `snapshots_changed` (OpenZFS >= 2.2), or the origin, which is what `zfs promote` moves without touching the
 * former; and after a while in any case.
 */
export interface SnapshotOptions {
  /** How long a tally is believed where `snapshots_changed` does not vouch for it. */
  readonly interval: Seconds;
  /** UNIX time at which listing all at once took too long. */
  readonly slowAt: Seconds | undefined;
  /** UNIX time from before the datasets were listed. */
  readonly now: Seconds;
}

export interface SnapshotCounts {
  /** By dataset name; a dataset whose snapshots could not be listed is not in it. */
  readonly tallies: ReadonlyMap<string, Tally>;
  /** One line for each command that failed. */
  readonly failures: readonly string[];
  readonly slowAt?: Seconds;
}

/** Even a tally that `snapshots_changed` vouches for is made anew after this long. */
const trust: Seconds = 6 * 3600;
/** How long we go on asking in parts where asking for all at once took too long. */
const slowFor: Seconds = 24 * 3600;
/** `snapshots_changed` has whole seconds, so a second change in the same one would go unseen. */
const resolution: Seconds = 2;
/** Datasets on one command line. */
const part = 100;

const columns = ['list', '-Hp', '-t', 'snapshot', '-o', 'name,creation'] as const;

export async function countSnapshots(
  host: Pick<Host, 'lines'>,
  datasets: readonly Dataset[],
  known: Readonly<Record<string, Tally>>,
  options: SnapshotOptions,
  onSkip: (reason: string) => void,
): Promise<SnapshotCounts> {
  const isFresh = (dataset: Dataset, tally: Tally): boolean => fresh(dataset, tally, options);
  const tallies = new Map<string, Tally>();
  const stale: Dataset[] = [];
  for (const dataset of datasets) {
    const tally = known[dataset.guid];
    if (tally !== undefined && isFresh(dataset, tally)) tallies.set(dataset.name, tally);
    else stale.push(dataset);
  }
  const slow = options.slowAt !== undefined && options.now - options.slowAt < slowFor;
  const atOnce = stale.length > datasets.length / 2 && !slow;
  const parts = atOnce ? [stale] : slices(stale, part);
  const failures: string[] = [];
  for (const some of parts) {
    // The datasets' own listing has just answered, so that it is safe to name some of them.
    const names = atOnce ? [] : ['-d', '1', ...some.map(({ name }) => name)];
    const command: Command = ['zfs', ...columns, ...names];
    const { listed, output } = await list(host, command, some, options, onSkip);
    if (succeeded(output)) for (const [name, tally] of listed) tallies.set(name, tally);
    else failures.push(explain(command, output));
    if (atOnce && output.ended === 'timeout') return { tallies, failures, slowAt: options.now };
    if (output.ended !== 'exit') break;
  }
  return { tallies, failures, ...(slow && { slowAt: options.slowAt }) };
}

function fresh(dataset: Dataset, tally: Tally, { now, interval }: SnapshotOptions): boolean {
  const age = now - tally.at;
  const limit = dataset.snapshotsChanged === undefined ? interval : trust;
  return age >= 0 && age < limit && tally.changed === changedOf(dataset) && tally.origin === dataset.origin;
}

const changedOf = (dataset: Dataset): string => dataset.snapshotsChanged ?? 'unknown';

/** Lists in one stream; memory grows with the datasets, not with their snapshots. */
async function list(
  host: Pick<Host, 'lines'>,
  command: Command,
  datasets: readonly Dataset[],
  { now }: SnapshotOptions,
  onSkip: (reason: string) => void,
): Promise<{ listed: ReadonlyMap<string, Tally>; output: Output }> {
  const listed = new Map<string, Tally>();
  for (const dataset of datasets) {
    const settled = !(Number(dataset.snapshotsChanged) >= now - resolution);
    const changed = settled ? changedOf(dataset) : 'unsettled';
    listed.set(dataset.name, { changed, origin: dataset.origin, at: now, count: 0 });
  }
  const attempt = attempting(onSkip);
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
