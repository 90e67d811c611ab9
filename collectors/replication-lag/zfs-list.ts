import type { Command, Host, Output } from '../../lib/host.ts';
import { type Attempt, cellsOf, integer, unexpected } from '../../lib/parse.ts';
import { isWithin, topmost } from './pair.ts';
import { type Site, answered, failureOf, hangs, hasModule, runThere } from './site.ts';

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
  /** Its user told syncoid to leave it out. */
  readonly unsynced: boolean;
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
  const sick = roots.length === 0 ? undefined : await sickness(host, site);
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
      if (left.length > 0) fail(await list(host, site, listing, left, recursive));
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
 * While the kernel's namespace lock is held, as beside a stuck `zpool export`, a command that names a dataset cannot be ended by
 * anything, and one that names none ends on SIGTERM (OpenZFS 2.3; not 2.1). So one of these goes ahead.
 */
async function sickness(host: Host, site: Site): Promise<string | undefined> {
  const here = site.host === undefined;
  if (here && !(await hasModule(host))) return 'the ZFS kernel module is not loaded';
  const words: Command = ['zfs', 'list', '-Hp', '-d', '0', '-o', 'name'];
  const output = here ? await host.run(words, { endable: true }) : await runThere(host, site, words, () => {});
  return failureOf(site, words, output);
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
  return { types: 'filesystem,volume', columns: 'name,guid,receive_resume_token,syncoid:sync', depth: '0', onLine };
}

/**
 * A line of `zfs list -Hp -t filesystem,volume -o name,guid,receive_resume_token,syncoid:sync` (zfs-list(8), zfsprops(7); the
 * last from syncoid's own documentation: `false` means that this dataset is not replicated). The user property stands last: of
 * all these only its value can hold a tab.
 *
 *     rpool/data	6690322934316414911	-	-
 */
function parseDataset(line: string): Dataset {
  const [name = '', guid = '', token, sync] = cellsOf(line, 4, 'zfs list of datasets', true);
  const resumeToken = token === '-' ? undefined : token;
  return { name, guid: guidOf(name, guid), resumeToken, unsynced: sync === 'false', snapshots: [], bookmarks: [] };
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

/** Reasons by root. */
async function list(
  host: Host,
  site: Site,
  { types, columns, depth, onLine }: Listing,
  roots: readonly string[],
  recursive: boolean,
): Promise<ReadonlyMap<string, string>> {
  const reach = recursive ? ['-r'] : ['-d', depth];
  const words: Command = ['zfs', 'list', '-Hp', '-t', types, '-o', columns, ...reach, ...roots];
  const output = await runThere(host, site, words, onLine);
  const reason = failureOf(site, words, output);
  return reason === undefined ? new Map() : failedRoots(site, output, roots, reason);
}

/**
 * zfs lists what it can, has a line on stderr for each name that it cannot open, and exit status 1: `cannot open
 * 'tank/backup': dataset does not exist` (libzfs_dataset.c, libzfs_util.c). Whose root that is failed, unless it does not exist;
 * where a line says anything else, none of them is known to be whole.
 */
function failedRoots(
  site: Site,
  output: Output,
  roots: readonly string[],
  reason: string,
): ReadonlyMap<string, string> {
  const failed = new Map<string, string>();
  if (!answered(site, output)) return everyOne(roots, reason);
  for (const line of output.stderr.split('\n').filter((one) => one.trim() !== '')) {
    const [, name = '', why = ''] = /^cannot open '(.+)': (.*)$/.exec(line) ?? [];
    const hit = roots.filter((root) => isWithin(name, root));
    if (hit.length === 0) return everyOne(roots, reason);
    if (why === 'dataset does not exist' && roots.includes(name)) continue;
    for (const root of hit) failed.set(root, line);
  }
  return output.stderr.trim() === '' ? everyOne(roots, reason) : failed;
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

/** Oldest first. createtxg orders within a pool, to the transaction; creation has whole seconds only. */
export function byAge(snapshots: readonly Snapshot[]): Snapshot[] {
  return [...snapshots].sort((a, b) => a.createtxg - b.createtxg);
}
