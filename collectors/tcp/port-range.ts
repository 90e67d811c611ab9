import { messageOf } from '../../lib/errors.ts';
import type { Host } from '../../lib/host.ts';
import { unexpected } from '../../lib/parse.ts';

export const portRangeFile = '/proc/sys/net/ipv4/ip_local_port_range';

/** The ephemeral ports: those that the kernel takes for a socket that asks for none. */
export interface PortRange {
  readonly low: number;
  readonly high: number;
}

/** The kernel's own default, for where its range cannot be read. */
export const defaultPortRange: PortRange = { low: 32_768, high: 60_999 };

export async function readPortRange(host: Host): Promise<PortRange | Error> {
  try {
    const text = await host.readText(portRangeFile);
    return text === undefined ? new Error(`Cannot read ${portRangeFile}: no such file`) : parsePortRange(text);
  } catch (error) {
    return new Error(messageOf(error));
  }
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
