import type { Value } from '../../lib/metric.ts';
import { type Attempt, integer, unexpected } from '../../lib/parse.ts';
import {
  type PoolStatus,
  type Scan,
  type TrimState,
  type Vdev,
  type VdevClass,
  distinct,
  unknownScan,
  vdevStateOf,
} from './pool-status.ts';
import { statusReason } from './status-reason.ts';

/**
 * `zpool status -j -p -t`, OpenZFS >= 2.3 (cmd/zpool/zpool_main.c status_callback_json). Never --json-int, which cuts
 * guids, nor --json-flat-vdevs, which loses an active spare:
 *
 *     {"output_version":{"command":"zpool status","vers_major":0,"vers_minor":1},"pools":{"m1":{"name":"m1",
 *     "state":"DEGRADED","pool_guid":"7471877525490080915","status":"One or more devices …","msgid":"ZFS-8000-2Q",
 *     "scan_stats":{"function":"SCRUB","state":"SCANNING","start_time":"1795337258","end_time":"0",…},
 *     "vdevs":{"m1":{"name":"m1","vdev_type":"root","state":"DEGRADED","read_errors":"0",…,"vdevs":{…}}},
 *     "logs":{…},"spares":{…},"error_count":"0"}}}
 *
 * With -p every number is an exact decimal string.
 */
export function parseZpoolStatusJson(text: string, attempt: Attempt): PoolStatus[] {
  const { pools } = object(parse(text));
  if (!isObject(pools)) throw unexpected('zpool status -j', 'an object "pools"', typeof pools);
  return Object.values(pools).map((pool) => poolStatus(object(pool), attempt));
}

type Json = Readonly<Record<string, unknown>>;

/** Even with exit status 0 the JSON may end too early: in the C locale at the first non-ASCII byte. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unexpected('zpool status -j', 'JSON', text.slice(-40));
  }
}

function poolStatus(json: Json, attempt: Attempt): PoolStatus {
  const pool = string(json['name']) ?? '';
  const count: Count = (value) => attempt(() => integer(string(value), `zpool status of pool ${pool}`));
  return {
    pool,
    scans: scans(object(json['scan_stats']), count),
    vdevs: distinct([...allVdevs(json, count)]),
    guid: string(json['pool_guid']),
    reason: statusReason(string(json['status']), string(json['msgid'])),
    dataErrors: count(json['error_count']),
  };
}

type Count = (value: unknown) => Value | undefined;

/** The groups of a pool, as zpool lists them beside `vdevs`. */
const sections: readonly (readonly [key: string, vdevClass: VdevClass])[] = [
  ['vdevs', 'normal'],
  ['special', 'special'],
  ['dedup', 'dedup'],
  ['logs', 'log'],
  ['l2cache', 'l2cache'],
  ['spares', 'spare'],
];

function* allVdevs(pool: Json, count: Count): Generator<Vdev> {
  for (const [key, vdevClass] of sections) yield* vdevsIn(object(pool[key]), vdevClass, '', count);
}

function* vdevsIn(group: Json, vdevClass: VdevClass, parent: string, count: Count): Generator<Vdev> {
  for (const value of Object.values(group)) {
    const json = object(value);
    const vdev = vdevOf(json, vdevClass, parent, count);
    if (vdev.type !== 'hole' && vdev.type !== 'indirect') yield vdev;
    yield* vdevsIn(object(json['vdevs']), vdevClass, vdev.name, count);
  }
}

function vdevOf(json: Json, vdevClass: VdevClass, parent: string, count: Count): Vdev {
  const name = string(json['name']) ?? '';
  const isLeaf = !isObject(json['vdevs']);
  return {
    name: (isLeaf ? (string(json['path']) ?? string(json['was'])) : undefined) ?? name,
    class: vdevClass,
    type: string(json['vdev_type']) ?? typeOf(name),
    parent,
    state: stateOf(json),
    guid: string(json['guid']),
    read: count(json['read_errors']),
    write: count(json['write_errors']),
    checksum: count(json['checksum_errors']),
    slow: isLeaf ? count(json['slow_ios']) : undefined,
    trim: trimState(json),
  };
}

/** `draid1:2d:5c:1s-0`: a draid may lack its `vdev_type` (openzfs/zfs#18431). */
function typeOf(name: string): string {
  return /^([a-z]+)/.exec(name)?.[1] ?? 'unknown';
}

/**
 * JSON has the kernel's words (module/zcommon vdev_state_str), text those of zpool_state_to_name(). A draid may have none
 * (openzfs/zfs#18431): unknown.
 */
