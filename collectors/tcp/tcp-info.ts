import type { Direction } from './direction.ts';

/** Of one socket; what ss leaves out is 0 or unknown. */
export interface TcpInfo {
  /** Smoothed round-trip time, in microseconds. */
  readonly rtt: number | undefined;
  /** Segments sent again since the socket was opened. */
  readonly retransmits: number;
}

/**
 * What `ss -i` prints behind the columns (tcp_stats_print in misc/ss.c of iproute2), rtt as mean/deviation in
 * milliseconds and retrans as now/total, which is left out where it is 0:
 *
 *     cubic wscale:7,7 rto:208 backoff:4 rtt:5.981/9.776 mss:47168 … bytes_retrans:47168 … retrans:0/1 … minrtt:0.204
 */
export function parseTcpInfo(info: string): TcpInfo {
  const rtt = / rtt:([\d.]+(?:e[+-]\d+)?)\//.exec(info)?.[1];
  return {
    rtt: rtt === undefined ? undefined : Math.round(Number(rtt) * 1000),
    retransmits: Number(/ retrans:\d+\/(\d+)/.exec(info)?.[1] ?? 0),
  };
}

/** By direction and port. */
export type InfoTally = Readonly<Record<Direction, Map<number, PortInfo>>>;

export interface PortInfo {
  sockets: number;
  retransmits: number;
  /** How many sockets have which round-trip time, to three digits: few values for however many sockets. */
  readonly rtts: Map<number, number>;
}

export function emptyInfoTally(): InfoTally {
  return { inbound: new Map(), outbound: new Map() };
}

export function addInfo(tally: InfoTally, direction: Direction, port: number, { rtt, retransmits }: TcpInfo): void {
  const entry = entryOf(tally[direction], port);
  entry.sockets += 1;
  entry.retransmits += retransmits;
  if (rtt !== undefined) addTo(entry.rtts, threeDigits(rtt), 1);
}

/** The same under other names: ports with the same name become one. */
export function renamed(ports: ReadonlyMap<number, PortInfo>, nameOf: (port: number) => string): Map<string, PortInfo> {
  const result = new Map<string, PortInfo>();
  for (const [port, { sockets, retransmits, rtts }] of ports) {
    const entry = entryOf(result, nameOf(port));
    entry.sockets += sockets;
    entry.retransmits += retransmits;
    for (const [rtt, count] of rtts) addTo(entry.rtts, rtt, count);
  }
  return result;
}

function entryOf<Key>(entries: Map<Key, PortInfo>, key: Key): PortInfo {
  const known = entries.get(key);
  if (known !== undefined) return known;
  const entry = { sockets: 0, retransmits: 0, rtts: new Map<number, number>() };
  entries.set(key, entry);
  return entry;
}

/** The least value that so large a part of all does not exceed; undefined of none. */
export function quantile(counts: ReadonlyMap<number, number>, part: number): number | undefined {
  const sorted = [...counts].sort(([a], [b]) => a - b);
  let left = part * sorted.reduce((sum, [, count]) => sum + count, 0);
  return sorted.find(([, count]) => (left -= count) <= 0)?.[0];
}

function addTo(counts: Map<number, number>, value: number, count: number): void {
  counts.set(value, (counts.get(value) ?? 0) + count);
}

function threeDigits(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 2);
  return Math.round(value / unit) * unit;
}
