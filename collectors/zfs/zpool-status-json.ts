import { type Attempt, unexpected, watching } from '../../lib/parse.ts';
import { type Json, type Reader, isObject, parseJsonExactly, reading } from './json.ts';
import { plausible } from './plausible.ts';
import {
  type ListedPool,
  type Scan,
  type TrimState,
  type VdevClass,
  type VdevNode,
  isLeaf,
  typeOf,
  vdevStateOf,
} from './pool-status.ts';
import { type PrintedNode, eachAsItself } from './printed-vdevs.ts';
import { jsonScans } from './scan-json.ts';
import { statusReason } from './status-reason.ts';

/**
 * `zpool status -j -p -t -d -D`, OpenZFS >= 2.3 (cmd/zpool/zpool_main.c status_callback_json). Never --json-int, which cuts
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
export function parseZpoolStatusJson(text: string, attempt: Attempt): ListedPool[] {
  const root = parse(text);
  const pools = isObject(root) ? root['pools'] : undefined;
  if (!isObject(pools)) throw unexpected('zpool status -j', 'an object "pools"', typeof pools);
  return reading(attempt, 'zpool status -j')
    .objects({ pools }, 'pools')
    .map(([pool, json]) => poolStatus(pool, json, attempt));
}

/** Even with exit status 0 the JSON may end too early: in the C locale at the first non-ASCII byte. */
function parse(text: string): unknown {
  try {
    return parseJsonExactly(text);
  } catch {
    throw unexpected('zpool status -j', 'JSON', text.slice(-40));
  }
}

function poolStatus(pool: string, json: Json, attempt: Attempt): ListedPool {
  const place = `zpool status of pool ${pool}`;
  const read = reading(attempt, place);
  const ofScans = watching(attempt);
  const scans = jsonScans(json, reading(ofScans.attempt, place)).map((scan) => plausible(scan, place, attempt));
  return {
    pool,
    scans,
    scansWhole: ofScans.whole(),
    roots: vdevRoots(json, { place, attempt, resilvering: resilvers(scans) }),
    guid: read.guid(json, 'pool_guid'),
    reason: statusReason(read.text(json, 'status'), read.text(json, 'msgid'), scans),
    dataErrors: read.count(json, 'error_count'),
    checkpoint: checkpointOf(read.object(json, 'checkpoint_stats'), read),
    dedupTable: dedupTableOf(read.object(json, 'dedup_stats'), read),
  };
}

const checkpointStates = new Map([
  ['EXISTS', false],
  ['DISCARDING', true],
]);

function checkpointOf(stats: Json, read: Reader): ListedPool['checkpoint'] {
  const discarding = read.oneOf(stats, 'state', checkpointStates);
  if (discarding === undefined) return undefined;
  const created = read.count(stats, 'start_time');
  return { created: created === undefined ? undefined : Number(created) || undefined, discarding };
}

function dedupTableOf(stats: Json, read: Reader): ListedPool['dedupTable'] {
  if (stats['obj_count'] === undefined) return undefined;
  return { entries: read.count(stats, 'obj_count'), core: read.count(stats, 'mspace') };
}

const resilvers = (scans: readonly Scan[]): boolean =>
  scans.some(({ kind, state }) => kind === 'resilver' && state === 'running');

/** The groups of a pool, as zpool lists them beside `vdevs`. */
const sections: readonly (readonly [key: string, vdevClass: VdevClass])[] = [
  ['vdevs', 'normal'],
  ['special', 'special'],
  ['dedup', 'dedup'],
  ['logs', 'log'],
  ['l2cache', 'l2cache'],
  ['spares', 'spare'],
];

/** Where a vdev is found, and in what state of its pool. */
interface Where {
  readonly place: string;
  readonly attempt: Attempt;
  readonly resilvering: boolean;
}

function vdevRoots(pool: Json, where: Where): VdevNode[] {
  const read = reading(where.attempt, where.place);
  const roots = sections.flatMap(([key, vdevClass]) =>
    read.objects(pool, key).map(([label, json]) => {
      const root = key === 'vdevs' ? { vdev_type: 'root', ...json } : json;
      return vdevNode(label, root, vdevClass, where);
    }),
  );
  return eachAsItself(roots);
}