function stateOf(json: Json): string {
  const word = string(json['state']) ?? '';
  if (word === 'CLOSED') return 'offline';
  if (word !== 'CANT_OPEN') return vdevStateOf(word);
  const aux = string(json['aux']);
  if (aux === 'CORRUPT_DATA' || aux === 'BAD_LOG') return 'faulted';
  return aux === 'SPLIT_POOL' ? 'split' : 'unavail';
}

const trimWords: Readonly<Record<string, TrimState>> = {
  NONE: 'untrimmed',
  UNTRIMMED: 'untrimmed',
  CANCELED: 'untrimmed',
  ACTIVE: 'active',
  SUSPENDED: 'suspended',
  COMPLETE: 'complete',
};

function trimState(json: Json): TrimState | undefined {
  return string(json['trim_notsup']) === '1' ? 'unsupported' : trimWords[string(json['trim_state']) ?? ''];
}

const scanStates: Readonly<Record<string, Scan['state']>> = {
  SCANNING: 'running',
  ERRORSCRUBBING: 'running',
  ACTIVE: 'running',
  FINISHED: 'finished',
  COMPLETE: 'finished',
  CANCELED: 'cancelled',
};
const stateOfScan = (word: unknown): Scan['state'] | undefined => scanStates[string(word) ?? ''];

const scanKinds: Readonly<Record<string, Scan['kind']>> = { SCRUB: 'scrub', RESILVER: 'resilver' };

/** One record for scrub and resilver, one for an error scrub that came after it, one per rebuilt vdev. */
function scans(stats: Json, count: Count): Scan[] {
  const rebuilds = Object.values(object(stats['rebuild_stats'])).map((value) => rebuild(object(value), count));
  return [scrubOrResilver(stats, count), errorScrub(stats, count), ...rebuilds].filter((scan) => scan !== undefined);
}

function scrubOrResilver(stats: Json, count: Count): Scan | undefined {
  const kind = scanKinds[string(stats['function']) ?? ''];
  const state = stateOfScan(stats['state']);
  if (kind === undefined || state === undefined) return undefined;
  return {
    ...unknownScan,
    kind,
    state,
    paused: state === 'running' && time(count(stats['scrub_pause'])) !== undefined,
    start: time(count(stats['start_time'])),
    end: time(count(stats['end_time'])),
    errors: count(stats['errors']),
    done: count(stats['processed']),
    ...(state === 'running' && {
      issued: unwrapped(count(stats['issued'])),
      total: remaining(count(stats['to_examine']), count(stats['skipped'])),
    }),
  };
}

function errorScrub(stats: Json, count: Count): Scan | undefined {
  const state = stateOfScan(stats['err_scrub_state']);
  if (string(stats['err_scrub_func']) !== 'ERRORSCRUB' || state === undefined) return undefined;
  return {
    ...unknownScan,
    kind: 'error scrub',
    state,
    paused: state === 'running' && time(count(stats['err_scrub_pause'])) !== undefined,
    start: time(count(stats['err_scrub_start_time'])),
    end: time(count(stats['err_scrub_end_time'])),
    done: count(stats['err_scrub_examined']),
  };
}

function rebuild(stats: Json, count: Count): Scan | undefined {
  const state = stateOfScan(stats['state']);
  if (state === undefined) return undefined;
  return {
    ...unknownScan,
    kind: 'rebuild',
    state,
    vdev: string(stats['name']),
    start: time(count(stats['start_time'])),
    end: time(count(stats['end_time'])),
    errors: count(stats['errors']),
    done: count(stats['rebuilt']),
    ...(state === 'running' && {
      issued: unwrapped(count(stats['issued'])),
      total: remaining(count(stats['to_scan']), count(stats['pass_skipped'])),
    }),
  };
}

/** After a resumed scrub the kernel's counter may have gone below zero (openzfs/zfs#17990). */
function unwrapped(value: Value | undefined): Value | undefined {
  return value === undefined || value < 2 ** 63 ? value : undefined;
}

/** zpool takes the skipped bytes off the total; the kernel's two counters may cross, which must not wrap. */
function remaining(total: Value | undefined, skipped: Value | undefined): Value | undefined {
  if (total === undefined || skipped === undefined) return total;
  const left = BigInt(total) - BigInt(skipped);
  return left > 0n ? Number(left) : 0;
}

function time(value: Value | undefined): number | undefined {
  return value === undefined || Number(value) === 0 ? undefined : Number(value);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function object(value: unknown): Json {
  return isObject(value) ? value : {};
}

function string(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
