import { isWithin } from '../pair.ts';
import { excludedBelow, parentOf } from './tree.ts';

/** A dataset of this machine, as a join by GUID needs it. */
export interface Candidate {
  readonly name: string;
  /** UNIX time. A copy is made later than the snapshots that it receives. */
  readonly creation: number;
  readonly readonly: boolean;
  /** UNIX times of creation of its snapshots by GUID. */
  readonly snapshots: ReadonlyMap<string, number>;
}

/** Two datasets of this machine, one of which was sent into the other. */
export interface Copy {
  readonly source: string;
  readonly target: string;
  readonly recursive: boolean;
  /** Patterns for the datasets below the source that have no copy. */
  readonly exclude: readonly string[];
}

/** Joins datasets that have snapshots in common, children under their parents. */
export function findCopies(candidates: readonly Candidate[]): Copy[] {
  const holders = new Map<string, Candidate[]>();
  for (const one of candidates) {
    for (const guid of one.snapshots.keys()) holders.set(guid, [...(holders.get(guid) ?? []), one]);
  }
  const joins = new Map(
    candidates.flatMap((one) => {
      const source = sourceOf(one, holders);
      return source === undefined ? [] : [[one.name, source.name] as const];
    }),
  );
  const isBelowJoin = (target: string, source: string): boolean => {
    const [above, name] = [parentOf(target), parentOf(source)];
    return baseOf(target) === baseOf(source) && joins.get(above) === name;
  };
  const names = candidates.map(({ name }) => name);
  return [...joins]
    .filter(([target, source]) => !isBelowJoin(target, source))
    .map(([target, source]) => {
      const isCopied = (name: string): boolean => joins.get(target + name.slice(source.length)) === name;
      const recursive = names.some((name) => name !== source && isWithin(name, source) && isCopied(name));
      return { source, target, recursive, exclude: recursive ? excludedBelow(source, names, isCopied) : [] };
    });
}

/** The dataset that a copy has most snapshots from, the older one of two; undefined for what is no copy. */
function sourceOf(copy: Candidate, holders: ReadonlyMap<string, readonly Candidate[]>): Candidate | undefined {
  const common = new Map<Candidate, number>();
  for (const guid of copy.snapshots.keys()) {
    for (const one of holders.get(guid) ?? []) common.set(one, (common.get(one) ?? 0) + 1);
  }
  const sources = [...common].filter(([one]) => one !== copy && isSource(one, copy));
  return sources.sort(([a, n], [b, m]) => m - n || a.creation - b.creation)[0]?.[0];
}

/**
 * Snapshots are made where the data is in use: who has the newest one that the other lacks is the source, be it the younger dataset,
 * as after a move to a new pool with all history. In sync it is the older one. Nobody works where nothing can be written: sanoid may
 * make snapshots there all the same.
 */
function isSource(one: Candidate, copy: Candidate): boolean {
  const order =
    Number(one.readonly) - Number(copy.readonly) ||
    newestOwn(copy, one) - newestOwn(one, copy) ||
    one.creation - copy.creation;
  return order === 0 ? one.name < copy.name : order < 0;
}

/** When the newest snapshot was made that the other lacks, after all that both have; 0 for none. */
function newestOwn({ snapshots }: Candidate, other: Candidate): number {
  let [own, common] = [0, 0];
  for (const [guid, creation] of snapshots) {
    if (other.snapshots.has(guid)) common = Math.max(common, creation);
    else own = Math.max(own, creation);
  }
  return own > common ? own : 0;
}

const baseOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