function vdevNode(label: string, json: Json, vdevClass: VdevClass, where: Where, depth = 1): PrintedNode {
  const read = reading(where.attempt, `${where.place}, vdev ${label}`);
  const below = where.attempt(() => vdevsBelow(json, read, depth)) ?? [];
  const children = below.map(([name, child]) => vdevNode(name, child, vdevClass, where, depth + 1));
  const was = read.text(json, 'was');
  const path = read.text(json, 'path') ?? was ?? (label.includes('/') ? label : undefined);
  const type = read.text(json, 'vdev_type') ?? typeOf(label, path);
  const leaf = isLeaf({ type, children });
  const aux = read.text(json, 'aux') ?? '';
  const trimWord = read.oneOf(json, 'trim_state', trimWords);
  const trim = read.flag(json, 'trim_notsup') ? 'unsupported' : trimWord;
  const printed = read.text(json, 'state') ?? '';
  return {
    printed,
    opened: json['phys_space'] !== undefined,
    label,
    missing: was !== undefined,
    children,
    class: vdevClass,
    type,
    state: stateOf(printed, aux),
    aux,
    guid: read.guid(json, 'guid'),
    path: leaf && path?.startsWith('/') === true ? path : undefined,
    read: read.count(json, 'read_errors'),
    write: read.count(json, 'write_errors'),
    checksum: read.count(json, 'checksum_errors'),
    slow: leaf ? read.count(json, 'slow_ios') : undefined,
    trim,
    trimmed: trimWord === 'complete' ? Number(read.count(json, 'trim_time')) || undefined : undefined,
    noalloc: read.flag(json, 'noalloc') || read.flag(json, 'removing'),
    size: read.count(json, 'total_space'),
    // Zeroes are not printed.
    allocated: json['total_space'] === undefined ? undefined : read.count({ alloc_space: 0, ...json }, 'alloc_space'),
    ...(leaf ? resilverOf(json, where.resilvering, read) : { resilver: undefined, resilvered: undefined }),
    dioVerifyErrors: read.count(json, 'dio_verify_errors'),
  };
}

/** Far deeper than a `replacing` in a `spare` in a `mirror`. */
const deepest = 20;

function vdevsBelow(json: Json, read: Reader, depth: number): readonly [string, Json][] {
  if (depth === deepest && json['vdevs'] !== undefined) {
    throw unexpected('zpool status -j', `vdevs in at most ${deepest} levels`, 'more');
  }
  return read.objects(json, 'vdevs');
}

function resilverOf(json: Json, resilvering: boolean, read: Reader): Pick<VdevNode, 'resilver' | 'resilvered'> {
  const done = resilvering ? read.count(json, 'scan_processed') : undefined;
  if (done !== undefined && done > 0) return { resilver: 'running', resilvered: done };
  return { resilver: read.flag(json, 'resilver_deferred') ? 'waiting' : undefined, resilvered: undefined };
}

/**
 * JSON has the kernel's words (module/zcommon vdev_state_str), text those of zpool_state_to_name(). A vdev may have none
 * (openzfs/zfs#18431), or that of another, see printed-vdevs.ts: it then follows from the reason, where there is one.
 */
function stateOf(told: string, aux: string): string {
  const reasoned = faultyAux.has(aux) ? 'FAULTED' : unopenedAux.has(aux) ? 'CANT_OPEN' : told;
  const state = told === '' || told === 'ONLINE' ? reasoned : told;
  if (state === 'CLOSED') return 'offline';
  if (state !== 'CANT_OPEN') return vdevStateOf(state);
  if (aux === 'CORRUPT_DATA' || aux === 'BAD_LOG') return 'faulted';
  return aux === 'SPLIT_POOL' ? 'split' : 'unavail';
}

/** Reasons (vdev_aux_t) that the kernel gives with VDEV_STATE_FAULTED, and with VDEV_STATE_CANT_OPEN. */
const faultyAux = new Set(['EXTERNAL', 'EXTERNAL_PERSIST', 'ERR_EXCEEDED']);
const unopenedAux = new Set([
  'OPEN_FAILED',
  'CORRUPT_DATA',
  'NO_REPLICAS',
  'BAD_GUID_SUM',
  'TOO_SMALL',
  'BAD_LABEL',
  'VERSION_NEWER',
  'VERSION_OLDER',
  'UNSUP_FEAT',
  'IO_FAILURE',
  'BAD_LOG',
  'SPLIT_POOL',
  'BAD_ASHIFT',
  'ACTIVE',
  'CHILDREN_OFFLINE',
  'ASHIFT_TOO_BIG',
]);

const trimWords = new Map(
  Object.entries<TrimState>({
    NONE: 'untrimmed',
    UNTRIMMED: 'untrimmed',
    CANCELED: 'untrimmed',
    ACTIVE: 'active',
    SUSPENDED: 'suspended',
    COMPLETE: 'complete',
  }),
);
