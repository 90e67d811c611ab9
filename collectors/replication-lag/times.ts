import type { Seconds } from '../../lib/host.ts';
import type { Value } from '../../lib/metric.ts';
import type { Base, Comparison } from './compare.ts';
import type { Link } from './links.ts';
import type { Memory } from './memory.ts';
import { type Snapshot, newestOf } from './zfs-list.ts';

/** When things happened to a link: UNIX times, undefined where there is no such thing or it could not be asked. */
export interface Times {
  /** Creation of the newest common point. */
  readonly base: Seconds | undefined;
  /** Creation of the newest snapshot that the pair is meant to carry. */
  readonly newest: Seconds | undefined;
  /** Since when a snapshot waits. */
  readonly waiting: Seconds | undefined;
  /** When nothing was last found to wait. */
  readonly caughtUp: Seconds | undefined;
  /** Since when the source has held something that the target lacks, in a snapshot or not. */
  readonly behind: Seconds | undefined;
  /** When the target was last seen to lack nothing. */
  readonly complete: Seconds | undefined;
  /** Since when there is a common point, where an earlier run had found none. */
  readonly joined: Seconds | undefined;
  /** By GUID: what to remember of the snapshots that were looked at. */
  readonly creations: Memory['creations'];
}

/** What is known of the times of snapshots. */
export interface Clock {
  readonly now: Seconds;
  /** Creation as zfs says it. */
  readonly creation: (snapshot: Snapshot) => Seconds | undefined;
  /** Told of a time that cannot be. */
  readonly onImpossible: (snapshot: Snapshot, creation: Seconds) => void;
}

/** `written`: bytes written to the source since the newest snapshot that the pair carries; undefined where that is not known. */
export function timesOf(
  link: Link,
  comparison: Comparison | undefined,
  written: Value | undefined,
  memory: Memory,
  clock: Clock,
): Times {
  if (comparison === undefined) return rememberedTimes(link);
  const { known } = link;
  const { own, newest, pending } = comparison;
  const creations: Memory['creations'] = {};
  const timeOf = (
    snapshot: Snapshot | undefined,
    notBefore: Seconds | undefined,
    notAfter: Seconds | undefined,
  ): Seconds | undefined => {
    if (snapshot === undefined) return undefined;
    const { guid } = snapshot;
    const time =
      creations[guid] ?? memory.creations[guid] ?? believable(snapshot, notBefore ?? 0, notAfter ?? clock.now, clock);
    if (time !== undefined) creations[guid] = time;
    return time;
  };
  const isKnown = comparison.base?.guid === known?.base?.guid;
  const previous = isKnown || own === undefined ? undefined : before(link, own);
  // The base may be one that only the memory still has.
  const base = isKnown
    ? known?.base?.creation
    : timeOf(own, previous && (memory.creations[previous.guid] ?? clock.creation(previous)), undefined);
  if (own !== undefined && base !== undefined) creations[own.guid] = base;
  const latest = timeOf(newest, pending.length === 0 ? undefined : base, undefined);
  const oldest = timeOf(firstWaiting(link, comparison), base, latest);
  const joined = joinedAt(link, comparison, clock.now);
  const copied = Math.max(joined ?? 0, copiedAt(link, comparison, clock.now));
  const caughtUp = caughtUpAt(link, comparison, clock.now);
  return {
    base,
    newest: latest,
    waiting: waitingSince(link, comparison, oldest, Math.max(copied, caughtUp ?? 0), clock.now),
    caughtUp: isCaughtUp(comparison) ? Math.floor(clock.now) : caughtUp,
    ...completeness(link, comparison, written, base, copied, clock.now),
    joined,
    creations,
  };
}

function rememberedTimes({ known }: Link): Times {
  const { base, waiting, caughtUp, behind, complete, joined } = known ?? {};
  return { base: base?.creation, newest: undefined, waiting, caughtUp, behind, complete, joined, creations: {} };
}

/** A clock that is set again after a reboot, or that is not quite right, is off by no more than this. */
const tolerance: Seconds = 300;

/**
 * A snapshot is no older than those before it, by createtxg, and no younger than those after it, or from the future. One whose time
 * cannot be, as of a node that booted with a dead clock, counts from when it was first seen.
 */
function believable(snapshot: Snapshot, notBefore: Seconds, notAfter: Seconds, clock: Clock): Seconds | undefined {
  const creation = clock.creation(snapshot);
  if (creation === undefined) return undefined;
  if (creation >= notBefore - tolerance && creation <= notAfter + tolerance) return Math.max(creation, notBefore);
  clock.onImpossible(snapshot, creation);
  return Math.round(notAfter);
}

/** The snapshot that was made before another one. */
export function before({ source }: Link, { createtxg }: Snapshot): Snapshot | undefined {
  return newestOf((source?.snapshots ?? []).filter((one) => one.createtxg < createtxg));
}

