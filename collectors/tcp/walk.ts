import { type Command, type Host, okay } from '../../lib/host.ts';
import type { Attempt } from '../../lib/parse.ts';
import { type Direction, directionFinder } from './direction.ts';
import { type PortRange, inRange } from './proc-net.ts';
import {
  type Endpoint,
  type FamilyCounts,
  type SocketRow,
  type SocketState,
  type TcpInfo,
  warningOf,
  familyOf,
  parseTcpInfo,
  rowReader,
} from './ss.ts';

/** The states of which ports are told, beside established ones: those that tell of trouble. */
export const troubleStates = ['close-wait', 'time-wait', 'syn-recv'] as const;
type PortState = (typeof troubleStates)[number] | 'established';
export type PortCounts = Readonly<Record<Direction, Map<number, number>>>;

/** What all sockets come to. It grows with ports, and not with sockets. */
export interface Walk {
  readonly families: FamilyCounts;
  readonly ports: Readonly<Record<PortState, PortCounts>>;
  /** Ephemeral ports that some socket has. */
  readonly ephemeral: Set<number>;
  readonly perDestination: () => number;
  /** Only where tcp_info was asked for. */
  readonly info?: InfoTally;
}

export interface WalkOptions {
  readonly listeners: readonly Endpoint[];
  readonly range: PortRange;
  readonly withInfo: boolean;
}

/** Looks at each socket once, as it comes; it may take all the time of the run. Throws where ss fails. */
export async function walkSockets(
  host: Host,
  options: WalkOptions,
  attempt: Attempt,
): Promise<{ readonly walk: Walk; readonly warning: string | undefined }> {
  const command: Command = ['ss', options.withInfo ? '-tanHOi' : '-tanHO'];
  const { walk, add } = tally(options);
  const output = await host.lines(command, rowReader(command, add, attempt), { timeout: Number.POSITIVE_INFINITY });
  okay(command, output);
  return { walk, warning: warningOf(command, output) };
}

export function socketsIn({ families }: Walk, state: SocketState): number {
  return (families.ipv4.get(state) ?? 0) + (families.ipv6.get(state) ?? 0);
}

function tally({ listeners, range, withInfo }: WalkOptions): { walk: Walk; add: (row: SocketRow) => void } {
  const directionOf = directionFinder(listeners, range);
  const destinations = destinationCounter();
  const walk: Walk = {
    families: { ipv4: new Map(), ipv6: new Map() },
    ports: { established: empty(), 'close-wait': empty(), 'time-wait': empty(), 'syn-recv': empty() },
    ephemeral: new Set(),
    perDestination: () => destinations.max(),
    ...(withInfo && { info: emptyInfoTally() }),
  };
  const add = ({ state, local, peer, info }: SocketRow): void => {
    count(walk.families[familyOf(local)], state);
    const isEphemeral = inRange(range, local.port);
    if (isEphemeral) walk.ephemeral.add(local.port);
    if (state === 'listening' || state === 'closed') return;
    const direction = directionOf(local, peer);
    const port = direction === 'inbound' ? local.port : peer.port;
    if (isPortState(state)) count(walk.ports[state][direction], port);
    if (isEphemeral && direction === 'outbound') destinations.add(local, peer);
    if (walk.info !== undefined) addInfo(walk.info, direction, port, parseTcpInfo(info));
  };
  return { walk, add };
}

function empty(): PortCounts {
  return { inbound: new Map(), outbound: new Map() };
}

function count<T>(counts: Map<T, number>, key: T): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function isPortState(state: SocketState): state is PortState {
  return state === 'established' || troubleStates.some((one) => one === state);
}

/** Counts sockets by destination, and keeps only what can be the most. */
export interface DestinationCounter {
  add(local: Endpoint, peer: Endpoint): void;
  /** The most for any one destination. */
  max(): number;
}

/**
 * Counts by local address, remote address and remote port: for each the kernel can give out every ephemeral port once.
 *
 * A crawler has as many destinations as sockets, so at most `capacity` are kept (Misra and Gries, 1982). Up to that many
 * the result is exact, beyond it is too low by less than sockets / capacity.
 */
export function destinationCounter(capacity = 4096): DestinationCounter {
  const counts = new Map<string, number>();
  return {
    add: (local, peer) => {
      // Joined and not added up: a sum of parts of a line would keep the line, and all that was read with it.
      const key = [local.address, local.device, peer.address, peer.port].join(' ');
      const count = counts.get(key);
      if (count !== undefined) counts.set(key, count + 1);
      else if (counts.size < capacity) counts.set(key, 1);
      else takeOneOfEach(counts);
    },
    max: () => Math.max(0, ...counts.values()),
  };
}

function takeOneOfEach(counts: Map<string, number>): void {
  for (const [key, count] of counts) {
    if (count === 1) counts.delete(key);
    else counts.set(key, count - 1);
  }
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
