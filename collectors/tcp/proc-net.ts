import type { Host } from '../../lib/host.ts';
import { unexpected } from '../../lib/parse.ts';
import type { Family, FamilyCounts } from './ss.ts';

export const sockstatFile = '/proc/net/sockstat';

/** How many sockets the kernel has in this network namespace. */
export interface SocketCounts {
  readonly ipv4: number;
  readonly ipv6: number;
  /** Of both families, and in none of the two. */
  readonly timeWait: number;
}

/** Throws where they cannot be read. */
export async function readSocketCounts(host: Host): Promise<SocketCounts> {
  const text = await existing(host, sockstatFile);
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
  const [line, inuse, timeWait] = /^TCP: inuse (\d+) .*\btw (\d+)\b.*/m.exec(text) ?? [];
  if (line === undefined) throw unexpected(sockstatFile, '"TCP: inuse … tw …"', /^TCP: .*/m.exec(text)?.[0] ?? text);
  const inuse6 = /^TCP6: inuse (\d+)\b/m.exec(text6 ?? '')?.[1] ?? 0;
  return { ipv4: Number(inuse), ipv6: Number(inuse6), timeWait: Number(timeWait) };
}

export function total({ ipv4, ipv6, timeWait }: SocketCounts): number {
  return ipv4 + ipv6 + timeWait;
}

/**
 * Why a walk is not believed. ss ends with exit status 0 also where the kernel's answer was cut short, or never came for
 * one of the two families.
 *
 * Sockets come and go while it looks at them: a tenth less than `counts`, or a few, says nothing.
 */
export function missingSockets(families: FamilyCounts, counts: readonly SocketCounts[]): string | undefined {
  const expected = Math.min(...counts.map(total));
  const [ipv4, ipv6] = [countable(families, 'ipv4'), countable(families, 'ipv6')];
  const none =
    (ipv4 === 0 && counts.every((one) => one.ipv4 > 0)) || (ipv6 === 0 && counts.every((one) => one.ipv6 > 0));
  if (!none && ipv4 + ipv6 >= expected * 0.9 - 16) return undefined;
  const found = `${ipv4} sockets of IPv4 and ${ipv6} of IPv6`;
  return `ss shows ${found}, with exit status 0, where ${sockstatFile} counts ${expected} in all: not believed`;
}

/** Those that sockstat counts, too. */
function countable(families: FamilyCounts, family: Family): number {
  let count = 0;
  for (const [state, sockets] of families[family]) if (state !== 'syn-recv' && state !== 'closed') count += sockets;
  return count;
}

export const portRangeFile = '/proc/sys/net/ipv4/ip_local_port_range';

/** The ephemeral ports: those that the kernel takes for a socket that asks for none. */
export interface PortRange {
  readonly low: number;
  readonly high: number;
}

/** The kernel's own default, for where its range cannot be read. */
export const defaultPortRange: PortRange = { low: 32_768, high: 60_999 };

/** Throws where it cannot be read. */
export async function readPortRange(host: Host): Promise<PortRange> {
  return parsePortRange(await existing(host, portRangeFile));
}

/** `/proc/sys/net/ipv4/ip_local_port_range` (ip(7)): `32768	60999` */
export function parsePortRange(text: string): PortRange {
  const [, low, high] = /^(\d{1,5})\s+(\d{1,5})\s*$/.exec(text) ?? [];
  const range = { low: Number(low), high: Number(high) };
  if (range.low <= range.high && range.high <= 65_535) return range;
  throw unexpected(portRangeFile, 'two ports, the lower first', text.trim());
}

export function inRange({ low, high }: PortRange, port: number): boolean {
  return port >= low && port <= high;
}

async function existing(host: Host, path: string): Promise<string> {
  const text = await host.readText(path);
  if (text === undefined) throw new Error(`Cannot read ${path}: no such file`);
  return text;
}
