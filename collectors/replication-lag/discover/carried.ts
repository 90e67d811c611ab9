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
  const sends = joins.map(lastSend);
  const [kind, ...others] = new Set(sends.flatMap(({ common }) => common).map(({ name }) => kindOf(name)));
  if (kind === undefined || kind === '' || others.length > 0) return undefined;
  const isOther = ({ name }: Snapshot): boolean => !name.startsWith(kind);
  if (!sends.some(({ passedBy }) => passedBy.some(isOther))) return undefined;
  return { include: [`${kind}*`], maxAge: maxAgeOf(Math.max(...sends.map(({ interval }) => interval))) };
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

/** What the two sides of a join have in common, and what was sent from one of these to the next. */
interface Send {
  /** The snapshots of the source that the target has, too. */
  readonly common: readonly Snapshot[];
  /** Between the two newest of them; 0 where there are no two. */
  readonly interval: Seconds;
  /** What the target lacks of what was made between the two. */
  readonly passedBy: readonly Snapshot[];
}

function lastSend({ source, target }: Join): Send {
  const [common, own]: [Snapshot[], Snapshot[]] = [[], []];
  for (const [guid, one] of source.snapshots) (target.snapshots.has(guid) ? common : own).push(one);
  const [to = 0, from = to] = common.map(({ creation }) => creation).sort((a, b) => b - a);
  return { common, interval: to - from, passedBy: own.filter(({ creation }) => creation > from && creation < to) };
}
