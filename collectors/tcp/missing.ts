import type { Family } from './endpoint.ts';
import { type SocketCounts, sockstatFile, total } from './sockstat.ts';
import type { FamilyCounts } from './walk.ts';

/**
 * Why a walk is not believed. ss ends with exit status 0 also where the kernel's answer was cut short, or never came for
 * one of the two families.
 *
 * Sockets come and go while it looks at them: a tenth less than `counts`, or a few, says nothing.
 */
export function missingSockets(families: FamilyCounts, counts: readonly SocketCounts[]): string | undefined {
  const expected = Math.min(...counts.map(total));
  const [ipv4, ipv6] = [countable(families, 'ipv4'), countable(families, 'ipv6')];
  const none =
    (ipv4 === 0 && counts.every((one) => one.ipv4 > 0)) || (ipv6 === 0 && counts.every((one) => one.ipv6 > 0));
  if (!none && ipv4 + ipv6 >= expected * 0.9 - 16) return undefined;
  const found = `${ipv4} sockets of IPv4 and ${ipv6} of IPv6`;
  return `ss shows ${found}, with exit status 0, where ${sockstatFile} counts ${expected} in all: not believed`;
}

/** Those that sockstat counts, too. */
function countable(families: FamilyCounts, family: Family): number {
  let count = 0;
  for (const [state, sockets] of families[family]) if (state !== 'syn-recv' && state !== 'closed') count += sockets;
  return count;
}
