import { flat } from '../../lib/parse.ts';
import { type Destination, destinationCounter } from './destinations.ts';
import type { EphemeralPorts } from './ephemeral-ports.ts';
import { type Endpoint, type SocketRow, addressLabel, canonicalAddress } from './ss.ts';

/** Counts which ephemeral ports are taken. An IPv4 address is the same one in a socket of IPv6 (`::ffff:192.0.2.1`). */
export interface PortUsage {
  /** Any socket, also one that listens; `outbound` is one that has a destination of its own. */
  add(row: SocketRow, outbound: boolean): void;
  /** Ephemeral ports that some socket has. */
  used(): number;
  /** Those towards which most ports are used first. */
  destinations(): readonly Destination[];
  /** Those that have used most ports first. */
  addresses(): readonly LocalAddress[];
}

/** Of one local address, with the device that its sockets are bound to. */
export interface LocalAddress {
  readonly address: string;
  /** Ports that it has: bind() gives out none of them again. */
  readonly used: number;
  /** Of these, those of a single socket. The ports that connect() gives out are soon shared. */
  readonly unshared: number;
}

export function portUsage(ephemeral: EphemeralPorts, capacity = 4096): PortUsage {
  const [destinations, reused] = [destinationCounter(capacity), destinationCounter(capacity)];
  const addresses = addressCounter(ephemeral, reused.most);
  const used = new Uint8Array(65_536);
  return {
    add: (row, outbound) => {
      if (!ephemeral.has(row.local.port)) return;
      const reusable = ephemeral.isReusable(row);
      used[row.local.port] = 1;
      const local = labelOf(row.local);
      addresses.add(local, row.local.port, reusable);
      if (outbound) (reusable ? reused : destinations).add(local, row.peer);
    },
    used: () => used.reduce((sum, one) => sum + one, 0),
    destinations: () => destinations.all(),
    addresses: () => addresses.all(),
  };
}

function labelOf(local: Endpoint): string {
  return addressLabel({ address: canonicalAddress(local.address), device: local.device });
}

/** A byte for each port of an address: 28 kB each, with the range that is the default. */
const addressCapacity = 256;

/** What a byte says: one socket, two or more, or one in TIME-WAIT whose port connect() takes as if it were free. */
const [single, shared, reusableOnly] = [1, 2, 3];

/** What a socket is bound to that has its port of all addresses. */
const wildcards: ReadonlySet<string> = new Set(['*', '0.0.0.0', '::']);

/** `mostReused`: the most sockets in TIME-WAIT, with ports that connect() takes, from there towards one destination. */
function addressCounter({ range }: EphemeralPorts, mostReused: (label: string) => number) {
  const ports = new Map<string, Uint8Array>();
  const add = (label: string, port: number, reusable: boolean): void => {
    let taken = ports.get(label);
    if (taken === undefined) {
      if (ports.size === addressCapacity) return;
      taken = new Uint8Array(range.high - range.low + 1);
      ports.set(flat(label), taken);
    }
    const index = port - range.low;
    taken[index] = taken[index] === 0 ? (reusable ? reusableOnly : single) : shared;
  };
  const useOf = ([label, taken]: [string, Uint8Array]): LocalAddress[] => {
    const [address = '', ...device] = label.split(/(?=%)/);
    if (wildcards.has(address)) return [];
    const everywhere = ['*', address.includes(':') ? '::' : '0.0.0.0'].map((any) =>
      ports.get([any, ...device].join('')),
    );
    const isTaken = (one: number, index: number): boolean =>
      one > 0 || everywhere.some((all) => (all?.[index] ?? 0) > 0);
    const used = taken.reduce((sum, one, index) => sum + Number(isTaken(one, index)), 0);
    const countOf = (what: number): number => taken.reduce((sum, one) => sum + Number(one === what), 0);
    // connect() towards several destinations shares ports: those of one socket each, none of them for most, bind() gave out.
    const free = countOf(reusableOnly);
    const bound = mostReused(label) * 2 > free ? 0 : free;
    return [{ address: label, used, unshared: countOf(single) + bound }];
  };
  const all = (): LocalAddress[] =>
    [...ports].flatMap(useOf).sort((a, b) => b.used - a.used || (a.address < b.address ? -1 : 1));
  return { add, all };
}
