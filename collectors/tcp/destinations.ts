import { flat } from '../../lib/parse.ts';
import { type Endpoint, canonicalAddress } from './ss.ts';

/** For each the kernel can give out every ephemeral port once. */
export interface Destination {
  readonly localAddress: string;
  readonly address: string;
  readonly port: number;
  readonly used: number;
}

/** A remote address and port: below 2^48 for IPv4, since a number costs a quarter of what a text does, and else a text. */
type Key = number | string;

/**
 * Counts by local address, remote address and remote port. A crawler has as many destinations as sockets, so at most
 * `capacity` are kept (Misra and Gries, 1982). Up to that many the result is exact, beyond it is too low by less than
 * sockets / capacity.
 */
export function destinationCounter(capacity: number) {
  const counts = new Map<string, Map<Key, number>>();
  let kept = 0;
  const countsOf = (local: string): Map<Key, number> => {
    const known = counts.get(local) ?? new Map<Key, number>();
    if (known.size === 0) counts.set(flat(local), known);
    return known;
  };
  return {
    add: (local: string, peer: Endpoint): void => {
      const ofLocal = countsOf(local);
      const key = keyOf(peer);
      const count = ofLocal.get(key);
      if (count === undefined && kept === capacity) {
        kept = takeOneOfEach(counts);
        return;
      }
      if (count === undefined) kept += 1;
      ofLocal.set(count === undefined && typeof key === 'string' ? flat(key) : key, (count ?? 0) + 1);
    },
    /** The most that one destination has from there. */
    most: (local: string): number => Math.max(0, ...(counts.get(local)?.values() ?? [])),
    /** Those that have most first. */
    all: (): Destination[] =>
      [...counts]
        .flatMap(([localAddress, ofLocal]) =>
          [...ofLocal].map(([key, used]): Destination => ({ localAddress, ...remoteOf(key), used })),
        )
        .sort((a, b) => b.used - a.used || (textOf(a) < textOf(b) ? -1 : 1)),
  };
}

function keyOf({ address, port }: Endpoint): Key {
  const plain = canonicalAddress(address);
  return plain.includes(':') ? `${plain} ${port}` : ipv4Number(plain) * 65_536 + port;
}

/** 3221225985 for `192.0.2.1`. */
function ipv4Number(address: string): number {
  let [value, octet] = [0, 0];
  for (let at = 0; at < address.length; at += 1) {
    const digit = address.charCodeAt(at) - 48;
    if (digit < 0) [value, octet] = [value * 256 + octet, 0];
    else octet = octet * 10 + digit;
  }
  return value * 256 + octet;
}

function remoteOf(key: Key): Pick<Destination, 'address' | 'port'> {
  if (typeof key === 'string') {
    const [address = '', port] = key.split(' ');
    return { address, port: Number(port) };
  }
  const value = Math.floor(key / 65_536);
  const octets = [2 ** 24, 2 ** 16, 2 ** 8, 1].map((unit) => Math.floor(value / unit) % 256);
  return { address: octets.join('.'), port: key % 65_536 };
}

function textOf({ localAddress, address, port }: Destination): string {
  return `${localAddress} ${address} ${port}`;
}

/** Answers how many are left. */
function takeOneOfEach(counts: Map<string, Map<Key, number>>): number {
  let left = 0;
  for (const [local, ofLocal] of counts) {
    // Anew: most are gone then, and taking these away one by one costs as much as they did.
    const kept = new Map<Key, number>();
    for (const [key, count] of ofLocal) if (count > 1) kept.set(key, count - 1);
    if (kept.size === 0) counts.delete(local);
    else counts.set(local, kept);
    left += kept.size;
  }
  return left;
}
