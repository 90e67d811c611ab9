import type { Value } from '../../lib/metric.ts';

/** What `zpool status` says of one pool: the one model behind its JSON (OpenZFS >= 2.3) and its text. */
export interface PoolStatus {
  readonly pool: string;
  readonly guid: string | undefined;
  /** Why the pool is not fine; undefined where zpool has nothing to say. */
  readonly reason: StatusReason | undefined;
  readonly scans: readonly Scan[];
  readonly vdevs: readonly Vdev[];
  /** Undefined where the list of errors may not be read. */
  readonly dataErrors: Value | undefined;
}

export interface StatusReason {
  /** A zpool_status_t without its prefix, as `MISSING_DEV_R`; `unknown` for a sentence that we do not know. */
  readonly name: string;
  /** As `ZFS-8000-2Q`; empty where ZFS has none. */
  readonly msgid: string;
}

export interface Scan {
  readonly kind: 'scrub' | 'resilver' | 'rebuild' | 'error scrub';
  readonly state: 'running' | 'finished' | 'cancelled';
  readonly paused: boolean;
  /** The top-level vdev; of a rebuild only. */
  readonly vdev: string | undefined;
  /** UNIX times. */
  readonly start: number | undefined;
  readonly end: number | undefined;
  readonly errors: Value | undefined;
  /** Bytes repaired or resilvered; of an error scrub, blocks examined. In text rounded to what zpool prints. */
  readonly done: Value | undefined;
  /** Bytes, while it runs. */
  readonly issued: Value | undefined;
  readonly total: Value | undefined;
}

/** To be filled with what is known. */
export const unknownScan = {
  paused: false,
  vdev: undefined,
  start: undefined,
  end: undefined,
  errors: undefined,
  done: undefined,
  issued: undefined,
  total: undefined,
} satisfies Partial<Scan>;

export interface Vdev {
  /** The path of a leaf, also of a missing one; the name of any other. */
  readonly name: string;
  /** The part of the pool that it serves: an active hot spare is `normal`, and `spare` in the list of spares. */
  readonly class: VdevClass;
  readonly type: string;
  /** Name of the vdev above it; empty at the top. */
  readonly parent: string;
  /** Only in JSON. */
  readonly guid: string | undefined;
  readonly state: string;
  readonly read: Value | undefined;
  readonly write: Value | undefined;
  readonly checksum: Value | undefined;
  /** Of leaves only. */
  readonly slow: Value | undefined;
  readonly trim: TrimState | undefined;
}

export type VdevClass = 'normal' | 'log' | 'special' | 'dedup' | 'spare' | 'l2cache';

/** Words of zpool status in lower case; `avail` and `inuse` are those of spares. */
export const vdevStates = [
  'online',
  'degraded',
  'faulted',
  'offline',
  'unavail',
  'removed',
  'split',
  'avail',
  'inuse',
  'unknown',
] as const;

export const trimStates = ['untrimmed', 'active', 'suspended', 'complete', 'unsupported'] as const;
export type TrimState = (typeof trimStates)[number];

/** A new word is `unknown`, never an error. */
export function vdevStateOf(word: string): string {
  const state = word.toLowerCase();
  return (vdevStates as readonly string[]).includes(state) ? state : 'unknown';
}

/**
 * Gives the second of two vdevs of the same name its guid: two missing disks may claim one path, and the same series
 * twice would cost the file. Only a hot spare in use rightly stands in two places.
 */
export function distinct(vdevs: readonly Vdev[]): Vdev[] {
  const seen = new Set<string>();
  return vdevs.map((vdev, index) => {
    const key = `${vdev.class === 'spare' ? 'spare' : ''}\0${vdev.name}`;
    if (!seen.has(key)) {
      seen.add(key);
      return vdev;
    }
    return { ...vdev, name: `${vdev.name} (${vdev.guid ?? index})` };
  });
}
