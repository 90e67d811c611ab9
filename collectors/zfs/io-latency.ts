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

/** Up to 2^37 - 1 ns: those of the kernel (VDEV_L_HISTO_BUCKETS in sys/fs/zfs.h). */
const rowCount = 37;

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
  const found: Latency[] = [];
  for (const block of text.split(/^\n+/m).filter((one) => one !== '')) {
    const [name = '', ...lines] = block.split('\n');
    const pool = pools.has(name) ? name : found.at(-1)?.pool;
    if (pool === undefined) throw unexpected('zpool iostat -w', 'the name of a pool', name);
    const place = `zpool iostat -w of ${name === pool ? `pool ${pool}` : name}`;
    const rows = attempt(() => rowsOf(lines, place)) ?? [];
    found.push({ pool, vdev: name === pool ? undefined : name, rows });
  }
  return found;
}

/** All of them: without one, what is counted would look as if it had begun anew. */
function rowsOf(lines: readonly string[], place: string): Row[] {
  const rows = lines.filter((line) => line !== '').map((line) => rowOf(line, place));
  const lost = rows.findIndex(({ upTo }, index) => upTo !== 2 ** (index + 1) - 1);
  if (lost >= 0) throw unexpected(place, `a row of ${2 ** (lost + 1) - 1} ns`, String(rows[lost]?.upTo));
  if (rows.length < rowCount) throw unexpected(place, `${rowCount} rows`, String(rows.length));
  // OpenZFS 2.1 has no column of rebuilds.
  const widths = [...new Set(rows.map(({ counts }) => counts.length))];
  if (widths.length > 1 || Number(widths[0]) < columns.length - 1)
    throw unexpected(place, `${columns.length} counts in each row`, widths.join(' and '));
  return rows;
}

function rowOf(line: string, place: string): Row {
  const [bound = '', ...counts] = line.split('\t');
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
    if (vdev !== undefined && (leaf === undefined || claims(latencies, pool, vdev) > 1)) continue;
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

/** Of two disks that zpool calls alike, which is which cannot be told. */
const claims = (latencies: readonly Latency[], pool: string, label: string): number =>
  latencies.filter((one) => one.pool === pool && one.vdev === label).length;

/** The disk that zpool calls so. A spare in use is counted where it stands in. */
function leafOf(statuses: readonly PoolStatus[], pool: string, label: string): Vdev | undefined {
  const vdevs = statuses.find((status) => status.pool === pool)?.vdevs ?? [];
  const disks = vdevs.filter(({ class: of, path }) => of !== 'spare' && path !== undefined);
  return disks.find(({ name, guid }) => name === label || guid === label);
}