const isJoined = ({ joined }: Comparison): boolean => joined === 'snapshot' || joined === 'bookmark';

function joinedAt({ known }: Link, comparison: Comparison, now: Seconds): Seconds | undefined {
  return known?.broken === true && isJoined(comparison) ? Math.round(now) : known?.joined;
}

/** The newest that an earlier run saw the target have. */
function sentBefore({ known }: Link): Base | undefined {
  return known?.sent ?? known?.base;
}

/** Whether the target has got nothing since the earlier run. */
function isUnchanged(link: Link, { sent }: Comparison): boolean {
  return sent?.guid === sentBefore(link)?.guid;
}

/**
 * When an earlier run found nothing waiting: a source that is a copy itself gets snapshots that were made long before. It says nothing
 * once the target has lost what it had then.
 */
function caughtUpAt(link: Link, { sent }: Comparison, now: Seconds): Seconds | undefined {
  const hasLost = (sent?.createtxg ?? 0) < (sentBefore(link)?.createtxg ?? 0);
  return hasLost ? undefined : past(link.known?.caughtUp, now);
}

/** A clock that was ahead may have written a time that is still to come. */
function past(time: Seconds | undefined, now: Seconds): Seconds | undefined {
  return time !== undefined && time <= now ? time : undefined;
}

/** Patterns that fit nothing say nothing. */
function isCaughtUp(comparison: Comparison): boolean {
  return isJoined(comparison) && comparison.pending.length === 0 && comparison.selected > 0;
}

/** When the copy was made, by the clock of its machine: before that nothing was late. */
function copiedAt({ copy }: Link, comparison: Comparison, now: Seconds): Seconds {
  const creation = copy?.creation ?? 0;
  return isJoined(comparison) && creation <= now ? creation : 0;
}

/**
 * Since when a snapshot waits: since the first one that the target lacks, which the source may have pruned by now, and not before
 * there was a copy, or while it was seen to lack nothing (`copied`); of a copy that is gone since that was seen. Not known where the
 * target has snapshots of another history only, unless the source is younger than they.
 */
function waitingSince(
  link: Link,
  comparison: Comparison,
  oldest: Seconds | undefined,
  copied: Seconds,
  now: Seconds,
): Seconds | undefined {
  const { base, pending } = comparison;
  const reason = brokenReason(link, comparison);
  if (reason === 'copy_gone' && pending.length > 0) return link.known?.gone ?? Math.round(now);
  if (pending.length === 0 || (base === undefined && reason === 'no_common_snapshot')) return undefined;
  const earlier = isUnchanged(link, comparison) ? link.known?.waiting : undefined;
  const since = earlier === undefined || oldest === undefined ? (oldest ?? earlier) : Math.min(earlier, oldest);
  return since && Math.max(since, copied);
}

function completeness(
  link: Link,
  comparison: Comparison,
  written: Value | undefined,
  base: Seconds | undefined,
  copied: Seconds,
  now: Seconds,
): Pick<Times, 'behind' | 'complete'> {
  const { known } = link;
  const { pending } = comparison;
  const lacksNothing = pending.length === 0 && written !== undefined && BigInt(written) === 0n;
  const complete = lacksNothing && isJoined(comparison) ? Math.floor(now) : past(known?.complete, now);
  if (base === undefined || lacksNothing) return { behind: undefined, complete };
  const earlier = isUnchanged(link, comparison) ? past(known?.behind, now) : undefined;
  if (pending.length === 0 && written === undefined) return { behind: earlier, complete };
  return { behind: earlier ?? Math.max(base, complete ?? 0, copied), complete };
}

/** The first snapshot that waits; undefined where the whole copy is gone: when that was made says nothing then. */
export function firstWaiting(link: Link, comparison: Comparison): Snapshot | undefined {
  return brokenReason(link, comparison) === 'copy_gone' ? undefined : comparison.pending[0];
}

/** Why no incremental send is possible. */
export type BrokenReason = 'never_sent' | 'copy_gone' | 'no_common_snapshot' | 'source_made_anew';

/** Undefined while the chain is intact, or while that is not known. */
export function brokenReason(link: Link, { joined, idle, base }: Comparison): BrokenReason | undefined {
  if (joined !== 'nothing' || idle) return undefined;
  const { source, copy, known, isReplaced } = link;
  if (copy === undefined || copy.snapshots.length === 0) return base === undefined ? 'never_sent' : 'copy_gone';
  const isYounger = (source?.creation ?? 0) > (copy.creation ?? Number.POSITIVE_INFINITY);
  const isAnew = isReplaced || known?.anew === true || (base === undefined && isYounger);
  return isAnew ? 'source_made_anew' : 'no_common_snapshot';
}
