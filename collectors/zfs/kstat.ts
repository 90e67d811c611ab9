import type { Host } from '../../lib/host.ts';

/** Where OpenZFS publishes without taking a lock: it answers when every zpool command hangs. */
export const kstatFolder = '/proc/spl/kstat/zfs';

/**
 * The state of each imported pool from `/proc/spl/kstat/zfs/<pool>/state`, one word as `ONLINE` (module/zfs/spa_stats.c
 * spa_health_kstat). Undefined where the kernel module is not loaded. An error stands for a state that cannot be read.
 */
export async function readPoolStates(host: Host): Promise<ReadonlyMap<string, string | Error> | undefined> {
  const entries = await host.list(kstatFolder);
  if (entries === undefined) return undefined;
  const pools = entries.filter(({ folder }) => folder).map(({ name }) => name);
  const states = await Promise.all(pools.map(async (pool) => [pool, await readState(host, pool)] as const));
  return new Map(states.filter((entry): entry is [string, string | Error] => entry[1] !== undefined));
}

/** Undefined for a folder that has no state: not a pool, or one that has just been exported. */
async function readState(host: Host, pool: string): Promise<string | Error | undefined> {
  try {
    return (await host.readText(`${kstatFolder}/${pool}/state`))?.trim();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
