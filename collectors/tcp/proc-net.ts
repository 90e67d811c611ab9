import type { Host } from '../../lib/host.ts';
import { unexpected } from '../../lib/parse.ts';
import type { Family, FamilyCounts } from './ss.ts';

export const sockstatFile = '/proc/net/sockstat';

/** How many sockets the kernel has in this network namespace. */
export interface SocketCounts {
  readonly ipv4: number;
  readonly ipv6: number;
  /** Of both families, and in none of the two. Of all namespaces before Linux 4.10. */
  readonly timeWait: number;
  /** Pages of memory that all of them have, in all namespaces. */
  readonly memory: number | undefined;
}

/** Throws where they cannot be read. */
export async function readSocketCounts(host: Host): Promise<SocketCounts> {
  const text = await host.readText(sockstatFile);
  if (text === undefined) throw new Error(`Cannot read ${sockstatFile}: no such file`);
  return parseSockstat(text, await host.readText(`${sockstatFile}6`));
}

/**
 * `/proc/net/sockstat` and `sockstat6` (proc(5)), the second of which is not there where IPv6 is off:
 *
 *     TCP: inuse 28 orphan 0 tw 6 alloc 48 mem 517
 *     TCP6: inuse 12
 *
 * `alloc` and `mem` are those of all namespaces. Nowhere counted is what is half open (SYN-RECV), or bound and no more.
 */
export function parseSockstat(text: string, text6: string | undefined): SocketCounts {
  const [line, inuse, timeWait, memory] = /^TCP: inuse (\d+) .*\btw (\d+)\b(?:.*\bmem (\d+)$)?.*/m.exec(text) ?? [];
  if (line === undefined) throw unexpected(sockstatFile, '"TCP: inuse … tw …"', /^TCP: .*/m.exec(text)?.[0] ?? text);
  const inuse6 = /^TCP6: inuse (\d+)\b/m.exec(text6 ?? '')?.[1] ?? 0;
  return {
    ipv4: Number(inuse),
    ipv6: Number(inuse6),
    timeWait: Number(timeWait),
    memory: memory === undefined ? undefined : Number(memory),
  };
}

export function total({ ipv4, ipv6, timeWait }: SocketCounts): number {
  return ipv4 + ipv6 + timeWait;
}

/** What a walk has less than the kernel counts: all of it is then not believed, or only what is in TIME-WAIT. */
export interface Shortfall {
  readonly of: 'all' | 'time-wait';
  readonly reason: string;
}

/**
 * Compares a walk with what the kernel counted before and after it. ss ends with exit status 0 also where the kernel's
 * answer was cut short, or never came for one of the two families. Where only what is in TIME-WAIT is missing, the count may
 * be that of all namespaces.
 */
export function shortfallOf(families: FamilyCounts, counts: readonly SocketCounts[]): Shortfall | undefined {
  if (counts.length === 0) return undefined;
  const [ipv4, ipv6] = [countable(families, 'ipv4'), countable(families, 'ipv6')];
  const [expected, expectedInUse] = [leastOf(counts, total), leastOf(counts, (one) => one.ipv4 + one.ipv6)];
  const none =
    (ipv4 === 0 && counts.every((one) => one.ipv4 > 0)) || (ipv6 === 0 && counts.every((one) => one.ipv6 > 0));
  if (!none && isEnough(ipv4 + ipv6, expected)) return undefined;
  const timeWait = inTimeWait(families, 'ipv4') + inTimeWait(families, 'ipv6');
  return !none && isEnough(ipv4 + ipv6 - timeWait, expectedInUse)
    ? {
        of: 'time-wait',
        reason: `ss shows ${timeWait} sockets in TIME-WAIT where ${sockstatFile} counts ${leastOf(counts, (one) => one.timeWait)}: not believed`,
      }
    : {
        of: 'all',
        reason: `ss shows ${ipv4} sockets of IPv4 and ${ipv6} of IPv6, with exit status 0, where ${sockstatFile} counts ${expected} in all: not believed`,
      };
}

/** Sockets come and go while ss looks at them: a tenth less, or a few, says nothing. */
function isEnough(found: number, expected: number): boolean {
  return found >= expected * 0.9 - 16;
}

function leastOf(counts: readonly SocketCounts[], read: (one: SocketCounts) => number): number {
  return Math.min(...counts.map(read));
}

function inTimeWait(families: FamilyCounts, family: Family): number {
  return families[family].get('time-wait') ?? 0;
}

/** Those that sockstat counts, too. */
function countable(families: FamilyCounts, family: Family): number {
  let count = 0;
  for (const [state, sockets] of families[family]) if (state !== 'syn-recv' && state !== 'closed') count += sockets;
  return count;
}

const memoryLimitsFile = '/proc/sys/net/ipv4/tcp_mem';

/** Pages of memory that TCP may have on this machine, all namespaces together. */
export interface MemoryLimits {
  /** From here on the kernel gives sockets less. */
  readonly pressure: number;
  /** From here on it drops what comes. */
  readonly high: number;
}

/** Undefined in a network namespace that is not the first: the limits are of the machine, and not shown there. */
export async function readMemoryLimits(host: Host): Promise<MemoryLimits | undefined> {
  const text = await host.readText(memoryLimitsFile);
  return text === undefined ? undefined : parseMemoryLimits(text);
}

/** `/proc/sys/net/ipv4/tcp_mem` (tcp(7)): `94842	126456	189684` */
export function parseMemoryLimits(text: string): MemoryLimits {
  const [, pressure, high] = /^\d+\s+(\d+)\s+(\d+)\s*$/.exec(text) ?? [];
  if (high === undefined) throw unexpected(memoryLimitsFile, 'three numbers of pages', text.trim());
  return { pressure: Number(pressure), high: Number(high) };
}
