import { counter, gauge } from '../../lib/metric.ts';

const vdevLabels = ['pool', 'vdev', 'class'] as const;
export const vdevState = gauge(
  'zfs_vdev_state',
  'State of the vdev: 1 with the current one as label; the others have no series.',
  [...vdevLabels, 'state'],
);
export const vdevErrors = counter('zfs_vdev_errors_total', 'I/O and checksum errors since the last zpool clear.', [
  ...vdevLabels,
  'type',
]);
export const vdevSlowIos = counter(
  'zfs_vdev_slow_ios_total',
  'I/Os that took longer than zio_slow_io_ms, since the last zpool clear.',
  vdevLabels,
);
export const vdevInfo = gauge(
  'zfs_vdev_info',
  'Place of the vdev in the pool, path (of a missing one, the last known), and why it is in its state, if ZFS says so.',
  [...vdevLabels, 'vdev_type', 'parent', 'guid', 'path', 'aux'],
);
export const vdevTrimState = gauge(
  'zfs_vdev_trim_state',
  'TRIM of the vdev: 1 with the current state as label; the others have no series.',
  ['pool', 'vdev', 'state'],
);

export const vdevSize = gauge(
  'zfs_vdev_size_bytes',
  'Size of a top-level vdev, log, special or cache device.',
  vdevLabels,
);
export const vdevAllocated = gauge(
  'zfs_vdev_allocated_bytes',
  'Space in use on a top-level vdev, log, special or cache device.',
  vdevLabels,
);
export const vdevFragmentation = gauge(
  'zfs_vdev_fragmentation_ratio',
  'Fragmentation of the free space of a top-level vdev, log or special device, 0 to 1; with vdev_space.',
  vdevLabels,
);
export const vdevResilver = gauge(
  'zfs_vdev_resilver_state',
  'A disk that resilvers: 1 resilvers now, 2 waits for the next resilver; absent for the others.',
  vdevLabels,
);
export const vdevResilvered = gauge(
  'zfs_vdev_resilvered_bytes',
  'Bytes that the running resilver has written to a disk.',
  vdevLabels,
);
export const vdevTrimCompleted = gauge(
  'zfs_vdev_trim_completed_timestamp_seconds',
  'End of the last zpool trim; absent while one runs, or before the first.',
  ['pool', 'vdev'],
);
export const vdevNoalloc = gauge(
  'zfs_vdev_noalloc',
  '1 for a vdev that gets no new data, as it is being removed or its property allocating is off; absent for the others.',
  vdevLabels,
);
export const vdevDioVerifyErrors = counter(
  'zfs_vdev_dio_verify_errors_total',
  'Direct I/O whose data changed while it was written or read, since the last zpool clear; of a pool, and of vdevs that have any.',
  vdevLabels,
);
