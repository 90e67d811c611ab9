import { isWithin, moved } from '../pair.ts';
import { type Carried, type Join, carriedBy } from './carried.ts';
import { excludedBelow, parentOf } from './tree.ts';

export interface Snapshot {
  /** What stands behind the `@`. */
  readonly name: string;
  /** UNIX time. */
  readonly creation: number;
}

/** A dataset of this machine, as a join by GUID needs it. */
export interface Candidate {
  readonly name: string;
  /** UNIX time. A copy is made later than the snapshots that it receives. */
  readonly creation: number;
  readonly readonly: boolean;
  /** Bytes since its newest snapshot. */
  readonly written: number;
  /** By GUID. */
  readonly snapshots: ReadonlyMap<string, Snapshot>;
}

/** Two datasets of this machine, one of which was sent into the other. */
export interface Copy {
  readonly source: string;
  readonly target: string;
  readonly recursive: boolean;
  /** Undefined for all snapshots. */
  readonly carried: Carried | undefined;
  /** Patterns for the datasets below the source that have no copy. */
  readonly exclude: readonly string[];
  /** Whether anything is sent any more. */
  readonly isSent: boolean;
}

/** Next to nothing: what mounting, and reading files, may write. */
export const nothing = 1024 * 1024;

/** Joins datasets that have snapshots in common, children under their parents. */
export function findCopies(candidates: readonly Candidate[]): Copy[] {
  const holders = new Map<string, Candidate[]>();
  for (const one of candidates) {
    for (const guid of one.snapshots.keys()) holders.set(guid, [...(holders.get(guid) ?? []), one]);
  }
  const joins = new Map(
    candidates.flatMap((target) => {
      const source = sourceOf(target, holders);
      return source === undefined ? [] : [[target.name, { source, target }] as const];
    }),
  );
  const isJoined = (target: string, source: string): boolean => joins.get(target)?.source.name === source;
  const isBelowJoin = ({ source, target }: Join): boolean =>
    baseOf(target.name) === baseOf(source.name) && isJoined(parentOf(target.name), parentOf(source.name));
  const names = candidates.map(({ name }) => name);
  const tops = [...joins.values()].filter((one) => !isBelowJoin(one));
  return tops.map(({ source: { name: source }, target: { name: target } }) => {
    const isCopied = (name: string): boolean => isJoined(moved(name, source, target), name);
    const tree = names.filter((name) => isWithin(name, source) && isCopied(name));
    const own = tree.flatMap((name) => joins.get(moved(name, source, target)) ?? []);
    const recursive = tree.length > 1;
    const exclude = recursive ? excludedBelow(source, names, isCopied) : [];
    return { source, target, recursive, carried: carriedBy(own), exclude, isSent: isSent(own) };
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
 * make snapshots there all the same. That says nothing of two copies: one on a disk beside the other is often not readonly.
 */
function isSource(one: Candidate, copy: Candidate): boolean {
  const areCopies = wasReceived(one) && wasReceived(copy) && isUntouched(one, copy) && isUntouched(copy, one);
  const order =
    (areCopies ? 0 : Number(one.readonly) - Number(copy.readonly)) ||
    newestOwn(copy, one) - newestOwn(one, copy) ||
    one.creation - copy.creation;
  return order === 0 ? one.name < copy.name : order < 0;
}

/** A snapshot keeps its time of creation where it is received: it is then older than its dataset. */
export function wasReceived({ creation, snapshots }: Candidate): boolean {
  return [...snapshots.values()].some((one) => one.creation < creation);
}

/** Whether nobody has worked there since the two were alike. */
function isUntouched(one: Candidate, other: Candidate): boolean {
  return one.readonly || (one.written < nothing && newestOwn(one, other) === 0);
}

/**
 * Whether something was sent since both were there, or a first time from what is in use to what is not. A template that was sent to
 * many is no source of these, nor one of them of another, once they are used; nor is an old pool a copy of the one it was moved to.
 */
function isSent(joins: readonly Join[]): boolean {
  const sent = joins.map(
    ({ source, target }) => [newestCommon(source, target), source.creation, target.creation] as const,
  );
  const isUnused = joins.every(({ source, target }) => isUntouched(target, source));
  return sent.some(([newest, source, target]) => newest > (isUnused ? source : Math.max(source, target)));
}

function newestCommon({ snapshots }: Candidate, other: Candidate): number {
  const times = [...snapshots].map(([guid, { creation }]) => (other.snapshots.has(guid) ? creation : 0));
  return times.reduce((a, b) => Math.max(a, b), 0);
}

/** When the newest snapshot was made that the other lacks, after all that both have; 0 for none. */
function newestOwn({ snapshots }: Candidate, other: Candidate): number {
  let [own, common] = [0, 0];
  for (const [guid, { creation }] of snapshots) {
    if (other.snapshots.has(guid)) common = Math.max(common, creation);
    else own = Math.max(own, creation);
  }
  return own > common ? own : 0;
}

const baseOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
