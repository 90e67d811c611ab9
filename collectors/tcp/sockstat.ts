import { messageOf } from '../../lib/errors.ts';
import type { Host } from '../../lib/host.ts';
import { unexpected } from '../../lib/parse.ts';

export const sockstatFile = '/proc/net/sockstat';

/** How many sockets the kernel has in this network namespace. */
export interface SocketCounts {
  readonly ipv4: number;
  readonly ipv6: number;
  /** Of both families, and in none of the two. */
  readonly timeWait: number;
}

export async function readSocketCounts(host: Host): Promise<SocketCounts | Error> {
  try {
    const text = await host.readText(sockstatFile);
    if (text === undefined) return new Error(`Cannot read ${sockstatFile}: no such file`);
    return parseSockstat(text, await host.readText(`${sockstatFile}6`));
  } catch (error) {
    return new Error(messageOf(error));
  }
}

/**
 * `/proc/net/sockstat` and `sockstat6` (proc(5)), the second of which is not there where IPv6 is off:
 *
 *     TCP: inuse 28 orphan 0 tw 6 alloc 48 mem 517
 *     TCP6: inuse 12
 *
 * `alloc` and `mem` are those of all namespaces. Nowhere counted is what is half open (SYN-RECV), or bound and no more.
 */
export function parseSockstat(text: string, text6: string | undefined): SocketCounts {
  const [line, inuse, timeWait] = /^TCP: inuse (\d+) .*\btw (\d+)\b.*/m.exec(text) ?? [];
  if (line === undefined) throw unexpected(sockstatFile, '"TCP: inuse … tw …"', /^TCP: .*/m.exec(text)?.[0] ?? text);
  const inuse6 = /^TCP6: inuse (\d+)\b/m.exec(text6 ?? '')?.[1] ?? 0;
  return { ipv4: Number(inuse), ipv6: Number(inuse6), timeWait: Number(timeWait) };
}

export function total({ ipv4, ipv6, timeWait }: SocketCounts): number {
  return ipv4 + ipv6 + timeWait;
}
