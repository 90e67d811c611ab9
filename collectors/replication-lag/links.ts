import { isRecent } from '../../lib/clock.ts';
import type { Run } from '../../lib/collector.ts';
import type { Host, Seconds } from '../../lib/host.ts';
import { inParallel } from '../../lib/parallel.ts';
import { type Memory, type RememberedLink, linkKey } from './memory.ts';
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
import { type Dataset, type Inventory, type Root, takeInventory, unknownInventory } from './zfs-list.ts';

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
  /** What the target's site has of all roots. */
  readonly targets: Inventory['datasets'];
  /** What an earlier run knew. */
  readonly known: RememberedLink | undefined;
}

/**
 * A machine whose zfs hangs is left alone for so long: where that sleeps in the kernel, each question would add a process there
 * that nobody can end (seen on OpenZFS 2.1.11, whatever is asked, and on 2.3.9, where a dataset is named).
 */
const leftAlone: Seconds = 3600;

/** So many machines are asked at the same time. */
export const sitesAtOnce = 8;

/** Asks each site once for all that pairs name there; one that does not answer costs only its own pairs. */
export async function survey(
  host: Host,
  pairs: readonly Pair[],
  ssh: SshOptions,
  known: Memory,
  run: Run,
): Promise<{ surveyed: Surveyed[]; hung: Record<string, Seconds> }> {
  const siteOf = (pair: Pair, location: Location): Site => ({ host: location.host, ssh: sshOptionsOf(pair, ssh) });
  const asked = new Map<string, { site: Site; roots: Root[] }>();
  for (const pair of pairs) {
    for (const location of [pair.source, pair.target]) {
      const site = siteOf(pair, location);
      const entry = asked.get(siteKey(site)) ?? { site, roots: [] };
      asked.set(siteKey(site), entry);
      entry.roots.push({ dataset: location.dataset, recursive: pair.recursive });
    }
  }
  const hung: Record<string, Seconds> = {};
  const answers = await inParallel([...asked], sitesAtOnce, async ([key, { site, roots }]) => {
    const label = siteLabel(site);
    const since = known.hung?.[label] ?? 0;
    const isSpared = isRecent(since, leftAlone, host.now());
    const inventory = isSpared
      ? unknownInventory(roots, `zfs on ${label} did not answer within ssh_timeout: it is asked again an hour later`)
      : await takeInventory(host, site, roots, run.attempt);
    if (isSpared || inventory.hung) hung[label] = isSpared ? since : host.now();
    return [key, { site, inventory }] as const;
  });
  for (const [, { site, inventory }] of answers) report(run, site, inventory);
  const bySite = new Map<string, { site: Site; inventory: Inventory }>(answers);
  const surveyed = pairs.flatMap((pair) => {
    const source = bySite.get(siteKey(siteOf(pair, pair.source)));
    const target = bySite.get(siteKey(siteOf(pair, pair.target)));
    return source === undefined || target === undefined ? [] : [{ pair, source, target }];
  });
  for (const one of surveyed) reportMissingSource(run, one);
  return { surveyed, hung };
}

function report(run: Run, site: Site, { failures }: Inventory): void {
  run.report('zfs list', siteLabel(site));
  for (const reason of new Set(failures.values())) run.report('zfs list', siteLabel(site), reason);
}

/** A source that is gone is no healthy one, whatever its copy says. */
function reportMissingSource(run: Run, { pair, source }: Surveyed): void {
  const { datasets, failures } = source.inventory;
  const { dataset } = pair.source;
  if (datasets.has(dataset) || failures.has(dataset)) return;
  const reason = `Cannot compare ${labelOf(pair.source)}: expected a dataset, got none of this name`;
  run.report('zfs list', siteLabel(source.site), reason);
}

/** A link for each dataset of the pairs' sources. Of two pairs with the same dataset and target the first in the file counts. */
export function linksOf(surveyed: readonly Surveyed[], memory: Memory): Link[] {
  const byKey = new Map<string, Link>();
  for (const link of surveyed.flatMap((one) => linksOfPair(one, memory))) {
    const key = linkKey(link.dataset, link.target);
    if (!byKey.has(key)) byKey.set(key, link);
  }
  return [...byKey.values()];
}

/** Where the source is unknown, a link for each dataset that an earlier run knew. */
function linksOfPair({ pair, source, target }: Surveyed, memory: Memory): Link[] {
  const isReadable =
    source.inventory.datasets.has(pair.source.dataset) && !source.inventory.failures.has(pair.source.dataset);
  const carries = datasetFilter(pair);
  const datasets = [...source.inventory.datasets.values()].filter(({ name, unsynced }) => carries(name) && !unsynced);
  const names = isReadable ? datasets.map(({ name }) => name) : rememberedDatasets(pair, memory).filter(carries);
  const targetKnown = !target.inventory.failures.has(pair.target.dataset);
  return names.map((name): Link => {
    const there = targetOf(pair, name);
    const labels = {
      dataset: labelOf({ ...pair.source, dataset: name }),
      target: labelOf({ ...pair.target, dataset: there }),
    };
    const dataset = isReadable ? source.inventory.datasets.get(name) : undefined;
    const known = memory.links[linkKey(labels.dataset, labels.target)];
    const isSame = known !== undefined && (dataset === undefined || known.source === dataset.guid);
    return {
      ...labels,
      pair,
      sourceSite: source.site,
      targetSite: target.site,
      source: dataset,
      targetKnown,
      copy: targetKnown ? target.inventory.datasets.get(there) : undefined,
      targets: target.inventory.datasets,
      known: isSame ? known : undefined,
    };
  });
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
