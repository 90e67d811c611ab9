import type { Host } from '../../lib/host.ts';

const listPath = '/proc/net/dev';

/** WireGuard itself, or AmneziaWG, which differs from it in what its packets look like. */
export type Kind = 'wireguard' | 'amneziawg';

/** An interface of the kernel. */
interface KernelInterface {
  readonly name: string;
  readonly kind: Kind;
}

/** What is in our network namespace. */
export interface Listed {
  /** All interfaces, whatever they are; undefined where they could not be listed. */
  readonly names: ReadonlySet<string> | undefined;
  readonly known: readonly KernelInterface[];
}

/**
 * The kernel's WireGuard interfaces, as a second opinion on what wg tells: it needs no privilege. The names come from
 * /proc, which always is that of our network namespace; /sys may be another's, and alone would name interfaces of the host.
 */
export async function listInterfaces(host: Host): Promise<Listed> {
  const text = await host.readText(listPath);
  if (text === undefined) throw new Error(`Cannot read ${listPath}: no such file`);
  const names = parseNetDev(text);
  const found = await Promise.all(names.map(async (name) => ({ name, kind: await kindOf(host, name) })));
  const known = found.flatMap(({ name, kind }) => (kind === undefined ? [] : [{ name, kind }]));
  return { names: new Set(names), known };
}

/** `/sys/class/net/wg0/uevent`: `DEVTYPE=wireguard`, then `INTERFACE=wg0` and `IFINDEX=3`. Undefined of any other interface. */
export async function kindOf(host: Host, name: string): Promise<Kind | undefined> {
  const text = await host.readText(`/sys/class/net/${name}/uevent`);
  return (['wireguard', 'amneziawg'] as const).find((kind) => text?.split('\n').includes(`DEVTYPE=${kind}`));
}

/**
 * Names in `/proc/net/dev` (proc_pid_net(5)), below two lines of headings:
 *
 *     Inter-|   Receive                                                |  Transmit
 *      face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
 *        lo:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0
 *       wg0: 51624     536    0    0    0     0          0         0  3185308    2177    0    0    0     0       0          0
 */
export function parseNetDev(text: string): string[] {
  return [...text.matchAll(/^ *([^\s:/|]+):/gm)].map(([, name = '']) => name);
}
