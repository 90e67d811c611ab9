import type { Run } from '../../lib/collector.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Host } from '../../lib/host.ts';

/** Where OpenZFS publishes without taking a lock: it answers when every zpool command hangs. */
export const kstatFolder = '/proc/spl/kstat/zfs';

/**
 * The state of each imported pool from `/proc/spl/kstat/zfs/<pool>/state`, one word as `ONLINE` (module/zfs/spa_stats.c
 * spa_health_kstat), reported pool by pool; undefined for one that cannot be read. Nothing where the kernel module is not
 * loaded. A folder without that file is no pool, or one that has just been exported; `$import-ffff8d3c1b2a0000-tank`, before
 * OpenZFS 2.3 `$import`, is what `zpool import` has opened to look at (module/zfs/spa.c spa_tryimport), and no command tells of it.
 */
export async function readPoolStates(
  host: Host,
  run: Run,
): Promise<ReadonlyMap<string, string | undefined> | undefined> {
  const entries = await host.list(kstatFolder);
  if (entries === undefined) return undefined;
  const pools = entries.filter(({ folder, name }) => folder && !name.startsWith('$')).map(({ name }) => name);
  const states = new Map<string, string | undefined>();
  const texts = await Promise.allSettled(pools.map((pool) => host.readText(`${kstatFolder}/${pool}/state`)));
  for (const [index, text] of texts.entries()) {
    const pool = pools[index] ?? '';
    if (text.status === 'fulfilled' && text.value === undefined) continue;
    run.report('kstat', pool, text.status === 'rejected' ? messageOf(text.reason) : undefined);
    states.set(pool, text.status === 'rejected' ? undefined : text.value?.trim());
  }
  return states;
}
