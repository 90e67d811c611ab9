import type { Host } from '../../lib/host.ts';

const listPath = '/proc/net/dev';

/**
 * The kernel's WireGuard interfaces, as a second opinion on what wg tells: it needs no privilege. The names come from
 * /proc, which always is that of our network namespace; /sys may be another's, and alone would name interfaces of the host.
 */
export async function listInterfaces(host: Host): Promise<readonly string[]> {
  const text = await host.readText(listPath);
  if (text === undefined) throw new Error(`Cannot read ${listPath}: no such file`);
  const names = parseNetDev(text);
  const kinds = await Promise.all(names.map(async (name) => isWireGuard(host, name)));
  return names.filter((_name, index) => kinds[index]);
}

/** `/sys/class/net/wg0/uevent`: `DEVTYPE=wireguard`, then `INTERFACE=wg0` and `IFINDEX=3`. */
export async function isWireGuard(host: Host, name: string): Promise<boolean> {
  const text = await host.readText(`/sys/class/net/${name}/uevent`);
  return text !== undefined && /^DEVTYPE=wireguard$/m.test(text);
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
