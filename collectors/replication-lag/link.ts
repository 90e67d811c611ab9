import type { Dataset } from './dataset.ts';
import type { Inventory } from './inventory.ts';
import { isWithin, labelOf, moved } from './location.ts';
import { type Memory, type RememberedLink, linkKey } from './memory.ts';
import { type Pair, datasetFilter, targetOf } from './pair.ts';
import type { Site } from './site.ts';

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
  readonly source?: Dataset;
  /** Where the target could be read: its dataset, or undefined for none. */
  readonly targetKnown: boolean;
  readonly copy?: Dataset;
  /** What the target's site has of all roots. */
  readonly targets: Inventory['datasets'];
  /** What an earlier run knew. */
  readonly known?: RememberedLink;
}

/** A link for each dataset of the source; where that is unknown, for each that an earlier run knew. */
export function linksOf(surveyed: Surveyed, memory: Memory): Link[] {
  const { pair, source, target } = surveyed;
  const root = source.inventory.datasets.get(pair.source.dataset);
  const isReadable = root !== undefined && !source.inventory.failures.has(pair.source.dataset);
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
    const copy = targetKnown ? target.inventory.datasets.get(there) : undefined;
    const known = memory.links[linkKey(labels.dataset, labels.target)];
    const isSame = known !== undefined && (dataset === undefined || known.source === dataset.guid);
    return {
      ...labels,
      pair,
      sourceSite: source.site,
      targetSite: target.site,
      ...(dataset === undefined ? {} : { source: dataset }),
      targetKnown,
      ...(copy === undefined ? {} : { copy }),
      targets: target.inventory.datasets,
      ...(isSame ? { known } : {}),
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
