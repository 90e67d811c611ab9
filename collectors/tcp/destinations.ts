import type { Endpoint } from './endpoint.ts';

/** Counts sockets by destination, and keeps only what can be the most. */
export interface DestinationCounter {
  add(local: Endpoint, peer: Endpoint): void;
  /** The most for any one destination. */
  max(): number;
}

/**
 * Counts by local address, remote address and remote port: for each the kernel can give out every ephemeral port once.
 *
 * A crawler has as many destinations as sockets, so at most `capacity` are kept (Misra and Gries, 1982). Up to that many
 * the result is exact, beyond it is too low by less than sockets / capacity.
 */
export function destinationCounter(capacity = 4096): DestinationCounter {
  const counts = new Map<string, number>();
  return {
    add: (local, peer) => {
      // Joined and not added up: a sum of parts of a line would keep the line, and all that was read with it.
      const key = [local.address, local.device, peer.address, peer.port].join(' ');
      const count = counts.get(key);
      if (count !== undefined) counts.set(key, count + 1);
      else if (counts.size < capacity) counts.set(key, 1);
      else takeOneOfEach(counts);
    },
    max: () => Math.max(0, ...counts.values()),
  };
}

function takeOneOfEach(counts: Map<string, number>): void {
  for (const [key, count] of counts) {
    if (count === 1) counts.delete(key);
    else counts.set(key, count - 1);
  }
}
