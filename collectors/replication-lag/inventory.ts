import type { Command, Host, Output } from '../../lib/host.ts';
import type { Attempt } from '../../lib/parse.ts';
import { isWithin, topmost } from './pair.ts';
import { type Site, answered, failureOf, hangs, hasModule, portions, runThere, tellsFailure } from './site.ts';
import { type Dataset, type Listing, datasetListing, proofListing, snapshotListing } from './zfs-list.ts';

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

/** Nothing of a site that was not asked. */
export function unknownInventory(roots: readonly Root[], reason: string): Inventory {
  const names = roots.map(({ dataset }) => dataset);
  return { datasets: new Map(), failures: everyOne(names, reason), hung: false };
}

/**
 * Lists datasets, snapshots and bookmarks of the roots in three commands, or five where some are recursive and some not. Datasets
 * in `known` had snapshots in an earlier run: that one has none is asked twice.
 */
export async function takeInventory(
  machine: Host,
  site: Site,
  roots: readonly Root[],
  known: ReadonlySet<string>,
  attempt: Attempt,
): Promise<Inventory> {
  const names = roots.map(({ dataset }) => dataset);
  let hung = false;
  const host = watched(machine, (output) => {
    hung ||= hangs(site, output);
  });
  const { sick, pools } = roots.length === 0 ? { sick: undefined, pools: [] } : await lookAhead(host, site);
  if (sick !== undefined) return { datasets: new Map(), failures: everyOne(names, sick), hung };
  const deep = topmost(roots.filter(({ recursive }) => recursive).map(({ dataset }) => dataset));
  const flat = [...new Set(names)].filter((name) => !deep.some((top) => isWithin(name, top)));
  const inquiry: Inquiry = { host, site, datasets: new Map(), pools, known, attempt };
  const failures = new Map([...(await listRoots(inquiry, deep, true)), ...(await listRoots(inquiry, flat, false))]);
  // What lies below a root that failed is not known either.
  for (const name of names) {
    const reason = failures.get(deep.find((top) => isWithin(name, top)) ?? name);
    if (reason !== undefined) failures.set(name, reason);
  }
  return { datasets: inquiry.datasets, failures, hung };
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

const maxPools = 10_000;

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
  const output = here
    ? await host.lines(words, onLine, { endable: true, maxLines: maxPools })
    : await runThere(host, site, words, onLine, maxPools);
  return { sick: failureOf(site, words, output), pools };
}

/** What a site is asked, and what is known of it by now. */
interface Inquiry {
  readonly host: Host;
  readonly site: Site;
  readonly datasets: Map<string, Dataset>;
  readonly pools: readonly string[];
  readonly known: ReadonlySet<string>;
  readonly attempt: Attempt;
}

/** Reasons by root. */
async function listRoots(inquiry: Inquiry, roots: readonly string[], recursive: boolean): Promise<Map<string, string>> {
  const { datasets, attempt } = inquiry;
  const failures = new Map<string, string>();
  let left = roots;
  for (const listing of [datasetListing(datasets, attempt), snapshotListing(datasets, attempt)]) {
    for (const [name, reason] of await list(inquiry, listing, left, recursive)) failures.set(name, reason);
    left = left.filter((name) => !failures.has(name) && datasets.has(name));
  }
  for (const [name, reason] of await disproved(inquiry, left)) {
    for (const root of left) if (isWithin(name, root)) failures.set(root, reason);
  }
  return failures;
}

/** Reasons by root; in more commands than one where a command cannot name all. */
async function list(
  inquiry: Inquiry,
  listing: Listing,
  roots: readonly string[],
  recursive: boolean,
): Promise<ReadonlyMap<string, string>> {
  const failures = new Map<string, string>();
  for (const names of portions(roots)) {
    for (const [name, reason] of await listPortion(inquiry, listing, names, recursive)) failures.set(name, reason);
  }
  return failures;
}

async function listPortion(
  inquiry: Inquiry,
  { types, columns, depth, maxLines, onLine }: Listing,
  roots: readonly string[],
  recursive: boolean,
): Promise<ReadonlyMap<string, string>> {
  const { host, site, datasets } = inquiry;
  const reach = recursive ? ['-r'] : ['-d', depth];
  const words: Command = ['zfs', 'list', '-Hp', '-t', types, '-o', columns, ...reach, ...roots];
  const output = await runThere(host, site, words, onLine, maxLines);
  const reason = failureOf(site, words, output);
  if (reason !== undefined) {
    return answered(site, output) && output.exitCode === 1
      ? failedRoots(output.stderr, roots, reason, inquiry)
      : everyOne(roots, reason);
  }
  // zfs says of each name that it cannot open it, or lists it.
  return new Map(
    roots.flatMap((root) =>
      datasets.has(root) ? [] : [[root, `Cannot read zfs list: expected a line of ${root}, got none, and no error`]],
    ),
  );
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
  { datasets, pools }: Inquiry,
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

/**
 * Absence is not loss: what had snapshots in an earlier run and has none, or is not there, without zfs having said so, is asked for
 * by its name, and in another form; so is everything where a listing has no snapshot at all. Reasons by dataset, where the two differ.
 */
async function disproved(inquiry: Inquiry, roots: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { datasets, known } = inquiry;
  const isAsked = (name: string): boolean => roots.some((root) => isWithin(name, root));
  const isBare = (name: string): boolean => {
    const { snapshots = [], bookmarks = [] } = datasets.get(name) ?? {};
    return snapshots.length + bookmarks.length === 0;
  };
  const suspects = [...known].filter((name) => isBare(name) && isAsked(name));
  const listed = [...datasets.keys()];
  const isNothing = listed.every((name) => isBare(name) || !isAsked(name));
  const doubtful = isNothing ? [...new Set([...suspects, ...listed.filter(isAsked)])] : suspects;
  const found = new Set<string>();
  const reasons = new Map(await list(inquiry, proofListing(found), doubtful, false));
  for (const name of found) {
    reasons.set(name, `Cannot read zfs list: expected snapshots of ${name} in both listings, got them in one`);
  }
  return reasons;
}

function everyOne(roots: readonly string[], reason: string): ReadonlyMap<string, string> {
  return new Map(roots.map((root) => [root, reason]));
}
