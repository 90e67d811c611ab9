import type { Seconds } from '../../lib/host.ts';
import type { Value } from '../../lib/metric.ts';

/** When WireGuard was first shown: there was no handshake before. */
const published = Date.UTC(2016, 5, 30) / 1000;

/**
 * The UNIX time of a handshake, from what wg printed of it at `now`; 0: never. boringtun tells the seconds since the
 * handshake instead. The kernel does not: there the clock was not set yet when it came about, and nobody knows the time.
 */
export function handshakeTime(printed: Value | undefined, now: Seconds, inKernel: boolean): Value | undefined {
  if (printed === undefined || printed === 0 || printed >= published || now < published) return printed;
  return inKernel ? 0 : Math.round(now) - Number(printed);
}

/** How a peer is, by its latest handshake. One of the future is recent: the clock was set back. */
export function statusOf(handshake: Value, now: Seconds, staleAfter: Seconds): 'never' | 'recent' | 'stale' {
  if (handshake === 0) return 'never';
  return now - Number(handshake) > staleAfter ? 'stale' : 'recent';
}
