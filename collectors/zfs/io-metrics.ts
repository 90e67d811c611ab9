import { counter, histogram } from '../../lib/metric.ts';

const wait = ['wait', 'operation'] as const;
const described =
  'of I/Os since the import: total, on the disk, in the queue of synchronous or asynchronous I/O, or of a scrub, TRIM or ' +
  'rebuild (absent before the first, and not told by read and write)';

export const poolWait = histogram('zfs_pool_io_wait_seconds', `Wait ${described}.`, ['pool', ...wait]);
export const vdevWait = histogram('zfs_vdev_io_wait_seconds', `Total wait, and wait for the disk, of a disk's I/Os.`, [
  'pool',
  'vdev',
  'class',
  ...wait,
]);

const through = ['pool', 'via', 'operation'] as const;
export const poolBytes = counter(
  'zfs_pool_io_bytes_total',
  'Bytes read or written since the import, before redundancy, by the ARC or past it as direct I/O.',
  through,
);
export const poolOperations = counter(
  'zfs_pool_io_operations_total',
  'Reads and writes of blocks since the import, by the ARC or past it as direct I/O.',
  through,
);
