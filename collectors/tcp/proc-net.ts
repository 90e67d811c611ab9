import type { Host } from '../../lib/host.ts';
import { unexpected } from '../../lib/parse.ts';

export const sockstatFile = '/proc/net/sockstat';
const snmpFile = '/proc/net/snmp';

/** How many sockets the kernel has in this network namespace. */
export interface SocketCounts {
  readonly ipv4: number;
  readonly ipv6: number;
  /** Of both families, and in none of the two. Of all namespaces before Linux 4.10. */
  readonly timeWait: number;
  /** Pages of memory that all of them have, in all namespaces. */
  readonly memory: number | undefined;
  /** Connections that were ever begun or accepted here, where that is known. */
  readonly opened: number | undefined;
}

/** Throws where they cannot be read. */
export async function readSocketCounts(host: Host): Promise<SocketCounts> {
  const opened = parseOpened(await host.readText(snmpFile).catch(() => undefined));
  const text = await host.readText(sockstatFile);
  if (text === undefined) throw new Error(`Cannot read ${sockstatFile}: no such file`);
  return { ...parseSockstat(text, await host.readText(`${sockstatFile}6`)), opened };
}

/**
 * ActiveOpens and PassiveOpens in `/proc/net/snmp` (proc(5)), of both families. Undefined where they are not to be had, which
 * costs nothing but how closely a walk is looked at:
 *
 *     Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails …
 *     Tcp: 1 200 120000 -1 27 14 0 …
 */
export function parseOpened(text: string | undefined): number | undefined {
  const [, names = '', values = ''] = /^Tcp: (.*)\nTcp: (.*)$/m.exec(text ?? '') ?? [];
  const valueOf = (name: string): number => Number(values.split(' ')[names.split(' ').indexOf(name)] ?? Number.NaN);
  const opened = valueOf('ActiveOpens') + valueOf('PassiveOpens');
  return Number.isNaN(opened) ? undefined : opened;
}

/**
 * `/proc/net/sockstat` and `sockstat6` (proc(5)), the second of which is not there where IPv6 is off:
 *
 *     TCP: inuse 28 orphan 0 tw 6 alloc 48 mem 517
 *     TCP6: inuse 12
 *
 * `alloc` and `mem` are those of all namespaces. Nowhere counted is what is half open (SYN-RECV), or bound and no more.
 */
export function parseSockstat(text: string, text6: string | undefined): Omit<SocketCounts, 'opened'> {
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

/** What is compared with a walk. */
export type Counted = Pick<SocketCounts, 'ipv4' | 'ipv6' | 'timeWait'>;

export function inUse({ ipv4, ipv6 }: Counted): number {
  return ipv4 + ipv6;
}

export function total(counted: Counted): number {
  return inUse(counted) + counted.timeWait;
}

/**
 * Whether Multipath TCP has sockets of IPv6, as what listens in Go since 1.24. Up to Linux 6.18.23, and 6.12.82 of that
 * series, sockstat6 lacks the TCP sockets that these consist of. `/proc/net/protocols`, below headings:
 *
 *     MPTCPv6   2128     14       0   no       0   yes  kernel      y  y  y  n  y  y  y  y  y  y  y  y  n  n  y  y  y  n
 */
export async function hasMptcpOverIpv6(host: Pick<Host, 'readText'>): Promise<boolean> {
  const text = await host.readText('/proc/net/protocols').catch(() => undefined);
  return /^MPTCPv6 +\d+ +[1-9]/m.test(text ?? '');
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
