import { type Command, type Output, explain } from '../../lib/host.ts';
import { type Attempt, unexpected } from '../../lib/parse.ts';

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

// A carriage return or a tab ends a word, too, as behind a terminal or in a column that is new.
const form = /^([A-Z][A-Z0-9-]*)[ \t]+(\d{1,10})[ \t]+(\d{1,10})[ \t]+([^ \t\r]+)[ \t]+([^ \t\r]+)/;

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

/** Reads what a command prints, line by line. */
export interface RowReader {
  readonly onLine: (line: string) => void;
  /** How many lines there were, and how many of them made no sense. */
  readonly counts: () => LineCounts;
}

export interface LineCounts {
  readonly all: number;
  readonly unreadable: number;
}

/** Hands over each row that `command` prints: a line that makes no sense costs itself only. */
export function rowReader(command: Command, onRow: (row: SocketRow) => void, attempt: Attempt): RowReader {
  const source = command.join(' ');
  let [all, unreadable] = [0, 0];
  const onLine = (line: string): void => {
    all += 1;
    const row = attempt(() => parseSocketRow(line, `${source} line ${all}`));
    if (row === undefined) unreadable += 1;
    else onRow(row);
  };
  return { onLine, counts: () => ({ all, unreadable }) };
}

/** Throws where of so many lines too many make no sense for anything to be known from the others. */
export function readable(command: Command, { all, unreadable }: LineCounts, allowed: number): void {
  if (unreadable > allowed) throw new Error(`${command.join(' ')}: ${unreadable} of ${all} lines make no sense`);
}

/** One end of a socket. */
export interface Endpoint {
  /** Without brackets and device: `192.0.2.1`, `::1`, `::ffff:192.0.2.1`; `*` is any address of both families. */
  readonly address: string;
  /** The device that the socket is bound to, also the scope of a link-local address; empty for none. */
  readonly device: string;
  /** 0 for none, which ss prints as `*`. */
  readonly port: number;
}

export type Family = 'ipv4' | 'ipv6';

/** How many sockets, by family and state. */
export type FamilyCounts = Readonly<Record<Family, Map<SocketState, number>>>;

const octet = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
// What the kernel allows in a name (dev_valid_name): also `%` and `]`, but no blank, slash or colon.
const device = '%([^ /:]+)';
const endpointForm = new RegExp(
  `^(?:(\\*|${octet}(?:\\.${octet}){3})|\\[([0-9a-f]*:[0-9a-f:.]+)(?:${device})?\\])(?:${device})?:(\\d{1,5}|\\*)$`,
);

/**
 * One address as ss prints it (inet_addr_print in misc/ss.c of iproute2):
 *
 *     0.0.0.0%ta:7800
 *     [::ffff:198.51.100.1]:49786
 *     [fe80::3404:bff:fe46:334a]%ta:60226
 *     *:7100
 *     [::]:*
 */
export function parseEndpoint(text: string, place: string): Endpoint {
  const [, plain, bracketed, inner, outer, port] = endpointForm.exec(text) ?? [];
  const address = plain ?? bracketed;
  if (address === undefined || Number(port) > 65_535) throw unexpected(place, 'an address and a port', text);
  return { address, device: outer ?? inner ?? '', port: port === '*' ? 0 : Number(port) };
}

/** The family of the socket, not of what it carries: one of IPv6 with a v4-mapped address is of IPv6. */
export function familyOf({ address }: Endpoint): Family {
  return address === '*' || address.includes(':') ? 'ipv6' : 'ipv4';
}

/** `192.0.2.1` for `::ffff:192.0.2.1`, an IPv4 connection in a socket of IPv6; any other as it is. */
export function canonicalAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
}

/** As in RFC 4007: `fe80::1%eth0`. */
export function addressLabel({ address, device }: Pick<Endpoint, 'address' | 'device'>): string {
  return device === '' ? address : `${address}%${device}`;
}

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

/** Each connection has a segment size. From /proc/net/tcp there is a bit of the rest, and in 6.7.0 ss prints nothing of it. */
export function hasTcpInfo(info: string): boolean {
  return / mss:\d/.test(info);
}

/**
 * What ss has to say on stderr while it ends with exit status 0: `Cannot open netlink socket: …`, `netlink receive
 * error …`. It then reads /proc/net/tcp, which has neither limits of accept queues, devices nor tcp_info.
 */
export function warningOf(command: Command, output: Output): string | undefined {
  const said = output.stderr.trim().split('\n', 1)[0] ?? '';
  if (said === '') return undefined;
  if (!/netlink/i.test(said)) return explain(command, output);
  return `ss reads /proc, which does not tell the limits of accept queues: it has no netlink (${said.slice(0, 200)})`;
}
