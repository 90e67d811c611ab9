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
  'Creation time of the first snapshot since the newest common one, even if the source has pruned it by now, or when the copy was made, or nothing was last found to wait, if that was later: since when something is waiting; absent in sync.',
  pair,
);
export const sourceNewest = gauge(
  'zfs_replication_source_newest_snapshot_timestamp_seconds',
  'Creation time of the newest snapshot of the source.',
  pair,
);
export const chainIntact = gauge(
  'zfs_replication_chain_intact',
  'Whether an incremental send is possible. 0: no common snapshot or bookmark, or no such target: the next send must be a full one, and broken_info says why.',
  pair,
);
export const bookmarkOnly = gauge(
  'zfs_replication_bookmark_only',
  'Whether a bookmark of the source is all that joins it to the target.',
  pair,
);
export const diverged = gauge(
  'zfs_replication_target_diverged_snapshots',
  'Snapshots of the target that are newer than the newest common one, that the source does not have, and that were not seen to come from it: made there, or gone here by a rollback.',
  pair,
);
export const partialReceive = gauge(
  'zfs_replication_partial_receive_bytes',
  'Bytes of an interrupted receive that the target keeps for being resumed; 0 where there is none.',
  pair,
);
export const partialRemaining = gauge(
  'zfs_replication_partial_receive_remaining_bytes',
  'Bytes that are still to come for a partial receive, as zfs send estimates them on the source; absent where it cannot.',
  pair,
);
export const partialResumable = gauge(
  'zfs_replication_partial_receive_resumable',
  'Whether the source still has the snapshot of a partial receive; absent where there is none.',
  pair,
);
export const brokenInfo = gauge(
  'zfs_replication_broken_info',
  'Why no incremental send is possible: never_sent, copy_gone (there was one), no_common_snapshot (any more), source_made_anew (the target has the copy of another dataset of this name).',
  [...pair, 'reason'],
);
export const behindSince = gauge(
  'zfs_replication_behind_since_timestamp_seconds',
  'Since when the source has held something that the target lacks, be it in no snapshot yet: the newest common snapshot, or when nothing was last found written after it; absent while there is nothing.',
  pair,
);
export const maxAge = gauge(
  'zfs_replication_max_age_seconds',
  'How old behind_since may get, as max_age of the pair, or of all, says.',
  pair,
);
export const sourceWritten = gauge(
  'zfs_replication_source_written_bytes',
  'Written to the source since the newest snapshot that the pair carries; where others came after it, they count once it is a day old.',
  pair,
);
export const selectedSnapshots = gauge(
  'zfs_replication_selected_snapshots',
  'Snapshots of the source that include and exclude of the pair select; absent for a pair without them.',
  pair,
);
export const targetNewest = gauge(
  'zfs_replication_target_newest_snapshot_timestamp_seconds',
  'Creation time of the newest snapshot of a target that has diverged; newer than that of the source, the target may be the side in use.',
  pair,
);
export const targetWritten = gauge(
  'zfs_replication_target_written_bytes',
  'Written to a target that has diverged since its newest snapshot.',
  pair,
);
export const targetSyncSnapshots = gauge(
  'zfs_replication_target_sync_snapshots',
  'Snapshots of syncoid (syncoid_*) on the target that the source does not have: those of other machines, which nobody prunes there; absent where there are none.',
  pair,
);
export const mayBeAway = gauge(
  'zfs_replication_may_be_away',
  'That the far side of this pair may be away (may_be_away): only lateness tells then.',
  pair,
);
export const targetUp = gauge(
  'zfs_replication_target_up',
  'Whether the target of the pair could be asked; 0: unreachable or hung, or its pool is not imported. Whether it has the dataset is another matter.',
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
export const receivedReplica = gauge(
  'zfs_received_replica',
  'Whether a dataset that was received into is kept up by receives: one of received_roots, readonly, or with a snapshot younger than itself and next to nothing written after it.',
  ['dataset'],
);
export const receivedClient = gauge(
  'zfs_received_client_info',
  'Which client a dataset that was received into is of: the one of received_roots that it is, or the dataset directly below one.',
  ['dataset', 'client'],
);
export const clientDatasets = gauge('zfs_received_client_datasets', 'Datasets that were received of a client.', [
  'client',
]);
export const clientNewest = gauge(
  'zfs_received_client_newest_snapshot_timestamp_seconds',
  'Creation time of the newest snapshot of all datasets of a client: when it was last heard of.',
  ['client'],
);
export const clientComplete = gauge(
  'zfs_received_client_complete_timestamp_seconds',
  'Up to when all datasets of a client were received: the oldest of the creation times of their newest snapshots; the newest of them with skips_idle.',
  ['client'],
);
export const clientMaxAge = gauge(
  'zfs_received_client_max_age_seconds',
  'How old that may get, as max_age of [[received]] says.',
  ['client'],
);
