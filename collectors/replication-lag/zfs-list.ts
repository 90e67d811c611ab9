import type { Command, Host, Output } from '../../lib/host.ts';
import type { Value } from '../../lib/metric.ts';
import { type Attempt, cellsOf, integer, unexpected } from '../../lib/parse.ts';
import { isWithin, topmost } from './pair.ts';
import { type Site, answered, failureOf, hangs, hasModule, runThere, tellsFailure } from './site.ts';

/** A dataset to list, alone or with all below it. */
export interface Root {
  readonly dataset: string;
  readonly recursive: boolean;
}

/** What a site has of the roots that it was asked for. */
export interface Inventory {
  /** By name. A root that is not in it and did not fail does not exist. */
  readonly datasets: ReadonlyMap<string, Dataset>;
  /** Why nothing is known of a root, by its name. */
  readonly failures: ReadonlyMap<string, string>;
  /** Its zfs was reached and did not answer. */
  readonly hung: boolean;
}

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

/** Nothing of a site that was not asked. */
export function unknownInventory(roots: readonly Root[], reason: string): Inventory {
  const names = roots.map(({ dataset }) => dataset);
  return { datasets: new Map(), failures: everyOne(names, reason), hung: false };
}

/** Lists datasets, snapshots and bookmarks of the roots in three commands, or five where some are recursive and some not. */
export async function takeInventory(
  machine: Host,
  site: Site,
  roots: readonly Root[],
  attempt: Attempt,
): Promise<Inventory> {
  const datasets = new Map<string, Dataset>();
  const failures = new Map<string, string>();
  let hung = false;
  const host = watched(machine, (output) => {
    hung ||= hangs(site, output);
  });
  const deep = topmost(roots.filter(({ recursive }) => recursive).map(({ dataset }) => dataset));
  const flat = roots.map(({ dataset }) => dataset).filter((name) => !deep.some((top) => isWithin(name, top)));
  const { sick, pools } = roots.length === 0 ? { sick: undefined, pools: [] } : await lookAhead(host, site);
  for (const [names, recursive] of [
    [deep, true],
    [[...new Set(flat)], false],
  ] as const) {
    let left = names;
    const fail = (reasons: ReadonlyMap<string, string>): void => {
      for (const [name, reason] of reasons) failures.set(name, reason);
      left = left.filter((name) => !reasons.has(name) && datasets.has(name));
    };
    if (sick !== undefined) fail(everyOne(left, sick));
    for (const listing of [datasetListing(datasets, attempt), snapshotListing(datasets, attempt)]) {
      if (left.length > 0) fail(await list(host, site, listing, left, recursive, { datasets, pools }));
    }
  }
  // What lies below a root that failed is not known either.
  for (const { dataset } of roots) {
    const reason = failures.get(deep.find((top) => isWithin(dataset, top)) ?? dataset);
    if (reason !== undefined) failures.set(dataset, reason);
  }
  return { datasets, failures, hung };
}

/** The same machine, whose answers are looked at. */
function watched(host: Host, onOutput: (output: Output) => void): Host {
  const lines: Host['lines'] = async (...question) => {
    const output = await host.lines(...question);
    onOutput(output);
    return output;
  };
  return { ...host, lines };
}

/**
 * Which pools are imported, or why that is not known. While the kernel's namespace lock is held, as beside a stuck `zpool export`,
 * a command that names a dataset cannot be ended by anything, and one that names none ends on SIGTERM (OpenZFS 2.3; not 2.1). So
 * one of these goes ahead.
 */
async function lookAhead(host: Host, site: Site): Promise<{ sick: string | undefined; pools: string[] }> {
  const here = site.host === undefined;
  const pools: string[] = [];
  if (here && !(await hasModule(host))) return { sick: 'the ZFS kernel module is not loaded', pools };
  const words: Command = ['zfs', 'list', '-Hp', '-d', '0', '-o', 'name'];
  const onLine = (line: string): void => {
    pools.push(line);
  };
  const output = here ? await host.lines(words, onLine, { endable: true }) : await runThere(host, site, words, onLine);
  return { sick: failureOf(site, words, output), pools };
}

