import { type Command, type Host, explain, succeeded } from '../../lib/host.ts';
import { complaintOf } from './complaint.ts';
import { destinationCounter } from './destinations.ts';
import { type Direction, directionFinder } from './direction.ts';
import { type Endpoint, type Family, familyOf } from './endpoint.ts';
import { type PortRange, inRange } from './port-range.ts';
import { type SocketRow, type SocketState, rowReader } from './ss-row.ts';
import { type InfoTally, addInfo, emptyInfoTally, parseTcpInfo } from './tcp-info.ts';

/** The states of which ports are told, beside established ones: those that tell of trouble. */
export const troubleStates = ['close-wait', 'time-wait', 'syn-recv'] as const;
type PortState = (typeof troubleStates)[number] | 'established';
export type PortCounts = Readonly<Record<Direction, Map<number, number>>>;
export type FamilyCounts = Readonly<Record<Family, Map<SocketState, number>>>;

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

/** Looks at each socket once, as it comes; it may take all the time of the run. */
export async function walkSockets(
  host: Host,
  options: WalkOptions,
  onSkip: (reason: string) => void,
): Promise<{ readonly walk: Walk; readonly complaint: string | undefined } | Error> {
  const command: Command = ['ss', options.withInfo ? '-tanHOi' : '-tanHO'];
  const { walk, add } = tally(options);
  const output = await host.lines(command, rowReader(command, add, onSkip), { timeout: Number.POSITIVE_INFINITY });
  if (!succeeded(output)) return new Error(explain(command, output));
  return { walk, complaint: complaintOf(command, output) };
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
