import type { Command, Host, Output } from '../../lib/host.ts';
import { type Attempt, attempting } from '../../lib/parse.ts';
import { kstatFolder } from '../zfs/kstat.ts';
import { type Dataset, datasetColumns, parseDataset } from './dataset.ts';
import { isWithin, topmost } from './location.ts';
import { type Site, answered, failureOf, hangs, runThere } from './site.ts';
import { datasetOf, parseSnapshot, snapshotColumns } from './snapshot.ts';

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
  return {
    datasets: new Map(),
    failures: everyOne(
      roots.map(({ dataset }) => dataset),
      reason,
    ),
    hung: false,
  };
}

/** Lists datasets, snapshots and bookmarks of the roots in three commands, or five where some are recursive and some not. */
export async function takeInventory(
  machine: Host,
  site: Site,
  roots: readonly Root[],
  onSkip: (reason: string) => void,
): Promise<Inventory> {
  const datasets = new Map<string, Dataset>();
  const failures = new Map<string, string>();
  const attempt = attempting(onSkip);
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
    if (left.length > 0) fail(await listDatasets(host, site, left, recursive, datasets, attempt));
    if (left.length > 0) fail(await listSnapshots(host, site, left, recursive, datasets, attempt));
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
 * anything, and one that names none ends on SIGTERM (OpenZFS 2.3; not 2.1). So one of these goes ahead. Here none is run
 * without the module: as root it would load it.
 */
async function sickness(host: Host, site: Site): Promise<string | undefined> {
  if (site.host === undefined && (await host.list(kstatFolder)) === undefined)
    return 'the ZFS kernel module is not loaded';
  const words: Command = ['zfs', 'list', '-Hp', '-d', '0', '-o', 'name'];
  const here = site.host === undefined;
  const output = here ? await host.run(words, { endable: true }) : await runThere(host, site, words, () => {});
  return failureOf(site, words, output);
}

/** Reasons by root. */
function listDatasets(
  host: Host,
  site: Site,
  names: readonly string[],
  recursive: boolean,
  datasets: Map<string, Dataset>,
  attempt: Attempt,
): Promise<ReadonlyMap<string, string>> {
  const depth = recursive ? ['-r'] : ['-d', '0'];
  const words: Command = ['zfs', 'list', '-Hp', '-t', 'filesystem,volume', '-o', datasetColumns, ...depth, ...names];
  return list(host, site, words, names, (line) => {
    const dataset = parseDataset(line, attempt);
    if (dataset !== undefined) datasets.set(dataset.name, dataset);
  });
}

function listSnapshots(
  host: Host,
  site: Site,
  names: readonly string[],
  recursive: boolean,
  datasets: ReadonlyMap<string, Dataset>,
  attempt: Attempt,
): Promise<ReadonlyMap<string, string>> {
  const depth = recursive ? ['-r'] : ['-d', '1'];
  const words: Command = ['zfs', 'list', '-Hp', '-t', 'snapshot,bookmark', '-o', snapshotColumns, ...depth, ...names];
  return list(host, site, words, names, (line) => {
    const snapshot = parseSnapshot(line, attempt);
    if (snapshot === undefined) return;
    const dataset = datasets.get(datasetOf(snapshot));
    (snapshot.name.includes('@') ? dataset?.snapshots : dataset?.bookmarks)?.push(snapshot);
  });
}

async function list(
  host: Host,
  site: Site,
  words: Command,
  roots: readonly string[],
  onLine: (line: string) => void,
): Promise<ReadonlyMap<string, string>> {
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
