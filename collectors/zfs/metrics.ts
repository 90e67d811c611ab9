import { gauge } from '../../lib/metric.ts';

export const moduleLoaded = gauge('zfs_module_loaded', 'Whether the ZFS kernel module is loaded.');
export const versionInfo = gauge('zfs_version_info', 'OpenZFS release of the tools and of the kernel module.', [
  'userland',
  'kernel',
]);

export const poolHealth = gauge(
  'zfs_pool_health',
  'Pool state: 0 ONLINE, 1 DEGRADED, 2 FAULTED, 3 OFFLINE, 4 UNAVAIL, 5 REMOVED, 6 SUSPENDED, 7 any other.',
  ['pool'],
);
export const poolState = gauge('zfs_pool_state', 'Pool state: 1 for the current one, 0 for the others.', [
  'pool',
  'state',
]);
export const poolImported = gauge('zfs_pool_imported', 'Whether a pool that the configuration expects is imported.', [
  'pool',
]);
export const poolOptional = gauge(
  'zfs_pool_optional',
  'Pools that may come and go, by optional_pools: 1 while imported.',
  ['pool'],
);
export const poolInfo = gauge('zfs_pool_info', 'Identity of the pool.', ['pool', 'guid']);
export const poolStatusInfo = gauge(
  'zfs_pool_status_info',
  'Why zpool status finds the pool not fine, as zpool_status_t names it; absent where it finds nothing.',
  ['pool', 'reason', 'msgid'],
);
export const poolSize = gauge('zfs_pool_size_bytes', 'Total size of the pool.', ['pool']);
export const poolAllocated = gauge('zfs_pool_allocated_bytes', 'Physical space in use in the pool.', ['pool']);
export const poolFree = gauge('zfs_pool_free_bytes', 'Physical space that is free in the pool.', ['pool']);
export const poolFreeing = gauge('zfs_pool_freeing_bytes', 'Space that a destroy still has to free.', ['pool']);
export const poolLeaked = gauge('zfs_pool_leaked_bytes', 'Space that could not be freed after errors.', ['pool']);
export const poolCheckpoint = gauge('zfs_pool_checkpoint_bytes', 'Space held by the checkpoint.', ['pool']);
export const poolCheckpointCreated = gauge(
  'zfs_pool_checkpoint_timestamp_seconds',
  'When the checkpoint was made; absent where there is none.',
  ['pool'],
);
export const poolCheckpointDiscarding = gauge(
  'zfs_pool_checkpoint_discarding',
  'Whether the checkpoint is being discarded; absent where there is none.',
  ['pool'],
);
export const poolExpandable = gauge(
  'zfs_pool_expandable_bytes',
  'Space on the devices that the pool could grow into.',
  ['pool'],
);
export const poolFragmentation = gauge('zfs_pool_fragmentation_ratio', 'Fragmentation of the free space, 0 to 1.', [
  'pool',
]);
export const poolDedup = gauge('zfs_pool_dedup_ratio', 'Deduplication factor as zpool prints it: 1 is none.', ['pool']);
export const poolDedupTableSize = gauge('zfs_pool_dedup_table_size_bytes', 'Size of the deduplication table on disk.', [
  'pool',
]);
export const poolDedupTableQuota = gauge(
  'zfs_pool_dedup_table_quota_bytes',
  'Limit of the deduplication table; absent where there is none, or OpenZFS chooses it.',
  ['pool'],
);
export const poolDedupTableEntries = gauge('zfs_pool_dedup_table_entries', 'Blocks in the deduplication table.', [
  'pool',
]);
export const poolDedupTableCore = gauge(
  'zfs_pool_dedup_table_core_bytes',
  'Memory that the whole deduplication table takes.',
  ['pool'],
);
export const poolAutotrim = gauge('zfs_pool_autotrim', 'Whether freed space is trimmed at once.', ['pool']);
export const poolMultihost = gauge('zfs_pool_multihost', 'Whether the pool is guarded against a second host.', [
  'pool',
]);
export const poolReadonly = gauge('zfs_pool_readonly', 'Whether the pool is imported read-only.', ['pool']);
export const poolDataErrors = gauge(
  'zfs_pool_data_errors',
  'Errors that no copy or parity could repair, as zpool status counts them.',
  ['pool'],
);
export const poolUpgradable = gauge(
  'zfs_pool_upgradable',
  'Whether zpool upgrade would enable features; absent where a more urgent status hides it.',
  ['pool'],
);
export const compressionRatio = gauge(
  'zfs_compression_ratio',
  'Compression factor of the root dataset and all below it, as zfs prints it: 1 is none.',
  ['pool'],
);

