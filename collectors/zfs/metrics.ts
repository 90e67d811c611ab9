import { counter, gauge } from '../../lib/metric.ts';

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
export const poolExpandable = gauge(
  'zfs_pool_expandable_bytes',
  'Space on the devices that the pool could grow into.',
  ['pool'],
);
export const poolFragmentation = gauge('zfs_pool_fragmentation_ratio', 'Fragmentation of the free space, 0 to 1.', [
  'pool',
]);
export const poolDedup = gauge('zfs_pool_dedup_ratio', 'Deduplication factor as zpool prints it: 1 is none.', ['pool']);
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

const vdevLabels = ['pool', 'vdev', 'class'] as const;
export const vdevState = gauge('zfs_vdev_state', 'Vdev state: 1 for the current one, 0 for the others.', [
  ...vdevLabels,
  'state',
]);
export const vdevErrors = counter('zfs_vdev_errors_total', 'I/O and checksum errors since the last zpool clear.', [
  ...vdevLabels,
  'type',
]);
export const vdevSlowIos = counter(
  'zfs_vdev_slow_ios_total',
  'I/Os that took longer than zio_slow_io_ms, since the last zpool clear.',
  vdevLabels,
);
export const vdevInfo = gauge('zfs_vdev_info', 'Place of the vdev in the pool.', [
  ...vdevLabels,
  'vdev_type',
  'parent',
  'guid',
]);
export const vdevTrimState = gauge('zfs_vdev_trim_state', 'TRIM: 1 for the current state, 0 for the others.', [
  'pool',
  'vdev',
  'state',
]);

export const scrubState = gauge(
  'zfs_scrub_state',
  'Last scrub, never a resilver: 0 none known, 1 scanning or paused, 2 finished, 3 cancelled.',
  ['pool'],
);
export const scrubErrors = gauge('zfs_scrub_errors', 'Errors found by the running or last scrub.', ['pool']);
export const scrubPaused = gauge('zfs_scrub_paused', 'Whether the scrub is paused.', ['pool']);
export const scrubRepaired = gauge('zfs_scrub_repaired_bytes', 'Bytes repaired by the running or last scrub.', [
  'pool',
]);
export const scrubIssued = gauge('zfs_scrub_issued_bytes', 'Bytes that the running scrub has verified.', ['pool']);
export const scrubTotal = gauge('zfs_scrub_total_bytes', 'Bytes that the running scrub has to verify.', ['pool']);
export const scrubStart = gauge('zfs_scrub_start_timestamp_seconds', 'Start of the running or last scrub.', ['pool']);
export const scrubEnd = gauge('zfs_scrub_end_timestamp_seconds', 'End of the last scrub, finished or cancelled.', [
  'pool',
]);
export const scrubLastCompleted = gauge(
  'zfs_scrub_last_completed_timestamp_seconds',
  'End of the last scrub that ran to its end; kept when a resilver or a cancelled scrub takes its record.',
  ['pool'],
);

export const resilverState = gauge(
  'zfs_resilver_state',
  'Resilver: 0 none known, 1 running, 2 finished, 3 cancelled.',
  ['pool'],
);
export const resilverErrors = gauge('zfs_resilver_errors', 'Errors of the running or last resilver.', ['pool']);
export const resilverDone = gauge('zfs_resilver_resilvered_bytes', 'Bytes resilvered.', ['pool']);
export const resilverIssued = gauge('zfs_resilver_issued_bytes', 'Bytes that the running resilver has issued.', [
  'pool',
]);
export const resilverTotal = gauge('zfs_resilver_total_bytes', 'Bytes that the running resilver has to issue.', [
  'pool',
]);
export const resilverStart = gauge('zfs_resilver_start_timestamp_seconds', 'Start of the resilver.', ['pool']);
export const resilverEnd = gauge('zfs_resilver_end_timestamp_seconds', 'End of the resilver.', ['pool']);

const rebuildLabels = ['pool', 'vdev'] as const;
export const rebuildState = gauge(
  'zfs_rebuild_state',
  'Sequential resilver of a top-level vdev: 1 running, 2 finished, 3 cancelled; absent where there was none.',
  rebuildLabels,
);
export const rebuildErrors = gauge('zfs_rebuild_errors', 'Errors of the sequential resilver.', rebuildLabels);
export const rebuildDone = gauge(
  'zfs_rebuild_rebuilt_bytes',
  'Bytes rebuilt by the sequential resilver.',
  rebuildLabels,
);
export const rebuildIssued = gauge(
  'zfs_rebuild_issued_bytes',
  'Bytes that the running sequential resilver has issued.',
  rebuildLabels,
);
export const rebuildTotal = gauge(
  'zfs_rebuild_total_bytes',
  'Bytes that the running sequential resilver has to issue.',
  rebuildLabels,
);
export const rebuildStart = gauge(
  'zfs_rebuild_start_timestamp_seconds',
  'Start of the sequential resilver.',
  rebuildLabels,
);
export const rebuildEnd = gauge('zfs_rebuild_end_timestamp_seconds', 'End of the sequential resilver.', rebuildLabels);

export const errorScrubState = gauge(
  'zfs_error_scrub_state',
  'Scrub of known errors (zpool scrub -e): 1 running or paused, 2 finished, 3 cancelled; absent where there was none.',
  ['pool'],
);
export const errorScrubPaused = gauge('zfs_error_scrub_paused', 'Whether the error scrub is paused.', ['pool']);
export const errorScrubExamined = gauge('zfs_error_scrub_examined_blocks', 'Error blocks examined.', ['pool']);
export const errorScrubStart = gauge('zfs_error_scrub_start_timestamp_seconds', 'Start of the error scrub.', ['pool']);
export const errorScrubEnd = gauge('zfs_error_scrub_end_timestamp_seconds', 'End of the error scrub.', ['pool']);

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
