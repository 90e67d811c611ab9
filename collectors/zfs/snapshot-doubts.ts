import { flat } from '../../lib/parse.ts';
import type { Tally } from './memory.ts';
import * as m from './metrics.ts';
import type { Dataset } from './zfs-list.ts';

/** `rpool/data` of `rpool/data@daily` and `rpool/data#daily`. */
export function datasetOf(name: string): string {
  return /^[^@#]*/.exec(name)?.[0] ?? name;
}

/**
 * What makes the count of a dataset's snapshots one that is not to be believed: a line of it that cannot be read, one that
 * comes twice, or none at all although snapshots hold space. Where a line cannot even be told whose it is, it may be anybody's.
 */
export function doubting(datasets: readonly Dataset[]) {
  const known = new Set(datasets.map(({ name }) => name));
  const holding = datasets.filter(({ values }) => Number(values.get(m.datasetUsedBySnapshots) ?? 0) > 0);
  const doubted = new Set<string>();
  /** By dataset. Doubled lines come one after the other, a doubled listing begins anew with each of these. */
  const first = new Map<string, string>();
  let before = '';
  let lines = 0;
  let unreadable = 0;
  const look = (line: string, readable: boolean): void => {
    const dataset = datasetOf(line);
    lines += 1;
    if (!readable) {
      unreadable += 1;
      if (known.has(dataset)) doubted.add(dataset);
      else if (/[@#]/.test(line)) for (const name of known) doubted.add(name);
      return;
    }
    if (line === before || line === first.get(dataset)) doubted.add(dataset);
    if (!first.has(dataset) && known.has(dataset)) first.set(flat(dataset), flat(line));
    before = line;
  };
  const about = (tallies: ReadonlyMap<string, Tally>): readonly string[] => {
    const isEmpty = (name: string): boolean => tallies.get(name)?.count === 0;
    const lost = holding.filter(({ name }) => isEmpty(name));
    const isNoListing = lines === 0 ? lost.length > 0 : lines === unreadable;
    return isNoListing ? [...known] : [...doubted, ...lost.map(({ name }) => name)];
  };
  return { look, about };
}
