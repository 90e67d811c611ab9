import { type PortRange, inRange } from './proc-net.ts';
import type { Endpoint } from './ss.ts';

/** Of a connection, as seen from the end that is asked about. */
export type Direction = 'inbound' | 'outbound';
export const directions = ['inbound', 'outbound'] as const;

/** Tells the direction of a socket that does not listen, from all those that do. */
export function directionFinder(
  listeners: readonly Endpoint[],
  range: PortRange,
): (local: Endpoint, peer: Endpoint) => Direction {
  const byPort = new Map<number, Endpoint[]>();
  for (const listener of listeners) byPort.set(listener.port, [...(byPort.get(listener.port) ?? []), listener]);
  return (local, peer) => {
    const accepted = byPort.get(local.port)?.some((listener) => covers(listener, local)) ?? false;
    return accepted ? 'inbound' : withoutListener(local.port, peer.port, range);
  };
}

/** Whether `listener` accepts connections to `local`. */
function covers(listener: Endpoint, local: Endpoint): boolean {
  if (listener.device !== '' && listener.device !== local.device) return false;
  const [wanted, address] = [unmapped(listener.address), unmapped(local.address)];
  if (wanted === '*' || wanted === address) return true;
  const isIpv6 = address.includes(':');
  return wanted === (isIpv6 ? '::' : '0.0.0.0');
}

/** `192.0.2.1` for `::ffff:192.0.2.1`: an IPv4 connection in a socket of IPv6. */
function unmapped(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
}

/** Reserved ports that clients take on purpose, as the kernel does for NFS (bindresvport(3), sunrpc.min_resvport). */
const reserved: PortRange = { low: 512, high: 1023 };

/** A guess, where the listener is gone or there never was one. */
function withoutListener(local: number, peer: number, range: PortRange): Direction {
  if (inRange(range, local)) return 'outbound';
  return inRange(reserved, local) && peer < range.low ? 'outbound' : 'inbound';
}
