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
