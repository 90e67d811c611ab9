import type { Value } from '../../lib/metric.ts';
import { type Attempt, cellsOf, integer, unexpected } from '../../lib/parse.ts';

/** One file system or volume with what a comparison needs of it. */
export interface Dataset {
  readonly name: string;
  /** Tells a dataset from another that later has its name. */
  readonly guid: string;
  /** Of a receive that was interrupted and can be resumed. */
  readonly resumeToken: string | undefined;
  /** UNIX time by the clock of its machine; of a copy, when it was first received. */
  readonly creation: number | undefined;
  /** Bytes written since its newest snapshot; all that it holds where there is none. */
  readonly written: Value | undefined;
  readonly readonly: boolean;
  /** The property `syncoid:sync`: `true`, `false`, or names of the machines that may take a copy. */
  readonly sync: string | undefined;
  readonly snapshots: Snapshot[];
  readonly bookmarks: Snapshot[];
}

/** A snapshot (`rpool/data@daily`) or a bookmark (`rpool/data#daily`). */
export interface Snapshot {
  readonly name: string;
  /** 64 bits: the same on every pool that received it (zfsprops(7)), and never a number here. */
  readonly guid: string;
  /** Orders what lies in one pool; says nothing across pools. */
  readonly createtxg: number;
}

/** 300 bytes each: a run then takes 350 MB. */
const maxSnapshots = 1_000_000;

/** What `zfs list` is asked for. */
export interface Listing {
  readonly types: string;
  readonly columns: string;
  /** Levels below a root that is listed alone. */
  readonly depth: string;
  /** What is listed is kept: more lines than these are no answer. */
  readonly maxLines: number;
  readonly onLine: (line: string) => void;
}

export function datasetListing(datasets: Map<string, Dataset>, attempt: Attempt): Listing {
  const onLine = (line: string): void => {
    const dataset = attempt(() => parseDataset(line));
    if (dataset !== undefined) datasets.set(dataset.name, dataset);
  };
  return { types: 'filesystem,volume', columns: datasetColumns, depth: '0', maxLines: 100_000, onLine };
}

/** The user property stands last: of all these only its value can hold a tab. */
const datasetColumns = 'name,guid,creation,written,readonly,receive_resume_token,syncoid:sync';

/**
 * A line of `zfs list -Hp -t filesystem,volume -o` with these columns (zfs-list(8), zfsprops(7); the last from syncoid's own
 * documentation):
 *
 *     rpool/data	6690322934316414911	1795333190	98304	off	-	-
 */
function parseDataset(line: string): Dataset {
  const cells = cellsOf(line, 7, 'zfs list of datasets', true);
  const [name = '', guid = '', creation, written, readonly, token, sync] = cells;
  const created = integer(creation, `zfs list of ${name}, creation`);
  return {
    name,
    guid: guidOf(name, guid),
    creation: created === undefined ? undefined : Number(created),
    written: integer(written, `zfs list of ${name}, written`),
    readonly: readonly === 'on',
    resumeToken: token === '-' ? undefined : token,
    sync: sync === '-' || sync === '' ? undefined : sync,
    snapshots: [],
    bookmarks: [],
  };
}

export function snapshotListing(datasets: ReadonlyMap<string, Dataset>, attempt: Attempt): Listing {
  const onLine = (line: string): void => {
    const snapshot = attempt(() => parseSnapshot(line));
    if (snapshot === undefined) return;
    const dataset = datasets.get(datasetOf(snapshot));
    (snapshot.name.includes('@') ? dataset?.snapshots : dataset?.bookmarks)?.push(snapshot);
  };
  return { types: 'snapshot,bookmark', columns: 'name,guid,createtxg', depth: '1', maxLines: maxSnapshots, onLine };
}

/**
 * A line of `zfs list -Hp -t snapshot,bookmark -o name,guid,createtxg`. These columns need no more than one cheap look per
 * snapshot (OpenZFS >= 2.2: `ZFS_ITER_SIMPLE` in cmd/zfs/zfs_main.c); `creation` would cost another.
 *
 *     rpool/data@manual1	10821490116104360097	15
 */
function parseSnapshot(line: string): Snapshot {
  const [name = '', guid = '', txg] = cellsOf(line, 3, 'zfs list of snapshots');
  const createtxg = integer(txg, `zfs list of ${name}, createtxg`);
  if (!/[@#]/.test(name)) throw unexpected('zfs list', 'a snapshot or bookmark', name);
  if (createtxg === undefined) throw unexpected(`zfs list of ${name}, createtxg`, 'an integer', txg);
  return { name, guid: guidOf(name, guid), createtxg: Number(createtxg) };
}

/**
 * What has snapshots or bookmarks at all. `creation` has zfs open each of them, which is another way to them than the listing above
 * takes: where that has none, this one has to agree.
 */
export function proofListing(found: Set<string>): Listing {
  const onLine = (line: string): void => {
    found.add(datasetOf({ name: line.split('\t', 1)[0] ?? '' }));
  };
  return { types: 'snapshot,bookmark', columns: 'name,creation', depth: '1', maxLines: maxSnapshots, onLine };
}

function guidOf(name: string, guid: string): string {
  if (!/^\d+$/.test(guid)) throw unexpected(`zfs list of ${name}, guid`, 'an integer', guid);
  return guid;
}

/** `rpool/data` of `rpool/data@daily`. */
function datasetOf({ name }: Pick<Snapshot, 'name'>): string {
  return name.replace(/[@#].*$/s, '');
}

/** `daily` of `rpool/data@daily`. */
export function shortName({ name }: Snapshot): string {
  return name.replace(/^[^@#]*[@#]/, '');
}

export function newestOf(snapshots: readonly Snapshot[]): Snapshot | undefined {
  let newest: Snapshot | undefined;
  for (const one of snapshots) if (newest === undefined || one.createtxg > newest.createtxg) newest = one;
  return newest;
}

/** Oldest first. createtxg orders within a pool, to the transaction; creation has whole seconds only. */
export function byAge(snapshots: readonly Snapshot[]): Snapshot[] {
  return [...snapshots].sort((a, b) => a.createtxg - b.createtxg);
}
