import type { Value } from '../../lib/metric.ts';

/** What `zpool status` says of one pool: the one model behind its JSON (OpenZFS >= 2.3) and its text. */
export interface PoolStatus {
  readonly pool: string;
  readonly guid: string | undefined;
  /** Why the pool is not fine; undefined where zpool has nothing to say. */
  readonly reason: StatusReason | undefined;
  readonly scans: readonly Scan[];
  /** Whether all that is said of scans could be read; else there may be more of them. */
  readonly scansWhole: boolean;
  readonly vdevs: readonly Vdev[];
  /** Undefined where the list of errors may not be read. */
  readonly dataErrors: Value | undefined;
  readonly checkpoint: Checkpoint | undefined;
  /** Only in JSON; text of OpenZFS before 2.3 tells sizes of an entry. */
  readonly dedupTable: { readonly entries: Value | undefined; readonly core: Value | undefined } | undefined;
}

/** The same as zpool lists it: vdevs in their places, and without names of their own. */
export type ListedPool = Omit<PoolStatus, 'vdevs'> & { readonly roots: readonly VdevNode[] };

export interface StatusReason {
  /** A zpool_status_t without its prefix, as `MISSING_DEV_R`; `unknown` for a sentence that we do not know. */
  readonly name: string;
  /** As `ZFS-8000-2Q`; empty where ZFS has none. */
  readonly msgid: string;
}

/** What `zpool checkpoint` has made, until `zpool checkpoint -d` has discarded all of it. */
export interface Checkpoint {
  /** UNIX time; unknown while it is discarded. */
  readonly created: number | undefined;
  readonly discarding: boolean;
}

/** What goes over a whole pool or vdev: to verify it, to make it whole, to widen it or to empty it. */
export interface Scan {
  readonly kind: 'scrub' | 'resilver' | 'rebuild' | 'error scrub' | 'expansion' | 'removal';
  readonly state: 'running' | 'finished' | 'cancelled';
  /** Of an expansion: it waits for a resilver. */
  readonly paused: boolean;
  /** The top-level vdev; of a rebuild or an expansion only. */
  readonly vdev: string | undefined;
  /** UNIX times. */
  readonly start: number | undefined;
  readonly end: number | undefined;
  readonly errors: Value | undefined;
  /** Bytes repaired, resilvered or copied; of an error scrub, blocks examined. In text rounded to what zpool prints. */
  readonly done: Value | undefined;
  /** Bytes, while it runs: those that it has found are sorted before they are issued, for up to two hours. */
  readonly scanned: Value | undefined;
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
  scanned: undefined,
  issued: undefined,
  total: undefined,
} satisfies Partial<Scan>;

/** What zpool status says of one vdev. */
interface VdevStatus {
  /** The part of the pool that it serves: an active hot spare is `normal`, and `spare` in the list of spares. */
  readonly class: VdevClass;
  readonly type: string;
  /** Only in JSON. */
  readonly guid: string | undefined;
  /** Where a leaf is; of a missing one, where it was. */
  readonly path: string | undefined;
  readonly state: string;
  /** Why it is in that state, as vdev_aux_t has it (`EXTERNAL`); empty where ZFS gives no reason. */
  readonly aux: string;
  readonly read: Value | undefined;
  readonly write: Value | undefined;
  readonly checksum: Value | undefined;
  /** Of leaves only. */
  readonly slow: Value | undefined;
  readonly trim: TrimState | undefined;
  /** UNIX time of the end of its last TRIM. */
  readonly trimmed: number | undefined;
  /** Of a leaf that a resilver makes whole, now or after the one that runs. */
  readonly resilver: 'running' | 'waiting' | undefined;
  /** Whether it gets no new data. */
  readonly noalloc: boolean;
  /** Bytes; of what holds metaslabs, and only in JSON, as all below. */
  readonly size: Value | undefined;
  readonly allocated: Value | undefined;
  readonly resilvered: Value | undefined;
  readonly dioVerifyErrors: Value | undefined;
}

/** A vdev in its place, as zpool status lists it. */
export interface VdevNode extends VdevStatus {
  /** What zpool calls it; other vdevs may be called the same. */
  readonly label: string;
  /** Whether zpool calls it by its guid, as nothing with that guid was found: `path` is then where it was. */
  readonly missing: boolean;
  readonly children: readonly VdevNode[];
}

/** Types of vdevs that others stand below, and of what is left of removed ones. */
const interior = ['root', 'mirror', 'raidz', 'draid', 'replacing', 'spare', 'indirect', 'hole', 'missing'] as const;

export function isLeaf({ type, children }: Pick<VdevNode, 'type' | 'children'>): boolean {
  return children.length === 0 && !(interior as readonly string[]).includes(type);
}

/**
 * The type of a vdev of which zpool says none: always in text, and now and then in JSON (openzfs/zfs#18431). Of a leaf it
 * is that of a disk, unless its path is known to be one of files.
 */
export function typeOf(label: string, path: string | undefined): string {
  if (/^draid\d+-\d+-\d+$/.test(label)) return 'dspare';
  const name = /^([a-z]+)[^/]*-\d+$/.exec(label)?.[1] ?? '';
  if (path === undefined && (interior as readonly string[]).includes(name)) return name;
  if (path === undefined) return 'unknown';
  // JSON has the names of disks without their folder: `sda1/old`.
  const file = path.startsWith('/') && (!path.startsWith('/dev/') || path.startsWith('/dev/shm/'));
  return file ? 'file' : 'disk';
}

export interface Vdev extends VdevStatus {
  /** No other vdev of the pool has it, but for a hot spare in use, which stands in two places. */
  readonly name: string;
  /** Name of the vdev above it; empty at the top. */
  readonly parent: string;
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

export type TrimState = 'untrimmed' | 'active' | 'suspended' | 'complete' | 'unsupported';

/** A new word is `unknown`, never an error. */
export function vdevStateOf(word: string): string {
  const state = word.toLowerCase();
  return (vdevStates as readonly string[]).includes(state) ? state : 'unknown';
}