/** What `zfs list` is asked for. */
interface Listing {
  readonly types: string;
  readonly columns: string;
  /** Levels below a root that is listed alone. */
  readonly depth: string;
  readonly onLine: (line: string) => void;
}

function datasetListing(datasets: Map<string, Dataset>, attempt: Attempt): Listing {
  const onLine = (line: string): void => {
    const dataset = attempt(() => parseDataset(line));
    if (dataset !== undefined) datasets.set(dataset.name, dataset);
  };
  return { types: 'filesystem,volume', columns: datasetColumns, depth: '0', onLine };
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

function snapshotListing(datasets: ReadonlyMap<string, Dataset>, attempt: Attempt): Listing {
  const onLine = (line: string): void => {
    const snapshot = attempt(() => parseSnapshot(line));
    if (snapshot === undefined) return;
    const dataset = datasets.get(datasetOf(snapshot));
    (snapshot.name.includes('@') ? dataset?.snapshots : dataset?.bookmarks)?.push(snapshot);
  };
  return { types: 'snapshot,bookmark', columns: 'name,guid,createtxg', depth: '1', onLine };
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

function guidOf(name: string, guid: string): string {
  if (!/^\d+$/.test(guid)) throw unexpected(`zfs list of ${name}, guid`, 'an integer', guid);
  return guid;
}

/** What is known of the site by now. */
interface Found {
  readonly datasets: ReadonlyMap<string, Dataset>;
  readonly pools: readonly string[];
}

/** Reasons by root. */
async function list(
  host: Host,
  site: Site,
  { types, columns, depth, onLine }: Listing,
  roots: readonly string[],
  recursive: boolean,
  found: Found,
): Promise<ReadonlyMap<string, string>> {
  const reach = recursive ? ['-r'] : ['-d', depth];
  const words: Command = ['zfs', 'list', '-Hp', '-t', types, '-o', columns, ...reach, ...roots];
  const output = await runThere(host, site, words, onLine);
  const reason = failureOf(site, words, output);
  if (reason === undefined) return new Map();
  return answered(site, output) && output.exitCode === 1
    ? failedRoots(output.stderr, roots, reason, found)
    : everyOne(roots, reason);
}

/**
 * zfs lists what it can, has a line on stderr for each name that it cannot open, and exit status 1: `cannot open
 * 'tank/backup': dataset does not exist` (libzfs_dataset.c, libzfs_util.c). Whose root that is failed, unless it does not exist in
 * a pool that is there. Where zfs says that anything else failed, none of them is known to be whole; other lines are a shell's.
 */
function failedRoots(
  stderr: string,
  roots: readonly string[],
  reason: string,
  { datasets, pools }: Found,
): ReadonlyMap<string, string> {
  const failed = new Map<string, string>();
  const missing = new Set<string>();
  for (const line of stderr.split('\n').filter(tellsFailure)) {
    const [, name = '', why = ''] = /^cannot open '(.+)': (.*)$/.exec(line) ?? [];
    const hit = roots.filter((root) => isWithin(name, root));
    const [pool = ''] = name.split('/', 1);
    if (hit.length === 0) return everyOne(roots, line);
    const isGone = why === 'dataset does not exist' && roots.includes(name) && !datasets.has(name);
    if (!isGone) for (const root of hit) failed.set(root, line);
    else if (pools.includes(pool)) missing.add(name);
    else failed.set(name, `the pool ${pool} is not imported`);
  }
  const isExplained = failed.size > 0 || missing.size > 0;
  for (const root of roots) {
    if (!isExplained || !(failed.has(root) || missing.has(root) || datasets.has(root))) failed.set(root, reason);
  }
  return failed;
}

function everyOne(roots: readonly string[], reason: string): ReadonlyMap<string, string> {
  return new Map(roots.map((root) => [root, reason]));
}

/** `rpool/data` of `rpool/data@daily`. */
function datasetOf({ name }: Snapshot): string {
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
