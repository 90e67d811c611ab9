import type { Scan, StatusReason } from './pool-status.ts';

/**
 * The `status:` sentence of zpool status, known by its beginning with white space collapsed, and its zpool_status_t.
 * cmd/zpool/zpool_main.c print_status_reason(); OpenZFS 2.1 to 2.4, and where the words changed both.
 */
const reasons: readonly (readonly [beginning: string, name: string])[] = [
  ['One or more devices could not be opened. Sufficient', 'MISSING_DEV_R'],
  ['One or more devices could not be opened. There', 'MISSING_DEV_NR'],
  ['One or more devices could not be used because the label is missing or invalid. Sufficient', 'CORRUPT_LABEL_R'],
  ['One or more devices could not be used because the label is missing or invalid. There', 'CORRUPT_LABEL_NR'],
  ['One or more devices has experienced an unrecoverable', 'FAILING_DEV'],
  ['One or more devices has experienced an error', 'CORRUPT_DATA'],
  ['One or more devices has been taken', 'OFFLINE_DEV'],
  ['One or more devices has been removed', 'REMOVED_DEV'],
  ['One or more devices have been removed', 'REMOVED_DEV'],
  ['One or more devices have been sequentially', 'REBUILD_SCRUB'],
  ['One or more devices is currently being resilvered', 'RESILVERING'],
  ['One or more devices are faulted in response to persistent errors. Sufficient', 'FAULTED_DEV_R'],
  ['One or more devices are faulted in response to persistent errors. There', 'FAULTED_DEV_NR'],
  ['One or more devices are faulted in response to IO', 'IO_FAILURE_WAIT'],
  ['One or more devices are configured', 'NON_NATIVE_ASHIFT'],
  ['One or more failure domains', 'FAULTED_FDOM_R'],
  ['One or more features', 'INCOMPATIBLE_FEAT'],
  ['The pool metadata is', 'CORRUPT_POOL'],
  ['The pool is formatted', 'VERSION_OLDER'],
  ['The pool has been upgraded to a newer', 'VERSION_NEWER'],
  ['The pool cannot', 'UNSUP_FEAT_READ'],
  ['The pool can only', 'UNSUP_FEAT_WRITE'],
  ['The pool is suspended', 'IO_FAILURE_MMP'],
  ['Some supported', 'FEAT_DISABLED'],
  ['This pool has a compatibility list', 'COMPATIBILITY_ERR'],
  ['An intent log', 'BAD_LOG'],
  ['Mismatch between pool hostid', 'HOSTID_MISMATCH'],
  ['Errata #', 'ERRATA'],
];

/** Where the msgid says more than the sentence, or there is no sentence. lib/libzfs/libzfs_status.c zfs_msgid_table. */
const byMsgid = new Map(
  Object.entries<string>({
    'ZFS-8000-HC': 'IO_FAILURE_WAIT',
    'ZFS-8000-JQ': 'IO_FAILURE_CONTINUE',
    'ZFS-8000-MM': 'IO_FAILURE_MMP',
    'ZFS-8000-6X': 'BAD_GUID_SUM',
    'ZFS-8000-14': 'CORRUPT_CACHE',
  }),
);

/** The two on-disk formats that `zpool upgrade` would change. */
const upgradable = new Set(['FEAT_DISABLED', 'VERSION_OLDER']);

/**
 * The reason behind a `status:` text and a msgid; undefined where zpool status gives neither. Of a resilver and of a
 * rebuild it says the same; which one it is, the scans tell.
 */
export function statusReason(
  sentence: string | undefined,
  msgid: string | undefined,
  scans: readonly Scan[],
): StatusReason | undefined {
  const words = sentence?.replaceAll(/\s+/g, ' ').trim() ?? '';
  if (words === '' && msgid === undefined) return undefined;
  const known = reasons.find(([beginning]) => words.startsWith(beginning))?.[1];
  const runs = (kind: Scan['kind']): boolean => scans.some((scan) => scan.kind === kind && scan.state === 'running');
  const name = known === 'RESILVERING' && runs('rebuild') && !runs('resilver') ? 'REBUILDING' : known;
  return { name: byMsgid.get(msgid ?? '') ?? name ?? 'unknown', msgid: msgid ?? '' };
}

/** zpool status gives one reason only, the most urgent; undefined where it may hide that features are disabled. */
export function isUpgradable(reason: StatusReason | undefined): boolean | undefined {
  if (reason === undefined) return false;
  return upgradable.has(reason.name) ? true : undefined;
}

/** zpool says so of a pool whose state may still be ONLINE, as before OpenZFS 2.2 with failmode=continue. */
const suspended = new Set(['IO_FAILURE_WAIT', 'IO_FAILURE_CONTINUE', 'IO_FAILURE_MMP']);

export function isSuspended(reason: StatusReason | undefined): boolean {
  return reason !== undefined && suspended.has(reason.name);
}
