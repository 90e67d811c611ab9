/** By dashboard and by the beginning of "panel: query": why the recorded machines have no answer. */
export const withoutData: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  fleet: { 'Links down: max by': 'bytes come from every recorded peer that ever had a handshake' },
  zfs: { 'Slow I/Os: ': 'no disk of the recorded machines ever took 30 seconds' },
  ebpf: {
    'The slowest hundredth of requests took at least: topk(10, device_operation':
      'what was in the week before is known a day later',
  },
  'replication-lag': {
    'Interrupted receives, diverged targets, bookmarks: topk(10, zfs_replication_target_sync_snapshots':
      'on no recorded machine do the sync snapshots of other hosts pile up',
  },
};
