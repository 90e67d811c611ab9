import type { Unit } from '../../lib/unit.ts';

export const unit: Unit = {
  interval: 60,
  exceptions: {
    BindPaths: ['-/dev/zfs', 'What zpool and zfs talk to. They open it for writing, too; what they ask only reads.'],
    DeviceAllow: ['/dev/zfs rw', 'As above.'],
    ProcSubset: ['all', 'The states of the pools, which need no lock, are in /proc/spl/kstat.'],
  },
};
