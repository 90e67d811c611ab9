import type { Host } from '../../lib/host.ts';
import type { Listening } from './listeners.ts';
import { type Counted, type SocketCounts, hasMptcpOverIpv6, inUse, sockstatFile, total } from './proc-net.ts';
import type { FamilyCounts, LineCounts, SocketRow, SocketState } from './ss.ts';
import type { WalkOptions } from './walk.ts';

/** What ss shows of all sockets. */
interface Shown {
  readonly families: FamilyCounts;
  readonly lines: LineCounts;
}

/**
 * Why a walk is not believed, where it is not. ss ends with exit status 0 also where the kernel's answer was cut short, or
 * never came for one of the two families, so it is compared with what the kernel counted before and after.
 */
export async function doubtOfWalk(
  host: Pick<Host, 'readText'>,
  { families, lines }: Shown,
  counts: readonly SocketCounts[],
): Promise<string | undefined> {
  if (counts.length === 0) return undefined;
  const found = countedIn(families);
  const doubt = compare(found, lines.unreadable, counts);
  if (doubt === undefined || (await isExplained(host, doubt))) return undefined;
  const counted = (doubt.startsWith('more') ? mostOf : leastOf)(counts, total);
  return `ss shows ${total(found)} sockets, with exit status 0, where ${sockstatFile} counts ${counted}: not believed`;
}

/**
 * Why neither what `ss -ltnH` shows is believed nor a walk, where they do not show the same listeners. One may come or go
 * between the two, and what makes no sense in one may be in the other.
 */
export function doubtOfListeners(
  { families, lines }: Shown,
  { rows, unreadable }: Listening,
  { ephemeralOnly, ephemeral: { range } }: Pick<WalkOptions, 'ephemeralOnly' | 'ephemeral'>,
): string | undefined {
  const shown = countOf(families, 'listening');
  const isAsked = ({ local: { port } }: SocketRow): boolean => port >= range.low && port <= range.high;
  const listed = ephemeralOnly ? rows.filter(isAsked).length : rows.length;
  const margin = 1 + Math.max(listed, shown) / 10;
  return shown <= listed + unreadable + margin && listed <= shown + lines.unreadable + margin
    ? undefined
    : `ss -ltnH shows ${listed} sockets that listen, and ss -tanHO ${shown}: neither is believed`;
}

/**
 * `fewer` or `more` than the kernel counts. `time-wait`: fewer, but only of those that may be other namespaces'; `more of
 * ipv6`: of the other family there are not.
 */
type Doubt = 'fewer' | 'more' | 'time-wait' | 'more of ipv6';

async function isExplained(host: Pick<Host, 'readText'>, doubt: Doubt): Promise<boolean> {
  if (doubt === 'time-wait') return (await countsAllTimeWait(host)) !== false;
  return doubt === 'more of ipv6' && hasMptcpOverIpv6(host);
}

/** A line that makes no sense is a socket all the same. */
function compare(found: Counted, unreadable: number, counts: readonly SocketCounts[]): Doubt | undefined {
  const margin = marginOf(counts);
  const isEnough = (read: (one: Counted) => number): boolean =>
    read(found) + unreadable >= leastOf(counts, read) - margin(leastOf(counts, read));
  const isMissing = (['ipv4', 'ipv6'] as const).some(
    (family) => found[family] === 0 && leastOf(counts, (one) => one[family]) > unreadable,
  );
  if (isMissing) return 'fewer';
  const isTooMany = (read: (one: Counted) => number): boolean =>
    read(found) > mostOf(counts, read) + margin(mostOf(counts, read));
  if (isTooMany(total)) return isTooMany(({ ipv4 }) => ipv4) ? 'more' : 'more of ipv6';
  if (isEnough(total)) return undefined;
  return isEnough(inUse) ? 'time-wait' : 'fewer';
}

/**
 * How far a walk over so many sockets may be from the counts, as they come and go meanwhile: as many as were opened, where that
 * is known, and a few that listen() began or that were counted a moment later. Of many, those that come and go make up for
 * each other, so that a tenth is the most.
 */
function marginOf([before, after]: readonly SocketCounts[]): (count: number) => number {
  const opened = (after?.opened ?? Number.NaN) - (before?.opened ?? Number.NaN);
  if (Number.isNaN(opened)) return (count) => 16 + count / 10;
  return (count) => Math.min(opened + 4 + count / 50, 100 + count / 10);
}

/** Whether there are more sockets here than `limit`; what may be in TIME-WAIT elsewhere is none of them. */
export async function isAbove(
  host: Pick<Host, 'readText'>,
  counts: SocketCounts | undefined,
  limit: number,
): Promise<boolean> {
  if (counts === undefined || total(counts) <= limit) return false;
  return inUse(counts) > limit || (await countsAllTimeWait(host)) !== true;
}

/** Whether TIME-WAIT in sockstat is that of all network namespaces, as before Linux 4.10; undefined where that is not known. */
async function countsAllTimeWait(host: Pick<Host, 'readText'>): Promise<boolean | undefined> {
  const release = await host.readText('/proc/sys/kernel/osrelease').catch(() => undefined);
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(release ?? '') ?? [];
  if (major === undefined) return undefined;
  return Number(major) < 4 || (Number(major) === 4 && Number(minor) < 10);
}

function countedIn(families: FamilyCounts): Counted {
  return {
    ipv4: inUseOf(families.ipv4),
    ipv6: inUseOf(families.ipv6),
    timeWait: countOf(families, 'time-wait'),
  };
}

function inUseOf(states: ReadonlyMap<SocketState, number>): number {
  let sum = 0;
  for (const [state, sockets] of states) if (!uncounted.has(state)) sum += sockets;
  return sum;
}

/** What is half open, and what is bound and no more, sockstat has not; TIME-WAIT it has apart. */
const uncounted: ReadonlySet<SocketState> = new Set(['syn-recv', 'closed', 'time-wait']);

function countOf({ ipv4, ipv6 }: FamilyCounts, state: SocketState): number {
  return (ipv4.get(state) ?? 0) + (ipv6.get(state) ?? 0);
}

function leastOf(counts: readonly SocketCounts[], read: (one: SocketCounts) => number): number {
  return Math.min(...counts.map(read));
}

function mostOf(counts: readonly SocketCounts[], read: (one: SocketCounts) => number): number {
  return Math.max(...counts.map(read));
}
