import { type Attempt, unexpected } from '../../lib/parse.ts';
import { type Count, type Json, counting, isObject, object, word } from './json.ts';
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
  const { pools } = object(parse(text));
  if (!isObject(pools)) throw unexpected('zpool status -j', 'an object "pools"', typeof pools);
  return Object.values(pools).map((pool) => poolStatus(object(pool), attempt));
}

/** Even with exit status 0 the JSON may end too early: in the C locale at the first non-ASCII byte. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unexpected('zpool status -j', 'JSON', text.slice(-40));
  }
}

function poolStatus(json: Json, attempt: Attempt): ListedPool {
  const pool = word(json['name']) ?? '';
  const place = `zpool status of pool ${pool}`;
  const count = counting(attempt, place);
  const scans = jsonScans(json, count).map((scan) => plausible(scan, place, attempt));
  return {
    pool,
    scans,
    roots: vdevRoots(json, resilvers(scans), count),
    guid: word(json['pool_guid']),
    reason: statusReason(word(json['status']), word(json['msgid']), scans),
    dataErrors: count(json['error_count']),
    checkpoint: checkpointOf(object(json['checkpoint_stats']), count),
    dedupTable: dedupTableOf(object(json['dedup_stats']), count),
  };
}

function checkpointOf(stats: Json, count: Count): ListedPool['checkpoint'] {
  const state = word(stats['state']);
  if (state === undefined || state === 'NONE') return undefined;
  const created = count(stats['start_time']);
  return {
    created: created === undefined ? undefined : Number(created) || undefined,
    discarding: state === 'DISCARDING',
  };
}

function dedupTableOf(stats: Json, count: Count): ListedPool['dedupTable'] {
  if (stats['obj_count'] === undefined) return undefined;
  return { entries: count(stats['obj_count']), core: count(stats['mspace']) };
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

function vdevRoots(pool: Json, resilvering: boolean, count: Count): VdevNode[] {
  const seen = new Set<string>();
  return sections.flatMap(([key, vdevClass]) =>
    Object.values(object(pool[key])).map((value) => {
      const json = key === 'vdevs' ? { vdev_type: 'root', ...object(value) } : object(value);
      return withoutCopies(vdevNode(json, vdevClass, resilvering, count), seen);
    }),
  );
}

function vdevNode(json: Json, vdevClass: VdevClass, resilvering: boolean, count: Count): VdevNode {
  const label = word(json['name']) ?? '';
  const children = Object.values(object(json['vdevs'])).map((child) =>
    vdevNode(object(child), vdevClass, resilvering, count),
  );
  const was = word(json['was']);
  const path = word(json['path']) ?? was ?? (label.includes('/') ? label : undefined);
  const type = word(json['vdev_type']) ?? typeOf(label, path);
  const leaf = isLeaf({ type, children });
  return {
    label,
    missing: was !== undefined,
    children,
    class: vdevClass,
    type,
    state: stateOf(json),
    aux: word(json['aux']) ?? '',
    guid: word(json['guid']),
    path: leaf && path?.startsWith('/') === true ? path : undefined,
    read: count(json['read_errors']),
    write: count(json['write_errors']),
    checksum: count(json['checksum_errors']),
    slow: leaf ? count(json['slow_ios']) : undefined,
    trim: trimState(json),
    trimmed: word(json['trim_state']) === 'COMPLETE' ? Number(count(json['trim_time'])) || undefined : undefined,
    noalloc: word(json['noalloc']) === '1' || word(json['removing']) === '1',
    // Zeroes are not printed.
    size: count(json['total_space']),
    allocated: json['total_space'] === undefined ? undefined : count(json['alloc_space'] ?? '0'),
    ...(leaf ? resilverOf(json, resilvering, count) : { resilver: undefined, resilvered: undefined }),
    dioVerifyErrors: count(json['dio_verify_errors']),
  };
}

function resilverOf(json: Json, resilvering: boolean, count: Count): Pick<VdevNode, 'resilver' | 'resilvered'> {
  const done = resilvering ? count(json['scan_processed']) : undefined;
  if (done !== undefined && done > 0) return { resilver: 'running', resilvered: done };
  return { resilver: word(json['resilver_deferred']) === '1' ? 'waiting' : undefined, resilvered: undefined };
}

/**
 * zpool looks what stands below a `replacing-0` or `spare-0` up in its place, but that vdev itself by its name: where
 * several have one name, all are printed with guid, state and counters of the first. The state follows from the children.
 */
function withoutCopies(node: VdevNode, seen: Set<string>): VdevNode {
  const children = node.children.map((child) => withoutCopies(child, seen));
  if (node.guid === undefined || isLeaf(node)) return { ...node, children };
  const copied = seen.has(node.guid);
  seen.add(node.guid);
  if (!copied) return { ...node, children };
  const state = mirrorState(children.map((child) => child.state));
  return { ...node, ...unknown, children, state };
}

const unknown = {
  guid: undefined,
  read: undefined,
  write: undefined,
  checksum: undefined,
  dioVerifyErrors: undefined,
} as const;

/** module/zfs/vdev_mirror.c vdev_mirror_state_change(), which serves replacing and spare vdevs, too. */
function mirrorState(children: readonly string[]): string {
  if (children.every((state) => state === 'online')) return 'online';
  return children.some((state) => state === 'online' || state === 'degraded') ? 'degraded' : 'unavail';
}

/**
 * JSON has the kernel's words (module/zcommon vdev_state_str), text those of zpool_state_to_name(). A vdev may have none
 * (openzfs/zfs#18431): it then follows from the reason, where there is one.
 */
function stateOf(json: Json): string {
  const aux = word(json['aux']) ?? '';
  const state = word(json['state']) ?? (faultyAux.has(aux) ? 'FAULTED' : unopenedAux.has(aux) ? 'CANT_OPEN' : '');
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

function trimState(json: Json): TrimState | undefined {
  return word(json['trim_notsup']) === '1' ? 'unsupported' : trimWords.get(word(json['trim_state']) ?? '');
}
