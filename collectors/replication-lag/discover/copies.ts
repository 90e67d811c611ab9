import { isWithin } from '../pair.ts';

/** A dataset of this machine, as a join by GUID needs it. */
export interface Candidate {
  readonly name: string;
  /** UNIX time. A copy is made later than the snapshots that it receives. */
  readonly creation: number;
  /** UNIX times of creation of its snapshots by GUID. */
  readonly snapshots: ReadonlyMap<string, number>;
}

/** Two datasets of this machine, one of which was sent into the other. */
export interface Copy {
  readonly source: string;
  readonly target: string;
  readonly recursive: boolean;
  /** Datasets below the source that have snapshots and no copy. */
  readonly missing: readonly string[];
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
  return [...joins]
    .filter(([target, source]) => !isBelowJoin(target, source))
    .map(([target, source]) => {
      const below = candidates.filter(
        ({ name, snapshots }) => snapshots.size > 0 && name !== source && isWithin(name, source),
      );
      const isCopied = (name: string): boolean => joins.get(target + name.slice(source.length)) === name;
      const recursive = below.some(({ name }) => isCopied(name));
      const missing = recursive ? below.map(({ name }) => name).filter((name) => !isCopied(name)) : [];
      return { source, target, recursive, missing };
    });
}

/** The dataset that a copy has most snapshots from, the older one of two; undefined for what is no copy. */
function sourceOf(copy: Candidate, holders: ReadonlyMap<string, readonly Candidate[]>): Candidate | undefined {
  const common = new Map<Candidate, number>();
  for (const guid of copy.snapshots.keys()) {
    for (const one of holders.get(guid) ?? []) common.set(one, (common.get(one) ?? 0) + 1);
  }
  const older = [...common].filter(([one]) => one !== copy && isOlder(one, copy));
  return older.sort(([a, n], [b, m]) => m - n || a.creation - b.creation)[0]?.[0];
}

/** Made in the same second, the source is the one that is ahead. */
function isOlder(source: Candidate, copy: Candidate): boolean {
  const newest = ({ snapshots }: Candidate): number => Math.max(...snapshots.values());
  const order = source.creation - copy.creation || newest(copy) - newest(source);
  return order === 0 ? source.name < copy.name : order < 0;
}

const parentOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('/')));
const baseOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
