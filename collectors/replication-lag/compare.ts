import { type Dataset, type Snapshot, byAge, shortName } from './zfs-list.ts';

/** The newest point in time that both sides have, or had when they were last compared. */
export type Base = Pick<Snapshot, 'guid' | 'createtxg'>;

/** Source and target of one dataset, matched by GUID: names may differ, and the clocks of two machines do. */
export interface Comparison {
  /** Undefined where nothing is, or was, in common. */
  readonly base: Base | undefined;
  /** The same, where the source still has it. */
  readonly own: Snapshot | undefined;
  /** The newest point that the target has of the source, which may have pruned it. */
  readonly sent: Base | undefined;
  /** What joins the two now; unknown while the target's snapshots are. */
  readonly joined: 'snapshot' | 'bookmark' | 'nothing' | 'unknown';
  /** Snapshots that the pair is meant to carry and that are newer than the base, the oldest first. */
  readonly pending: readonly Snapshot[];
  /**
   * What a send up to the newest of them passes, other snapshots too. Undefined where it does not begin at a snapshot: what was
   * written since a bookmark cannot be told from the snapshots that are left.
   */
  readonly passed: readonly Snapshot[] | undefined;
  /** The newest that the pair is meant to carry; where only bookmarks are left of these, the newest of them. */
  readonly newest: Snapshot | undefined;
  /** Snapshots of the target, newer than the base there, that the source does not have; undefined while it is unknown. */
  readonly diverged: number | undefined;
  /** Snapshots of the source that the pair is meant to carry; 1 where bookmarks are left of them. */
  readonly selected: number;
  /** What else the source has that is newer than the newest of these, or than the base where there is none. */
  readonly unselected: readonly Snapshot[];
  /** Neither side has, or had, a snapshot: there is nothing to replicate yet. */
  readonly idle: boolean;
}

/**
 * Compares a dataset with the snapshots of its target: undefined where they are unknown, without any where it does not exist. `known`
 * is the base of an earlier run: it holds as long as nothing else is in common, whatever became of it. `sent` is the newest that an
 * earlier run saw in common: what the target has up to there came from the source.
 */
export function compare(
  source: Dataset,
  target: readonly Snapshot[] | undefined,
  wanted: (name: string) => boolean,
  known: Base | undefined,
  sent?: Base,
): Comparison {
  const snapshots = byAge(source.snapshots.filter((one) => wanted(shortName(one))));
  // zfs-autobackup 4 may leave nothing else on the source. Beside other snapshots a bookmark proves no pattern: zrepl's is zrepl_CURSOR_….
  const left = source.snapshots.length === 0 ? source.bookmarks : [];
  const newest = snapshots.at(-1) ?? byAge(left.filter((one) => wanted(shortName(one)))).at(-1);
  const since = (base: Base | undefined): Snapshot[] => {
    const from = base === undefined ? -1 : txgOf(source, base);
    return snapshots.filter(({ createtxg }) => createtxg > from);
  };
  const unselected = (base: Base | undefined): Snapshot[] => {
    const from = newest?.createtxg ?? (base && txgOf(source, base));
    return from === undefined ? [] : source.snapshots.filter(({ createtxg }) => createtxg > from);
  };
  const selection = { newest, selected: Math.max(snapshots.length, Number(newest !== undefined)) };
  if (target === undefined) {
    const unknown = { own: undefined, sent: sent ?? known, passed: undefined, diverged: undefined, idle: false };
    const rest = { pending: since(known), unselected: unselected(known) };
    return { ...selection, ...unknown, ...rest, base: known, joined: 'unknown' };
  }

  const there = new Map(target.map((one) => [one.guid, one]));
  const isThere = ({ guid }: Base): boolean => there.has(guid);
  const snapshot = byAge(source.snapshots.filter(isThere)).at(-1);
  const bookmark = byAge(source.bookmarks.filter(isThere)).at(-1);
  const own = latest(snapshot, bookmark);
  const base = own ?? known;
  const reached = sent !== undefined && isThere(sent) && sent.createtxg > (own?.createtxg ?? -1) ? sent : base;
  const joined = snapshot === undefined ? (bookmark === undefined ? 'nothing' : 'bookmark') : 'snapshot';
  // What has no snapshot there has lost all, whatever was in common.
  const pending = since(target.length === 0 ? undefined : base);
  const end = pending.at(-1)?.createtxg ?? 0;
  const isPassed = ({ createtxg }: Snapshot): boolean =>
    base !== undefined && createtxg > base.createtxg && createtxg <= end;
  const isCounted = joined !== 'nothing' && (pending.length === 0 || base === snapshot);
  return {
    ...selection,
    unselected: unselected(base),
    base,
    own,
    sent: reached,
    joined,
    pending,
    passed: isCounted ? source.snapshots.filter(isPassed) : undefined,
    diverged: onlyOnTarget(source, target, reached && there.get(reached.guid)),
    idle: base === undefined && target.length + source.snapshots.length + source.bookmarks.length === 0,
  };
}

/** Where a base stands on the source: it is in another place after the source was restored from elsewhere. */
function txgOf({ snapshots, bookmarks }: Dataset, { guid, createtxg }: Base): number {
  const own = snapshots.find((one) => one.guid === guid) ?? bookmarks.find((one) => one.guid === guid);
  return own?.createtxg ?? createtxg;
}

/** A bookmark may well be newer than the last common snapshot: zrepl keeps one at the last point that it sent. */
function latest(snapshot: Snapshot | undefined, bookmark: Snapshot | undefined): Snapshot | undefined {
  if (snapshot === undefined || bookmark === undefined) return snapshot ?? bookmark;
  return bookmark.createtxg > snapshot.createtxg ? bookmark : snapshot;
}

function onlyOnTarget(source: Dataset, target: readonly Snapshot[], base: Snapshot | undefined): number {
  const own = new Set([...source.snapshots, ...source.bookmarks].map(({ guid }) => guid));
  return target.filter(({ guid, createtxg }) => !own.has(guid) && createtxg > (base?.createtxg ?? -1)).length;
}
