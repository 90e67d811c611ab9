import { isRecent } from '../../lib/clock.ts';
import type { Run } from '../../lib/collector.ts';
import type { Host, Seconds } from '../../lib/host.ts';
import { inParallel } from '../../lib/parallel.ts';
import { ownMember } from '../../lib/parse.ts';
import { type Inventory, type Root, takeInventory, unknownInventory } from './inventory.ts';
import { type Memory, type RememberedLink, joinedDatasets, linkKey } from './memory.ts';
import {
  type Location,
  type Pair,
  type SshOptions,
  datasetFilter,
  isWithin,
  labelOf,
  moved,
  sshOptionsOf,
  targetOf,
} from './pair.ts';
import { type Site, siteKey, siteLabel } from './site.ts';
import type { Dataset } from './zfs-list.ts';

/** A pair with what its two sites have. */
export interface Surveyed {
  readonly pair: Pair;
  readonly source: { readonly site: Site; readonly inventory: Inventory };
  readonly target: { readonly site: Site; readonly inventory: Inventory };
}

/** One dataset of a pair: what both sides have of it. */
export interface Link {
  /** Labels. */
  readonly dataset: string;
  readonly target: string;
  readonly pair: Pair;
  readonly sourceSite: Site;
  readonly targetSite: Site;
  /** Undefined where the source could not be read: what follows is then from memory. */
  readonly source: Dataset | undefined;
  /** Where the target could be read: its dataset, or undefined for none. */
  readonly targetKnown: boolean;
  readonly copy: Dataset | undefined;
  /** GUID of the target dataset of the pair, where it is there. */
  readonly on: string | undefined;
  /** What the target's site has of all roots. */
  readonly targets: Inventory['datasets'];
  /** What an earlier run knew. */
  readonly known: RememberedLink | undefined;
  /** An earlier run knew another dataset under the name of the source. */
  readonly isReplaced: boolean;
}

/**
 * A machine whose zfs hangs is left alone for so long: where that sleeps in the kernel, each question would add a process there
 * that nobody can end (seen on OpenZFS 2.1.11, whatever is asked, and on 2.3.9, where a dataset is named).
 */
const leftAlone: Seconds = 3600;

/** So many machines are asked at the same time. */
export const sitesAtOnce = 16;

/** How machines are asked, where a pair does not say otherwise. */
export interface AskOptions {
  readonly ssh: SshOptions;
  readonly localTimeout: Seconds;
}

/** A machine with what is asked of it. */
interface Asked {
  readonly site: Site;
  readonly roots: Root[];
  /** Roots that a pair expects to be there. */
  readonly expected: Set<string>;
}

/** Asks each site once for all that pairs name there; one that does not answer costs only its own pairs. */
export async function survey(
  host: Host,
  pairs: readonly Pair[],
  options: AskOptions,
  known: Memory,
  run: Run,
): Promise<{ surveyed: Surveyed[] } & Pick<Memory, 'hung' | 'down'>> {
  const asked = sitesOf(pairs, options);
  const wasDown = ({ site }: Asked): boolean => known.down?.includes(siteLabel(site)) ?? false;
  // Whoever did not answer in the last run may take its whole time, and comes last.
  const order = [...asked].sort(([, a], [, b]) => Number(wasDown(a)) - Number(wasDown(b)));
  const hung = new Map<string, Seconds>();
  const joined = joinedDatasets(known);
  const answers = await inParallel(order, sitesAtOnce, async ([key, { site, roots }]) => {
    const label = siteLabel(site);
    const since = ownMember(known.hung, label) ?? 0;
    const isSpared = isRecent(since, leftAlone, host.now());
    const inventory = isSpared
      ? unknownInventory(roots, `zfs on ${label} could not be ended: it is asked again an hour later`)
      : await takeInventory(host, site, roots, joined.get(label) ?? new Set(), run.attempt);
    if (isSpared || inventory.hung) hung.set(label, isSpared ? since : host.now());
    return [key, inventory] as const;
  });
  const bySite = new Map(answers);
  for (const [key, one] of asked) report(run, one, bySite.get(key));
  const down = [...asked].filter(([key, { roots }]) =>
    roots.every(({ dataset }) => bySite.get(key)?.failures.has(dataset)),
  );
  const surveyed = pairs.flatMap((pair) => {
    const [source, target] = [siteOf(pair, pair.source, options), siteOf(pair, pair.target, options)];
    const [here, there] = [bySite.get(siteKey(source)), bySite.get(siteKey(target))];
    if (here === undefined || there === undefined) return [];
    return [{ pair, source: { site: source, inventory: here }, target: { site: target, inventory: there } }];
  });
  for (const one of surveyed) reportMissingSource(run, one);
  return { surveyed, hung: Object.fromEntries(hung), down: down.map(([, { site }]) => siteLabel(site)) };
}

function siteOf(pair: Pair, { host }: Location, { ssh, localTimeout }: AskOptions): Site {
  return { host, ssh: sshOptionsOf(pair, ssh), localTimeout };
}

function sitesOf(pairs: readonly Pair[], options: AskOptions): ReadonlyMap<string, Asked> {
  const asked = new Map<string, Asked>();
  for (const pair of pairs) {
    for (const location of [pair.source, pair.target]) {
      const site = siteOf(pair, location, options);
      const entry = asked.get(siteKey(site)) ?? { site, roots: [], expected: new Set() };
      asked.set(siteKey(site), entry);
      entry.roots.push({ dataset: location.dataset, recursive: pair.recursive });
      if (!mayBeAway(pair, location)) entry.expected.add(location.dataset);
    }
  }
  return asked;
}

