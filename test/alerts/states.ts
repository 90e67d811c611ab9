/** What leaves Alertmanager for one machine that stays as it was recorded. */
export interface State {
  /** Recordings of collectors that ran on it, as `zfs/healthy`; without any it does not answer. */
  readonly recordings: readonly string[];
  /** A receiver and the alerts of each notification, in order. */
  readonly told: readonly string[];
}

const state = (recordings: string, ...told: string[]): State => ({
  recordings: recordings.split(' ').filter((one) => one !== ''),
  told,
});

export const states: readonly State[] = [
  state('', 'oncall: NodeDown'),
  state('zfs/healthy tcp/healthy wireguard/healthy replication-lag/healthy'),
  state('zfs/scrub-running'),
  state('zfs/resilver-running'),
  state('zfs/degraded-faulted', 'oncall: ZFSPoolDegraded'),
  state('zfs/degraded-missing', 'oncall: ZFSPoolDegraded'),
  state('zfs/disk-pulled', 'oncall: ZFSPoolDegraded'),
  state('zfs/spare-inuse', 'oncall: ZFSPoolDegraded'),
  state('zfs/log-cache-lost', 'oncall: ZFSPoolDegraded'),
  state('zfs/suspended', 'oncall: ZFSPoolSuspended'),
  state('zfs/one-sick-pool', 'oncall: ZFSPoolSuspended'),
  state('zfs/stuck-export-suspended', 'oncall: ZFSPoolSuspended'),
  // What waits for the pool is not told once more; what another pool has is.
  state('zfs/suspended replication-lag/pool-suspended', 'oncall: ZFSPoolSuspended'),
  state('zfs/suspended replication-lag/target-gone', 'oncall: ZFSPoolSuspended', 'chat: ReplicationTargetDown'),
  state('zfs/data-errors', 'oncall: ZFSPoolDataErrors'),
  state('zfs/scrub-repaired', 'chat: ZFSVdevErrors'),
  state('zfs/unprivileged-600', 'chat: TextfileCollectorSourceFailing'),
  // Two things are wrong here: a disk is missing, and zpool status hangs.
  state('zfs/tool-stuck', 'oncall: ZFSPoolDegraded', 'chat: TextfileCollectorSourceFailing'),
  state('zfs/stuck-export replication-lag/stuck-export', 'chat: ReplicationTargetDown, ReplicationSourceDown'),
  state('replication-lag/chain-broken', 'oncall: ReplicationChainBroken'),
  state('replication-lag/ssh-refused', 'chat: ReplicationTargetDown'),
  state('replication-lag/target-suspended', 'chat: ReplicationTargetDown'),
  state('replication-lag/pull-source-refused', 'chat: ReplicationSourceDown'),
  state('replication-lag/target-gone', 'chat: ReplicationTargetDown'),
  // Two things are wrong here: the target has snapshots of its own, and another dataset, which was renamed, has no copy.
  state(
    'replication-lag/target-diverged',
    'chat: ReplicationBothSidesChanged',
    'chat: ReplicationBothSidesChanged, ReplicationMissing',
  ),
  state('replication-lag/partial-first', 'chat: ReplicationMissing, ReplicationReceiveStuck'),
  state('wireguard/stale', 'chat: WireGuardPeerStale'),
  state('wireguard/unprivileged', 'chat: TextfileCollectorSourceFailing'),
  state('tcp/accept-queue-full', 'oncall: TCPListenQueueFull'),
  state('tcp/ss-missing', 'chat: TextfileCollectorSourceFailing'),
];
