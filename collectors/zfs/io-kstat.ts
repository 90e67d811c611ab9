import type { Run } from '../../lib/collector.ts';
import type { Host } from '../../lib/host.ts';
import { type Sample, sampleOf } from '../../lib/metric.ts';
import { integer } from '../../lib/parse.ts';
import * as io from './io-metrics.ts';
import { kstatFolder } from './kstat.ts';

/**
 * What each pool has read and written, from `/proc/spl/kstat/zfs/<pool>/iostats` (module/zfs/spa_stats.c), which takes no
 * lock; lines of name, type and number. OpenZFS 2.3 and newer: before, it counts TRIM only.
 *
 *     arc_read_bytes                  4    84431164
 */
export async function readIo(host: Host, run: Run, pools: Iterable<string>): Promise<Sample[]> {
  const all = await Promise.all([...pools].map((pool) => run.read('iostats', pool, () => readPool(host, run, pool))));
  return all.flatMap((samples) => samples ?? []);
}

async function readPool(host: Host, run: Run, pool: string): Promise<Sample[]> {
  const text = (await host.readText(`${kstatFolder}/${pool}/iostats`)) ?? '';
  return [...text.matchAll(/^(arc|direct)_(read|write)_(count|bytes) +\d+ +(\S+)$/gm)].flatMap(
    ([, via = '', operation = '', unit, number]) => {
      const value = run.attempt(() => integer(number, `iostats of pool ${pool}, ${via}_${operation}_${unit}`));
      return [...sampleOf(unit === 'bytes' ? io.poolBytes : io.poolOperations, { pool, via, operation }, value)];
    },
  );
}
