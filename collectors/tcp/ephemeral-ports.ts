import type { Host } from '../../lib/host.ts';
import { unexpected } from '../../lib/parse.ts';
import { type SocketRow, canonicalAddress } from './ss.ts';

const sysctl = '/proc/sys/net/ipv4';
export const portRangeFile = `${sysctl}/ip_local_port_range`;
const reservedPortsFile = `${sysctl}/ip_local_reserved_ports`;
const reuseFile = `${sysctl}/tcp_tw_reuse`;

/** Ports from `low` to `high`, both included. */
export interface PortRange {
  readonly low: number;
  readonly high: number;
}

/** The kernel's own default, for where its range cannot be read. */
export const defaultPortRange: PortRange = { low: 32_768, high: 60_999 };

/** Towards which destinations connect() gives a port out again whose socket is in TIME-WAIT. */
export type TimeWaitReuse = 'never' | 'loopback' | 'always';

/** The ports that the kernel takes for a socket that asks for none. */
export interface EphemeralPorts {
  readonly range: PortRange;
  /** How many there are: the range without what is reserved. */
  readonly count: number;
  readonly has: (port: number) => boolean;
  /** Whether connect() may take the port of this socket as if it were free. */
  readonly isReusable: (row: SocketRow) => boolean;
}

export function ephemeralPorts(range: PortRange, reserved: readonly PortRange[], reuse: TimeWaitReuse): EphemeralPorts {
  const given = new Uint8Array(65_536).fill(1, range.low, range.high + 1);
  for (const { low, high } of reserved) given.fill(0, low, high + 1);
  return {
    range,
    count: given.reduce((sum, one) => sum + one, 0),
    has: (port) => given[port] === 1,
    isReusable: (row) => row.state === 'time-wait' && (reuse === 'always' || (reuse === 'loopback' && isLoopback(row))),
  };
}

/** As tcp_twsk_unique() in net/ipv4/tcp_ipv4.c has it: an address of lo that is no loopback address does not count. */
function isLoopback({ local, peer }: SocketRow): boolean {
  return (
    local.device === 'lo' ||
    [local, peer].some(({ address }) => address === '::1' || canonicalAddress(address).startsWith('127.'))
  );
}

/** Throws where it cannot be read. */
export async function readPortRange(host: Host): Promise<PortRange> {
  const text = await host.readText(portRangeFile);
  if (text === undefined) throw new Error(`Cannot read ${portRangeFile}: no such file`);
  return parsePortRange(text);
}

/** `/proc/sys/net/ipv4/ip_local_port_range` (ip(7)): `32768	60999` */
export function parsePortRange(text: string): PortRange {
  const [, low, high] = /^(\d{1,5})\s+(\d{1,5})\s*$/.exec(text) ?? [];
  const range = { low: Number(low), high: Number(high) };
  if (range.low <= range.high && range.high <= 65_535) return range;
  throw unexpected(portRangeFile, 'two ports, the lower first', text.trim());
}

/** None where there is no such file: a namespace of an old kernel. */
export async function readReservedPorts(host: Host): Promise<readonly PortRange[]> {
  return parseReservedPorts((await host.readText(reservedPortsFile)) ?? '');
}

/** `/proc/sys/net/ipv4/ip_local_reserved_ports` (ip-sysctl of the kernel): `8080,9148,30000-32767`, or an empty line. */
export function parseReservedPorts(text: string): PortRange[] {
  const list = text.trim();
  if (list === '') return [];
  return list.split(',').map((item) => {
    const [, low, high] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(item) ?? [];
    const range = { low: Number(low), high: Number(high ?? low) };
    if (range.low <= range.high && range.high <= 65_535) return range;
    throw unexpected(reservedPortsFile, 'ports and ranges with commas between them', item);
  });
}

/** Without timestamps the kernel cannot tell an old segment from a new one, and reuses nothing. */
export async function readTimeWaitReuse(host: Host): Promise<TimeWaitReuse> {
  const reuse = parseTimeWaitReuse((await host.readText(reuseFile)) ?? '0');
  const timestamps = await host.readText(`${sysctl}/tcp_timestamps`);
  return timestamps?.trim() === '0' ? 'never' : reuse;
}

const reuses: readonly TimeWaitReuse[] = ['never', 'always', 'loopback'];

/** `/proc/sys/net/ipv4/tcp_tw_reuse` (ip-sysctl of the kernel): `2`, its default, is for loopback only. */
export function parseTimeWaitReuse(text: string): TimeWaitReuse {
  const reuse = /^\d+\s*$/.test(text) ? reuses[Number(text)] : undefined;
  if (reuse === undefined) throw unexpected(reuseFile, '0, 1 or 2', text.trim());
  return reuse;
}
