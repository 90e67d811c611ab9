import type { Command } from '../../lib/host.ts';
import { attempting, unexpected } from '../../lib/parse.ts';
import { type Endpoint, parseEndpoint } from './endpoint.ts';

/** The words of ss for a state, and those of `ss state WORD`, which are our labels. */
const states = {
  ESTAB: 'established',
  'SYN-SENT': 'syn-sent',
  'SYN-RECV': 'syn-recv',
  'FIN-WAIT-1': 'fin-wait-1',
  'FIN-WAIT-2': 'fin-wait-2',
  'TIME-WAIT': 'time-wait',
  UNCONN: 'closed',
  'CLOSE-WAIT': 'close-wait',
  'LAST-ACK': 'last-ack',
  LISTEN: 'listening',
  CLOSING: 'closing',
} as const;
export type SocketState = (typeof states)[keyof typeof states] | 'unknown';
export const socketStates: readonly SocketState[] = [...Object.values(states), 'unknown'];
const stateOf = new Map<string, SocketState>(Object.entries(states));

/** One socket. */
export interface SocketRow {
  readonly state: SocketState;
  /** Of a listener: the connections that wait to be accepted. Else bytes. */
  readonly receiveQueue: number;
  /** Of a listener: the limit of the other. Else bytes. */
  readonly sendQueue: number;
  readonly local: Endpoint;
  readonly peer: Endpoint;
  /** What stands behind the columns, with -i. */
  readonly info: string;
}

const form = /^([A-Z][A-Z0-9-]*) +(\d+) +(\d+) +([^ ]+) +([^ ]+)/;

/**
 * One line of `ss -tanHO` or `ss -ltnH` (ss(8)). Without -H there is a header, and with one state selected no state:
 *
 *     LISTEN     3      2                           127.0.0.1:7300                      0.0.0.0:*
 *     ESTAB      0      2522176                     127.0.0.1:59402                   127.0.0.1:7400
 */
export function parseSocketRow(line: string, place: string): SocketRow {
  const [text, state = '', receiveQueue, sendQueue, local = '', peer = ''] = form.exec(line) ?? [];
  if (text === undefined) {
    throw unexpected(place, 'a state, two queues and two addresses', line.trim().replaceAll(/ +/g, ' '));
  }
  return {
    state: stateOf.get(state) ?? 'unknown',
    receiveQueue: Number(receiveQueue),
    sendQueue: Number(sendQueue),
    local: parseEndpoint(local, place),
    peer: parseEndpoint(peer, place),
    info: line.slice(text.length),
  };
}

/** What to call for each line that `command` prints: one that makes no sense costs itself only. */
export function rowReader(
  command: Command,
  onRow: (row: SocketRow) => void,
  onSkip: (reason: string) => void,
): (line: string) => void {
  const attempt = attempting(onSkip);
  const source = command.join(' ');
  let number = 0;
  return (line) => {
    number += 1;
    const row = attempt(() => parseSocketRow(line, `${source} line ${number}`));
    if (row !== undefined) onRow(row);
  };
}