const dataset = ['dataset'] as const;
export const datasetUsed = gauge('zfs_dataset_used_bytes', 'Space used by the dataset and all below it.', dataset);
export const datasetAvailable = gauge(
  'zfs_dataset_available_bytes',
  'Space available to the dataset and all below it.',
  dataset,
);
export const datasetReferenced = gauge('zfs_dataset_referenced_bytes', 'Data that the dataset refers to.', dataset);
export const datasetLogicalUsed = gauge(
  'zfs_dataset_logical_used_bytes',
  'Space used, before compression and copies.',
  dataset,
);
export const datasetLogicalReferenced = gauge(
  'zfs_dataset_logical_referenced_bytes',
  'Data that the dataset refers to, before compression and copies.',
  dataset,
);
export const datasetUsedBySnapshots = gauge(
  'zfs_dataset_used_by_snapshots_bytes',
  'Space that destroying all its snapshots would free.',
  dataset,
);
export const datasetUsedByDataset = gauge(
  'zfs_dataset_used_by_dataset_bytes',
  'Space used by the dataset itself.',
  dataset,
);
export const datasetUsedByChildren = gauge(
  'zfs_dataset_used_by_children_bytes',
  'Space used by the datasets below it.',
  dataset,
);
export const datasetUsedByRefreservation = gauge(
  'zfs_dataset_used_by_refreservation_bytes',
  'Space held for its refreservation.',
  dataset,
);
export const datasetWritten = gauge('zfs_dataset_written_bytes', 'Space written since its newest snapshot.', dataset);
export const datasetQuota = gauge('zfs_dataset_quota_bytes', 'Limit for the dataset and all below it.', dataset);
export const datasetRefquota = gauge('zfs_dataset_refquota_bytes', 'Limit for the dataset alone.', dataset);
export const datasetReservation = gauge(
  'zfs_dataset_reservation_bytes',
  'Space guaranteed to the dataset and all below it.',
  dataset,
);
export const datasetRefreservation = gauge(
  'zfs_dataset_refreservation_bytes',
  'Space guaranteed to the dataset alone.',
  dataset,
);
export const datasetVolumeSize = gauge('zfs_dataset_volume_size_bytes', 'Size of the volume.', dataset);
export const datasetCompressionRatio = gauge(
  'zfs_dataset_compression_ratio',
  'Compression factor of the used space, as zfs prints it: 1 is none.',
  dataset,
);
export const datasetReferencedCompressionRatio = gauge(
  'zfs_dataset_referenced_compression_ratio',
  'Compression factor of the referenced data, as zfs prints it: 1 is none.',
  dataset,
);
export const datasetMounted = gauge('zfs_dataset_mounted', 'Whether the file system is mounted.', dataset);
export const datasetReadonly = gauge('zfs_dataset_readonly', 'Whether the dataset is read-only.', dataset);
export const datasetKeyAvailable = gauge(
  'zfs_dataset_key_available',
  'Whether the key of the encrypted dataset is loaded.',
  dataset,
);
export const datasetInfo = gauge('zfs_dataset_info', 'Properties of the dataset that are words.', [
  'dataset',
  'pool',
  'type',
  'encryption',
  'encryption_root',
  'canmount',
  'mountpoint',
]);

export const snapshotCount = gauge('zfs_snapshot_count', 'Snapshots of the pool and all its datasets.', ['pool']);
export const datasetSnapshots = gauge('zfs_dataset_snapshots', 'Snapshots of the dataset itself.', dataset);
export const datasetNewestSnapshot = gauge(
  'zfs_dataset_newest_snapshot_timestamp_seconds',
  'Creation time of its newest snapshot; a received one keeps the time of its source.',
  dataset,
);
export const datasetOldestSnapshot = gauge(
  'zfs_dataset_oldest_snapshot_timestamp_seconds',
  'Creation time of its oldest snapshot.',
  dataset,
);

export const datasetHeldSnapshots = gauge(
  'zfs_dataset_held_snapshots',
  'Snapshots that zfs hold keeps from being destroyed; absent where there is none.',
  dataset,
);
export const datasetBookmarks = gauge(
  'zfs_dataset_bookmarks',
  'Bookmarks, as of the last listing of the snapshots; absent where there is none.',
  dataset,
);
export const datasetScheduleNewest = gauge(
  'zfs_dataset_schedule_newest_snapshot_timestamp_seconds',
  'Creation time of the newest snapshot of a schedule, as the setting snapshot_schedules names them.',
  ['dataset', 'schedule'],
);
export const datasetReceiveUsed = gauge(
  'zfs_dataset_receive_used_bytes',
  'Space of an incremental receive that goes on, or was interrupted and can be resumed.',
  dataset,
);
