import type { Seconds } from '../../../lib/host.ts';
import type { Candidate, Snapshot } from './copies.ts';

/** A dataset of this machine, and the one that it was sent into. */
export interface Join {
  readonly source: Candidate;
  readonly target: Candidate;
}

/** What a job takes of all snapshots that there are. */
export interface Carried {
  /** Patterns for their names. */
  readonly include: readonly string[];
  /** How old what the target lacks may get, where the job is no daily one. */
  readonly maxAge: string | undefined;
}

/**
 * Undefined for a job that takes all, or may do so. Only what can be seen counts: all that the sides of all joins have in common is
 * of one kind, and a send from one common snapshot to the next passed another kind by.
 */
export function carriedBy(joins: readonly Join[]): Carried | undefined {
  const [kind, ...others] = new Set(joins.flatMap(commonSnapshots).map(({ name }) => kindOf(name)));
  if (kind === undefined || kind === '' || others.length > 0) return undefined;
  const isOther = ({ name }: Snapshot): boolean => !name.startsWith(kind);
  if (!joins.some((join) => passedBy(join).some(isOther))) return undefined;
  return { include: [`${kind}*`], maxAge: maxAgeOf(Math.max(...joins.map(intervalOf))) };
}

const day: Seconds = 86_400;

/** What is made less often than daily would look as if it was no longer made. A day more leaves time for the job. */
function maxAgeOf(interval: Seconds): string | undefined {
  return interval < 1.5 * day ? undefined : `${Math.round(interval / day) + 1}d`;
}

/** What stands before the time or the number: `zrepl_` of `zrepl_20261122_120000_000`, `web1_` of `web1_2026-11-22`. */
function kindOf(name: string): string {
  const [time, digit] = [name.search(/\d{4}/), name.search(/\d/)];
  return name.slice(0, time === -1 ? (digit === -1 ? name.length : digit) : time);
}

/** The snapshots of the source that the target has, too. */
function commonSnapshots({ source, target }: Join): Snapshot[] {
  return [...source.snapshots].flatMap(([guid, one]) => (target.snapshots.has(guid) ? [one] : []));
}

/** Times of the two newest of them. */
function lastSend(join: Join): readonly [from: Seconds, to: Seconds] | undefined {
  const [to, from] = commonSnapshots(join)
    .map(({ creation }) => creation)
    .sort((a, b) => b - a);
  return from === undefined || to === undefined ? undefined : [from, to];
}

function intervalOf(join: Join): Seconds {
  const [from, to] = lastSend(join) ?? [0, 0];
  return to - from;
}

/** What the target lacks of what was made between the two. */
function passedBy(join: Join): Snapshot[] {
  const [from, to] = lastSend(join) ?? [0, 0];
  const { source, target } = join;
  return [...source.snapshots].flatMap(([guid, one]) =>
    one.creation > from && one.creation < to && !target.snapshots.has(guid) ? [one] : [],
  );
}
