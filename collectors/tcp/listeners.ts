import { type Command, type Host, okay } from '../../lib/host.ts';
import type { Attempt } from '../../lib/parse.ts';
import { type SocketRow, addressLabel, readable, rowReader, warningOf } from './ss.ts';

/** All sockets that listen on one address and port: several, with SO_REUSEPORT. */
export interface Listener {
  /** With the device that it is bound to: two listeners may differ in nothing else. */
  readonly address: string;
  readonly port: number;
  readonly queue: number;
  readonly limit: number;
  /** 0 to 1, of the fullest: behind one that accepts nothing, the others may be empty. */
  readonly fill: number;
  /** Of the processes that made these sockets, where they were asked for and are known. */
  readonly cgroups: readonly string[];
}

/** What ss says of the sockets that listen. */
export interface Listening {
  readonly rows: readonly SocketRow[];
  /** How many lines made no sense. */
  readonly unreadable: number;
  /** Why the limits are not those of the kernel. */
  readonly warning: string | undefined;
}

/** Each is kept. There are 65,535 ports, and most machines listen on some tens of them. */
const maxLines = 100_000;

/**
 * Asked apart from the walk, so that accept queues are known also where that is skipped or takes too long. Throws where ss
 * fails; with cgroups that is also where it is older than 5.8, or finds no cgroup2 file system.
 */
export async function askListening(host: Host, attempt: Attempt, withCgroups: boolean): Promise<Listening> {
  const command: Command = withCgroups ? ['ss', '-ltnH', '--cgroup'] : ['ss', '-ltnH'];
  const rows: SocketRow[] = [];
  const onRow = (row: SocketRow): void => {
    if (row.state === 'listening') rows.push(row);
  };
  const { onLine, counts } = rowReader(command, onRow, attempt);
  const output = okay(command, await host.lines(command, onLine, { maxLines }));
  const { all, unreadable } = counts();
  // What is left of them is right of each, but whoever is connected to one that is missing would be sorted wrongly.
  readable(command, { all, unreadable }, all / 2);
  const lack = zeroLimits(command, rows) ?? (withCgroups ? noCgroups(command, rows) : undefined);
  return { rows, unreadable, warning: warningOf(command, output) ?? lack };
}

/** Without the kernel's tcp_diag, ss reads /proc without a word. */
function zeroLimits(command: Command, rows: readonly SocketRow[]): string | undefined {
  if (rows.length === 0 || rows.some(({ sendQueue }) => sendQueue > 0)) return undefined;
  return `${command.join(' ')}: every limit of an accept queue is 0, as where ss has no netlink and reads /proc`;
}

/** Of a listener whose cgroup is gone ss says that. */
function noCgroups(command: Command, rows: readonly SocketRow[]): string | undefined {
  if (rows.length === 0 || rows.some(({ info }) => info.includes(' cgroup:'))) return undefined;
  return `${command.join(' ')}: no listener has a cgroup, as with iproute2 6.7.0`;
}

/** By port, then address. */
export function listenersOf(rows: readonly SocketRow[]): Listener[] {
  const listeners = new Map<string, Listener>();
  for (const { local, receiveQueue, sendQueue, info } of rows) {
    const address = addressLabel(local);
    const key = `${address} ${local.port}`;
    const { queue = 0, limit = 0, fill = 0, cgroups = [] } = listeners.get(key) ?? {};
    listeners.set(key, {
      address,
      port: local.port,
      queue: queue + receiveQueue,
      limit: limit + sendQueue,
      fill: Math.max(fill, fillOf(receiveQueue, sendQueue)),
      cgroups: [...new Set([...cgroups, ...cgroupOf(info)])],
    });
  }
  return [...listeners.values()].sort((a, b) => a.port - b.port || (a.address < b.address ? -1 : 1));
}

/** The kernel takes one more than the limit (sk_acceptq_is_full in include/net/sock.h). */
function fillOf(queue: number, limit: number): number {
  return Math.min(1, queue / (limit + 1));
}

/** `cgroup:/system.slice/nginx.service`, or none: of one that is gone ss prints `cgroup:unreachable:1a2b`. */
function cgroupOf(info: string): string[] {
  const cgroup = / cgroup:(\/.*?) *$/s.exec(info)?.[1];
  return cgroup === undefined ? [] : [cgroup];
}
