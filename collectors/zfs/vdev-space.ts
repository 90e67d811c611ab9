import { type Sample, type Value, sampleOf } from '../../lib/metric.ts';
import { type Attempt, cellsOf, integer } from '../../lib/parse.ts';
import type { PoolStatus, Vdev, VdevClass } from './pool-status.ts';
import { percent } from './properties.ts';
import * as v from './vdev-metrics.ts';

/** What one line of zpool list says, of a pool or of a vdev of it. */
export interface VdevSpace {
  readonly pool: string;
  /** What zpool calls the vdev; undefined for the pool itself. */
  readonly vdev: string | undefined;
  /** `unknown` for a word that is not in the source of zpool yet. */
  readonly class: VdevClass | 'unknown';
  /** Bytes. A disk below a mirror or raidz has a size and nothing allocated. */
  readonly size: Value | undefined;
  readonly allocated: Value | undefined;
  /** Of the free space, 0 to 1. */
  readonly fragmentation: Value | undefined;
}

/** The lines between the vdevs, and the class of what follows. cmd/zpool/zpool_main.c, collect_list_stats. */
const classes: ReadonlyMap<string, VdevClass> = new Map([
  ['dedup', 'dedup'],
  ['special', 'special'],
  ['logs', 'log'],
  ['cache', 'l2cache'],
  ['spare', 'spare'],
]);

const columns = ['vdev', 'size', 'allocated', 'free', 'checkpoint', 'expandsize', 'fragmentation', 'capacity'];
/** Deduplication ratio and health; of a pool its altroot, too. */
const others = 2;

/**
 * `zpool list -HpvP`, tabs between (those of special are spaces); a vdev has a tab before its name:
 *
 *     tank	1593835520	6877184	1586958336	-	-	0	0	1.00	ONLINE	-
 *     	raidz2-0	1476395008	6094848	1470300160	-	-	0	0	-	ONLINE
 *     	/var/vd/tank-d0	268435456	-	-	-	-	-	-	-	ONLINE
 *     special                                    -      -      -        -         -      -      -      -  -
 *     	mirror-1	117440512	782336	116658176	-	-	0	0	-	ONLINE
 */
export function parseVdevSpace(text: string, attempt: Attempt): VdevSpace[] {
  const spaces: VdevSpace[] = [];
  let pool = '';
  let vdevClass: VdevSpace['class'] = 'normal';
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue;
    const place = `zpool list -v line ${index + 1}`;
    if (!line.includes('\t')) {
      vdevClass = classes.get(/^\S*/.exec(line)?.[0] ?? '') ?? 'unknown';
    } else if (line.startsWith('\t')) {
      const space = attempt(() => spaceOf(line.slice(1), columns.length + others, place));
      if (space !== undefined) spaces.push({ ...space, pool, class: vdevClass });
    } else {
      const space = attempt(() => spaceOf(line, columns.length + others + 1, place));
      // What follows belongs to this pool, whatever its own line is worth.
      pool = line.slice(0, line.indexOf('\t'));
      vdevClass = 'normal';
      if (space !== undefined) spaces.push({ ...space, pool, vdev: undefined, class: 'normal' });
    }
  }
  return spaces;
}

function spaceOf(line: string, width: number, place: string): Omit<VdevSpace, 'pool' | 'class'> {
  const cells = new Map(cellsOf(line, width, place).map((cell, index) => [columns[index], cell]));
  const [size, allocated] = ['size', 'allocated'].map((name) => integer(cells.get(name) ?? '', `${place}, ${name}`));
  const fragmentation = percent(cells.get('fragmentation') ?? '', `${place}, fragmentation`);
  return { vdev: cells.get('vdev'), size, allocated, fragmentation };
}

/** Only of what holds metaslabs, and of cache devices; what zpool status -j has told already is not told again. */
export function* vdevSpaceSamples(spaces: readonly VdevSpace[], statuses: readonly PoolStatus[]): Generator<Sample> {
  for (const space of spaces) {
    if (space.vdev === undefined || space.allocated === undefined) continue;
    const vdev = vdevOf(space, statuses);
    if (vdev === undefined) continue;
    const labels = { pool: space.pool, vdev: vdev.name, class: vdev.class };
    if (vdev.size === undefined) {
      yield* sampleOf(v.vdevSize, labels, space.size);
      yield* sampleOf(v.vdevAllocated, labels, space.allocated);
    }
    // Nothing is fragmented on a cache device, and zpool prints 0.
    if (vdev.class !== 'l2cache') yield* sampleOf(v.vdevFragmentation, labels, space.fragmentation);
  }
}

/** The vdev of that class that zpool calls so. */
function vdevOf(space: VdevSpace, statuses: readonly PoolStatus[]): Vdev | undefined {
  const vdevs = statuses.find(({ pool }) => pool === space.pool)?.vdevs ?? [];
  return vdevs.find(({ name, class: of, type }) => name === space.vdev && of === space.class && type !== 'root');
}
