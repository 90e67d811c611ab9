import type { EphemeralPorts } from './ephemeral-ports.ts';
import { type PortTally, addTally, tallyOf } from './port-tally.ts';
import { type Endpoint, canonicalAddress } from './ss.ts';

/** Of a connection, as seen from the end that is asked about. */
export type Direction = 'inbound' | 'outbound';
export const directions = ['inbound', 'outbound'] as const;

/** Tells the direction of a socket that does not listen, from all those that do; undefined where only all sockets tell. */
export function directionFinder(
  listeners: readonly Endpoint[],
  ephemeral: EphemeralPorts,
): (local: Endpoint, peer: Endpoint) => Direction | undefined {
  const byPort = new Map<number, Endpoint[]>();
  for (const listener of listeners) byPort.set(listener.port, [...(byPort.get(listener.port) ?? []), listener]);
  return (local, peer) => {
    const accepted = byPort.get(local.port)?.some((listener) => covers(listener, local)) ?? false;
    return accepted ? 'inbound' : withoutListener(local.port, peer.port, ephemeral);
  };
}

/**
 * Puts what `directionFinder` could not tell where it belongs; `undecided` is by local port << 16 | remote port.
 *
 * A service has lost its listener where one local port is connected to many remote ones, and each of these to few here. A
 * client has it the other way round; that connect() gives one port out towards three services at once is a rare chance.
 */
export function settleDirections(
  undecided: ReadonlyMap<number, PortTally>,
  ports: Readonly<Record<Direction, Map<number, PortTally>>>,
): void {
  const [ofLocal, ofRemote] = [new Map<number, number>(), new Map<number, number>()];
  for (const key of undecided.keys()) {
    const [local, remote] = split(key);
    ofLocal.set(local, (ofLocal.get(local) ?? 0) + 1);
    ofRemote.set(remote, (ofRemote.get(remote) ?? 0) + 1);
  }
  for (const [key, tally] of undecided) {
    const [local, remote] = split(key);
    const partners = ofLocal.get(local) ?? 0;
    const isService = partners >= 3 && partners > (ofRemote.get(remote) ?? 0);
    addTally(isService ? tallyOf(ports.inbound, local) : tallyOf(ports.outbound, remote), tally);
  }
}

function split(key: number): [number, number] {
  return [key >>> 16, key & 0xff_ff];
}

/** Whether `listener` accepts connections to `local`. */
function covers(listener: Endpoint, local: Endpoint): boolean {
  if (listener.device !== '' && listener.device !== local.device) return false;
  const [wanted, address] = [canonicalAddress(listener.address), canonicalAddress(local.address)];
  if (wanted === '*' || wanted === address) return true;
  const isIpv6 = address.includes(':');
  return wanted === (isIpv6 ? '::' : '0.0.0.0');
}

/** Ports that clients take on purpose, as the kernel does for NFS (bindresvport(3), sunrpc.min_resvport). */
const isPrivileged = (port: number): boolean => port >= 512 && port <= 1023;

/** A guess, where the listener is gone or there never was one. No client takes a port below 1024 unless it must. */
function withoutListener(local: number, peer: number, ephemeral: EphemeralPorts): Direction | undefined {
  if (ephemeral.has(local)) return peer < 1024 ? 'outbound' : undefined;
  return isPrivileged(local) && peer < ephemeral.range.low ? 'outbound' : 'inbound';
}
