import { type Sample, type Value, histogramSamples } from '../../lib/metric.ts';
import { type Attempt, integer, unexpected } from '../../lib/parse.ts';
import * as io from './io-metrics.ts';
import type { PoolStatus, Vdev } from './pool-status.ts';

/** What one pool, or one vdev of it, has waited for. */
export interface Latency {
  readonly pool: string;
  /** What zpool calls the vdev; undefined for the pool itself. */
  readonly vdev: string | undefined;
  readonly rows: readonly Row[];
}

/** Of the I/Os that waited up to this many nanoseconds and longer than those of the row before, how many by column. */
interface Row {
  readonly upTo: number;
  readonly counts: readonly (Value | undefined)[];
}

/** The columns after the bound. cmd/zpool/zpool_main.c, iostat_histo of `-w`. */
const columns: readonly (readonly [wait: string, operation: string])[] = [
  ['total', 'read'],
  ['total', 'write'],
  ['disk', 'read'],
  ['disk', 'write'],
  ['sync_queue', 'read'],
  ['sync_queue', 'write'],
  ['async_queue', 'read'],
  ['async_queue', 'write'],
  ['scrub', ''],
  ['trim', ''],
  ['rebuild', ''],
];

/**
 * `zpool iostat -wHp`, with `-vP` of vdevs, too; counts since the import, rows from 1 ns to 2^37 - 1, tabs between:
 *
 *     tank
 *     1	0	0	0	0	0	0	0	0	0	0	0
 *     …
 *     1048575	3	275	3	287	0	0	0	81	0	0	0
 *
 * An empty line stands before each name; `pools` tells which of them are pools.
 */
export function parseLatency(text: string, pools: ReadonlySet<string>, attempt: Attempt): Latency[] {
  const found: { pool: string; vdev: string | undefined; rows: Row[] }[] = [];
  for (const line of text.split('\n')) {
    const [bound = '', ...counts] = line.split('\t');
    const last = found.at(-1);
    if (counts.length === 0 && bound !== '') {
      const vdev = pools.has(bound) ? undefined : bound;
      if (vdev !== undefined && last === undefined) throw unexpected('zpool iostat -w', 'the name of a pool', bound);
      found.push({ pool: vdev === undefined ? bound : (last?.pool ?? ''), vdev, rows: [] });
    } else if (last !== undefined && counts.length > 0) {
      const row = attempt(() => rowOf(bound, counts, `zpool iostat -w of ${last.vdev ?? `pool ${last.pool}`}`));
      if (row !== undefined) last.rows.push(row);
    }
  }
  return found;
}

function rowOf(bound: string, counts: readonly string[], place: string): Row {
  const upTo = Number(integer(bound, place) ?? Number.NaN);
  if (Number.isNaN(upTo)) throw unexpected(place, 'a number of nanoseconds', bound);
  return { upTo, counts: counts.map((count) => integer(count, place)) };
}

/** Every second power of two from 65 µs to 17 s is what a histogram is given as: zpool's 37 would be 400 series a pool. */
const bounds = Array.from({ length: 10 }, (_, index) => 2 ** (16 + 2 * index));

/** Histograms of the pools; of each disk only what it waited in total and for the disk itself. */
export function* latencySamples(latencies: readonly Latency[], statuses: readonly PoolStatus[]): Generator<Sample> {
  for (const { pool, vdev, rows } of latencies) {
    const leaf = vdev === undefined ? undefined : leafOf(statuses, pool, vdev);
    if (vdev !== undefined && leaf === undefined) continue;
    for (const [index, [wait, operation]] of columns.entries()) {
      const counted = upToBounds(rows, index);
      // Most pools never had a TRIM or a rebuild.
      if (counted === undefined || (operation === '' && counted.all === 0)) continue;
      const { buckets, all } = counted;
      if (leaf === undefined) yield* histogramSamples(io.poolWait, { pool, wait, operation }, buckets, all);
      else if (wait === 'total' || wait === 'disk') {
        const labels = { pool, vdev: leaf.name, class: leaf.class, wait, operation };
        yield* histogramSamples(io.vdevWait, labels, buckets, all);
      }
    }
  }
}

/** How many I/Os of a column took up to each bound, in seconds; undefined where a count is missing. */
function upToBounds(rows: readonly Row[], column: number): { buckets: [number, number][]; all: number } | undefined {
  const buckets: [number, number][] = [];
  let all = 0;
  const closeUpTo = (longest: number): void => {
    for (const bound of bounds.slice(buckets.length)) {
      if (bound > longest) return;
      buckets.push([bound / 1e9, all]);
    }
  };
  for (const { upTo, counts } of rows) {
    const count = counts[column];
    if (count === undefined) return undefined;
    closeUpTo(upTo);
    // The last row has whatever took longer, too.
    all += Number(count);
  }
  closeUpTo(Number.POSITIVE_INFINITY);
  return rows.length === 0 ? undefined : { buckets, all };
}

/** The disk that zpool calls so; none where several have that path. A spare in use is counted where it stands in. */
function leafOf(statuses: readonly PoolStatus[], pool: string, label: string): Vdev | undefined {
  const vdevs = statuses.find((status) => status.pool === pool)?.vdevs ?? [];
  const disks = vdevs.filter((vdev) => vdev.class !== 'spare' && (vdev.path === label || vdev.guid === label));
  return disks.length === 1 ? disks[0] : undefined;
}
