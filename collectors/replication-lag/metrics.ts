import { gauge } from '../../lib/metric.ts';

const pair = ['dataset', 'target'] as const;

export const lastReplication = gauge(
  'zfs_last_replication_timestamp',
  'Creation time of the newest snapshot that source and target have in common: what the target can restore. The last one known while that cannot be asked, or the chain is broken.',
  pair,
);
export const lag = gauge(
  'zfs_replication_lag_seconds',
  'Creation time of the newest snapshot of the source less that of the newest common one; 0 in sync. One clock, so no skew.',
  pair,
);
export const pendingSnapshots = gauge(
  'zfs_replication_pending_snapshots',
  'Snapshots of the source that are newer than the newest common one; 0 in sync.',
  pair,
);
export const pendingBytes = gauge(
  'zfs_replication_pending_bytes',
  'Space written from the newest common snapshot to the newest pending one, as the sum of the property written; 0 in sync, absent where no common snapshot is left.',
  pair,
);
export const oldestPending = gauge(
  'zfs_replication_oldest_pending_timestamp_seconds',
  'Creation time of the first snapshot since the newest common one, even if the source has pruned it by now: since when something is waiting; absent in sync.',
  pair,
);
export const sourceNewest = gauge(
  'zfs_replication_source_newest_snapshot_timestamp_seconds',
  'Creation time of the newest snapshot of the source.',
  pair,
);
export const chainIntact = gauge(
  'zfs_replication_chain_intact',
  'Whether an incremental send is possible. 0: no common snapshot or bookmark, or no such target: the next send must be a full one.',
  pair,
);
export const bookmarkOnly = gauge(
  'zfs_replication_bookmark_only',
  'Whether a bookmark of the source is all that joins it to the target.',
  pair,
);
export const diverged = gauge(
  'zfs_replication_target_diverged_snapshots',
  'Snapshots of the target that are newer than the newest common one and that the source does not have: made there, or pruned here.',
  pair,
);
export const partialReceive = gauge(
  'zfs_replication_partial_receive_bytes',
  'Bytes of an interrupted receive that the target keeps for being resumed; 0 where there is none.',
  pair,
);
export const targetUp = gauge(
  'zfs_replication_target_up',
  'Whether the target of the pair could be asked; 0: unreachable or hung. Whether it has the dataset is another matter.',
  ['target'],
);
export const sourceUp = gauge(
  'zfs_replication_source_up',
  'Whether the source of the pair could be asked; 0: unreachable, hung or no such dataset.',
  ['dataset'],
);
export const receivedNewest = gauge(
  'zfs_received_newest_snapshot_timestamp_seconds',
  'Creation time of the newest snapshot of a dataset that was received into, by the clock of where it comes from.',
  ['dataset'],
);
export const receivedSnapshots = gauge('zfs_received_snapshots', 'Snapshots of a dataset that was received into.', [
  'dataset',
]);
