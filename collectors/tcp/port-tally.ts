import { type SocketRow, type SocketState, parseTcpInfo } from './ss.ts';

/** The states of which ports are told, beside established ones: those that tell of trouble. */
export const troubleStates = ['close-wait', 'time-wait', 'syn-recv', 'syn-sent', 'fin-wait-2'] as const;
type PortState = 'established' | (typeof troubleStates)[number];

/** What the sockets of one port come to. */
export interface PortTally {
  sockets: number;
  readonly states: Record<PortState, number>;
  /** Bytes that no program has read yet. */
  receiveQueue: number;
  /** Bytes that the other side has not acknowledged. */
  sendQueue: number;
  /** Segments that these sockets have ever sent again. */
  retransmits: number;
  /** How many sockets have which round-trip time, to three digits: few values for however many sockets. */
  rtts: Map<number, number> | undefined;
}

function emptyTally(): PortTally {
  const states = { established: 0, 'close-wait': 0, 'time-wait': 0, 'syn-recv': 0, 'syn-sent': 0, 'fin-wait-2': 0 };
  return { sockets: 0, states, receiveQueue: 0, sendQueue: 0, retransmits: 0, rtts: undefined };
}

/** The one of `key`, made where there is none. */
export function tallyOf<Key>(tallies: Map<Key, PortTally>, key: Key): PortTally {
  const known = tallies.get(key);
  if (known !== undefined) return known;
  const tally = emptyTally();
  tallies.set(key, tally);
  return tally;
}

export function addSocket(
  tally: PortTally,
  { state, receiveQueue, sendQueue, info }: SocketRow,
  withInfo: boolean,
): void {
  tally.sockets += 1;
  if (isPortState(state)) tally.states[state] += 1;
  tally.receiveQueue += receiveQueue;
  tally.sendQueue += sendQueue;
  if (!withInfo) return;
  const { rtt, retransmits } = parseTcpInfo(info);
  tally.retransmits += retransmits;
  if (rtt !== undefined) addRtt(tally, threeDigits(rtt), 1);
}

/** Adds all of `other`. */
export function addTally(tally: PortTally, other: PortTally): void {
  tally.sockets += other.sockets;
  for (const state of ['established', ...troubleStates] as const) tally.states[state] += other.states[state];
  tally.receiveQueue += other.receiveQueue;
  tally.sendQueue += other.sendQueue;
  tally.retransmits += other.retransmits;
  for (const [rtt, count] of other.rtts ?? []) addRtt(tally, rtt, count);
}

/** The least value that so large a part of all does not exceed; undefined of none. */
export function quantile(counts: ReadonlyMap<number, number>, part: number): number | undefined {
  const sorted = [...counts].sort(([a], [b]) => a - b);
  let left = part * sorted.reduce((sum, [, count]) => sum + count, 0);
  return sorted.find(([, count]) => (left -= count) <= 0)?.[0];
}

const portStates: ReadonlySet<SocketState> = new Set<PortState>(['established', ...troubleStates]);

function isPortState(state: SocketState): state is PortState {
  return portStates.has(state);
}

function addRtt(tally: PortTally, rtt: number, count: number): void {
  tally.rtts ??= new Map();
  tally.rtts.set(rtt, (tally.rtts.get(rtt) ?? 0) + count);
}

function threeDigits(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 2);
  return Math.round(value / unit) * unit;
}