/** The far side of a pair: the one behind ssh, or the target where both are here, as a disk in a drawer. */
function mayBeAway({ may_be_away, source, target }: Pair, location: Location): boolean {
  return may_be_away && (location.host !== undefined || (location === target && source.host === undefined));
}

/** A machine, or a pool, that is away as its pairs say that it may be is no failure. */
function report(run: Run, { site, expected }: Asked, inventory: Inventory | undefined): void {
  const failures = [...(inventory?.failures ?? [])];
  const unexpected = new Set(failures.flatMap(([name, reason]) => (expected.has(name) ? [reason] : [])));
  if (expected.size > 0 || failures.length === 0) run.report('zfs list', siteLabel(site));
  for (const reason of unexpected) run.report('zfs list', siteLabel(site), reason);
  for (const reason of new Set(failures.map(([, one]) => one))) {
    if (!unexpected.has(reason)) run.note(`${reason}: it may be away`);
  }
}

/** A source that is gone is no healthy one, whatever its copy says. */
function reportMissingSource(run: Run, { pair, source }: Surveyed): void {
  const { datasets, failures } = source.inventory;
  const { dataset } = pair.source;
  if (datasets.has(dataset) || failures.has(dataset)) return;
  const reason = `Cannot compare ${labelOf(pair.source)}: expected a dataset, got none of this name`;
  run.report('zfs list', siteLabel(source.site), reason);
}

/** What this machine is called, where a list of machines has to be compared with it (hostname(1)). */
export async function hostnameFor(host: Host, surveyed: readonly Surveyed[]): Promise<string | undefined> {
  const isAsked = surveyed.some(({ source }) => [...source.inventory.datasets.values()].some(hasHostList));
  return isAsked ? (await host.readText('/proc/sys/kernel/hostname'))?.trim() : undefined;
}

function hasHostList({ sync }: Dataset): boolean {
  return sync !== undefined && sync !== 'true' && sync !== 'false';
}

/** A link for each dataset of the pairs' sources. Of two pairs with the same dataset and target the first in the file counts. */
export function linksOf(surveyed: readonly Surveyed[], memory: Memory, hostname: string | undefined): Link[] {
  const byKey = new Map<string, Link>();
  for (const link of surveyed.flatMap((one) => linksOfPair(one, memory, hostname))) {
    const key = linkKey(link.dataset, link.target);
    if (!byKey.has(key)) byKey.set(key, link);
  }
  return [...byKey.values()];
}

/** Where the source is unknown, a link for each dataset that an earlier run knew. */
function linksOfPair({ pair, source, target }: Surveyed, memory: Memory, hostname: string | undefined): Link[] {
  const isReadable =
    source.inventory.datasets.has(pair.source.dataset) && !source.inventory.failures.has(pair.source.dataset);
  const carries = datasetFilter(pair);
  const names = isReadable ? [...source.inventory.datasets.keys()] : rememberedDatasets(pair, memory);
  const targetKnown = !target.inventory.failures.has(pair.target.dataset);
  const on = targetKnown ? target.inventory.datasets.get(pair.target.dataset)?.guid : undefined;
  const remembered = memory.others?.find((one) => one.on === on)?.links ?? memory.links;
  return names.filter(carries).flatMap((name): Link[] => {
    const there = targetOf(pair, name);
    const labels = {
      dataset: labelOf({ ...pair.source, dataset: name }),
      target: labelOf({ ...pair.target, dataset: there }),
    };
    const dataset = isReadable ? source.inventory.datasets.get(name) : undefined;
    const copy = targetKnown ? target.inventory.datasets.get(there) : undefined;
    const known = remembered[linkKey(labels.dataset, labels.target)];
    if (dataset !== undefined && !isSynced(dataset, pair, hostname, known?.base !== undefined || hasSnapshots(copy)))
      return [];
    const isReplaced = known !== undefined && dataset !== undefined && known.source !== dataset.guid;
    return [
      {
        ...labels,
        pair,
        sourceSite: source.site,
        targetSite: target.site,
        source: dataset,
        targetKnown,
        copy,
        on,
        targets: target.inventory.datasets,
        known: isReplaced ? undefined : known,
        isReplaced,
      },
    ];
  });
}

export function hasSnapshots(dataset: Dataset | undefined): boolean {
  return dataset !== undefined && dataset.snapshots.length > 0;
}

/**
 * Whether syncoid carries this dataset: `syncoid:sync` may be `false`, or a list of the machines that do, by what hostname(1) says
 * there. Which one runs the job is not known where the pair does not tell: then any of the two sides may, and a copy shows it.
 */
function isSynced({ sync }: Dataset, pair: Pair, hostname: string | undefined, hasCopy: boolean): boolean {
  if (sync === undefined || sync === 'true') return true;
  if (sync === 'false') return false;
  const allowed = sync.split(',').map(shortHost);
  if (pair.syncoid_host !== undefined) return allowed.includes(shortHost(pair.syncoid_host));
  const sides = [hostname, pair.source.host?.name, pair.target.host?.name].filter((name) => name !== undefined);
  return hasCopy || sides.some((name) => allowed.includes(shortHost(name)));
}

function shortHost(name: string): string {
  return name.trim().split('.', 1)[0]?.toLowerCase() ?? '';
}

/** The datasets below the pair's source that an earlier run knew. */
function rememberedDatasets(pair: Pair, memory: Memory): string[] {
  const [source, target] = [labelOf(pair.source), labelOf(pair.target)];
  return Object.keys(memory.links).flatMap((key) => {
    const [dataset = '', copy = ''] = key.split('\t');
    const fits = isWithin(dataset, source) && isWithin(copy, target);
    return fits && dataset.slice(source.length) === copy.slice(target.length)
      ? [moved(dataset, source, pair.source.dataset)]
      : [];
  });
}
