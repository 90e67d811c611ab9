import type { Dataset } from './dataset.ts';
import { type Snapshot, byAge, shortName } from './snapshot.ts';

/** The newest point in time that both sides have, or had when they were last compared. */
export type Base = Pick<Snapshot, 'guid' | 'createtxg'>;

/** Source and target of one dataset, matched by GUID: names may differ, and the clocks of two machines do. */
export interface Comparison {
  /** Absent where nothing is, or was, in common. */
  readonly base?: Base;
  /** The same, where the source still has it. */
  readonly own?: Snapshot;
  /** What joins the two now; unknown while the target's snapshots are. */
  readonly joined: 'snapshot' | 'bookmark' | 'nothing' | 'unknown';
  /** Snapshots that the pair is meant to carry and that are newer than the base, the oldest first. */
  readonly pending: readonly Snapshot[];
  /**
   * What a send up to the newest of them passes, other snapshots too. Absent where it does not begin at a snapshot: what was
   * written since a bookmark cannot be told from the snapshots that are left.
   */
  readonly passed?: readonly Snapshot[];
  /** The newest that the pair is meant to carry. */
  readonly newest?: Snapshot;
  /** Snapshots of the target, newer than the base there, that the source does not have. */
  readonly diverged?: number;
  /** Neither side has a snapshot: there is nothing to replicate yet. */
  readonly idle: boolean;
}

/**
 * `target` is undefined where its snapshots are unknown, and a list without any where it does not exist. `known` is the
 * base of an earlier run: it holds while the target is unknown, and after the source has lost it as long as the target has it.
 */
export function compare(
  source: Dataset,
  target: readonly Snapshot[] | undefined,
  wanted: (name: string) => boolean,
  known: Base | undefined,
): Comparison {
  const snapshots = byAge(source.snapshots.filter((one) => wanted(shortName(one))));
  const newest = snapshots.at(-1);
  const since = (base: Base | undefined) =>
    base === undefined ? snapshots : snapshots.filter(({ createtxg }) => createtxg > base.createtxg);
  const found = { ...(newest === undefined ? {} : { newest }), idle: false };
  if (target === undefined) return { ...found, ...baseOf(known), joined: 'unknown', pending: since(known) };

  const there = new Map(target.map((one) => [one.guid, one]));
  const isThere = ({ guid }: Base): boolean => there.has(guid);
  const snapshot = byAge(source.snapshots.filter(isThere)).at(-1);
  const bookmark = byAge(source.bookmarks.filter(isThere)).at(-1);
  const remembered = known !== undefined && isThere(known) ? known : undefined;
  const own = latest(snapshot, bookmark);
  const base = own ?? remembered;
  const joined = snapshot === undefined ? (bookmark === undefined ? 'nothing' : 'bookmark') : 'snapshot';
  const pending = since(base);
  const end = pending.at(-1)?.createtxg ?? 0;
  const isPassed = ({ createtxg }: Snapshot): boolean =>
    base !== undefined && createtxg > base.createtxg && createtxg <= end;
  return {
    ...found,
    ...baseOf(base),
    ...(own === undefined ? {} : { own }),
    joined,
    pending,
    ...(joined !== 'nothing' && (pending.length === 0 || base === snapshot)
      ? { passed: source.snapshots.filter(isPassed) }
      : {}),
    diverged: strangers(source, target, base === undefined ? undefined : there.get(base.guid)),
    idle: target.length === 0 && source.snapshots.length === 0 && source.bookmarks.length === 0,
  };
}

function baseOf(base: Base | undefined): { base?: Base } {
  return base === undefined ? {} : { base };
}

/** A bookmark may well be newer than the last common snapshot: zrepl keeps one at the last point that it sent. */
function latest(snapshot: Snapshot | undefined, bookmark: Snapshot | undefined): Snapshot | undefined {
  if (snapshot === undefined || bookmark === undefined) return snapshot ?? bookmark;
  return bookmark.createtxg > snapshot.createtxg ? bookmark : snapshot;
}

function strangers(source: Dataset, target: readonly Snapshot[], base: Snapshot | undefined): number {
  const own = new Set([...source.snapshots, ...source.bookmarks].map(({ guid }) => guid));
  return target.filter(({ guid, createtxg }) => !own.has(guid) && createtxg > (base?.createtxg ?? -1)).length;
}
