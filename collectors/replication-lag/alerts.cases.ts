import type { AlertCase } from '../../lib/monitoring/alert.ts';

const data = { dataset: 'rpool/data', target: 'nas:tank/data' };

/** A series of the pair above. */
const of = (metric: string): string => `zfs_${metric}{dataset="rpool/data",target="nas:tank/data"}`;

export const cases: readonly AlertCase[] = [
  {
    alert: 'ReplicationChainBroken',
    what: 'a pair loses its last common snapshot; another dataset never had a copy',
    step: '5m',
    series: {
      [of('replication_chain_intact')]: '1x5 0x20',
      [of('last_replication_timestamp')]: '0x25',
      'zfs_replication_chain_intact{dataset="rpool/new",target="nas:tank/new"}': '0x25',
    },
    fires: {
      '40m': [],
      '45m': [
        { labels: data, summary: 'Replication of rpool/data to nas:tank/data has lost its last common snapshot.' },
      ],
    },
  },
  {
    alert: 'ReplicationMissing',
    what: 'a new dataset is not taken up by the job for more than a day; another is, after some hours',
    step: '1h',
    series: {
      [of('replication_chain_intact')]: '0x40',
      'zfs_replication_chain_intact{dataset="rpool/new",target="nas:tank/new"}': '0x20 1x20',
      'zfs_last_replication_timestamp{dataset="rpool/new",target="nas:tank/new"}': '_x20 70000x20',
    },
    fires: { '25h': [], '26h': [{ labels: data, summary: 'rpool/data has no copy at nas:tank/data.' }] },
  },
  {
    alert: 'ReplicationLate',
    what: 'something waits; what waits behind a broken chain has an alert of its own',
    step: '1h',
    series: {
      [of('replication_oldest_pending_timestamp_seconds')]: '0x100',
      [of('replication_chain_intact')]: '1x100',
      'zfs_replication_oldest_pending_timestamp_seconds{dataset="rpool/x",target="nas:tank/x"}': '0x100',
      'zfs_replication_chain_intact{dataset="rpool/x",target="nas:tank/x"}': '0x100',
    },
    fires: {
      '26h': [],
      '28h': [
        {
          severity: 'warning',
          labels: data,
          summary: 'Replication of rpool/data to nas:tank/data has had something to send for 1d 4h 0m 0s.',
        },
      ],
      '76h': [
        {
          severity: 'warning',
          labels: data,
          summary: 'Replication of rpool/data to nas:tank/data has had something to send for 3d 4h 0m 0s.',
        },
        {
          severity: 'critical',
          labels: data,
          summary: 'Replication of rpool/data to nas:tank/data has had something to send for 3d 4h 0m 0s.',
        },
      ],
    },
  },
  {
    alert: 'ReplicationLate',
    what: 'the target cannot be asked: what is known last goes on growing old',
    step: '1h',
    series: {
      [of('replication_oldest_pending_timestamp_seconds')]: '0x40',
      [of('replication_chain_intact')]: '1x5 _x35',
    },
    fires: {
      '28h': [
        {
          severity: 'warning',
          labels: data,
          summary: 'Replication of rpool/data to nas:tank/data has had something to send for 1d 4h 0m 0s.',
        },
      ],
    },
  },
  {
    alert: 'ReplicationSourceNotSnapshotted',
    what: 'snapshots are made daily, and then no more',
    step: '1h',
    series: { [of('replication_source_newest_snapshot_timestamp_seconds')]: '0x23 86400x80' },
    fires: {
      '72h': [],
      '74h': [{ labels: data, summary: 'The newest snapshot of rpool/data is 2d 2h 0m 0s old.' }],
    },
  },
  {
    alert: 'ReplicationTargetDown',
    what: 'a target reboots, and later goes away',
    step: '5m',
    series: { 'zfs_replication_target_up{target="nas:tank/data"}': '1x3 0x2 1x3 0x20' },
    fires: {
      '1h20m': [],
      '1h25m': [{ labels: { target: 'nas:tank/data' }, summary: 'The target nas:tank/data cannot be asked from db1.' }],
    },
  },
  {
    alert: 'ReplicationSourceDown',
    what: 'a source goes away',
    step: '5m',
    series: { 'zfs_replication_source_up{dataset="db2:rpool/data"}': '1x3 0x20' },
    fires: {
      '45m': [],
      '50m': [
        { labels: { dataset: 'db2:rpool/data' }, summary: 'The source db2:rpool/data cannot be asked from db1.' },
      ],
    },
  },
  {
    alert: 'ReplicationTargetDiverged',
    what: 'snapshots are made on the target',
    step: '5m',
    series: { [of('replication_target_diverged_snapshots')]: '0x3 2x20' },
    fires: {
      '1h10m': [],
      '1h20m': [
        {
          labels: data,
          summary: 'The target of rpool/data to nas:tank/data has 2 snapshots that the source does not have.',
        },
      ],
    },
  },
  {
    alert: 'ReplicationReceiveStuck',
    what: 'one receive is cut off and stays so, another is cut off again and again but goes on',
    step: '1h',
    series: {
      [of('replication_partial_receive_bytes')]: '0x3 5000000x30',
      'zfs_replication_partial_receive_bytes{dataset="rpool/x",target="nas:tank/x"}': '0x3 1000+1000x30',
    },
    fires: {
      '14h': [],
      '17h': [
        {
          labels: data,
          summary:
            'A receive of rpool/data to nas:tank/data was interrupted at 4.768MiB and has not gone on for hours.',
        },
      ],
    },
  },
  {
    alert: 'ReplicationReceivedOld',
    what: 'nothing is received any more',
    step: '1h',
    series: { 'zfs_received_newest_snapshot_timestamp_seconds{dataset="tank/data"}': '0x60' },
    fires: {
      '48h': [],
      '50h': [
        {
          labels: { dataset: 'tank/data' },
          summary: 'The newest snapshot received into tank/data on db1 is 2d 2h 0m 0s old.',
        },
      ],
    },
  },
];

/** The recorded machines of fixtures/ that an alert fires on; on all others it does not. */
export const firing: Readonly<Record<string, readonly string[]>> = {
  ReplicationChainBroken: ['chain-broken', 'kldload-3-broken', 'kldload-4-still'],
  ReplicationMissing: [
    'chain-broken-first-run',
    'child-missing',
    'clone',
    'openzfs-2.1',
    'partial-first',
    'renamed',
    'source-gone',
    'ssh-target-gone',
    'target-diverged',
    'target-gone',
  ],
  ReplicationTargetDown: [
    'no-module',
    'ssh-cut-short',
    'ssh-hangs',
    'ssh-host-key-changed',
    'ssh-host-key-unknown',
    'ssh-key-refused',
    'ssh-left-alone',
    'ssh-missing',
    'ssh-not-allowed',
    'ssh-refused',
    'ssh-refused-first-run',
    'ssh-zfs-missing',
    'stuck-export',
    'target-suspended',
    'zfs-missing',
  ],
  ReplicationSourceDown: ['no-module', 'pull-source-refused', 'source-gone', 'stuck-export', 'zfs-missing'],
  ReplicationTargetDiverged: ['chain-broken-first-run', 'clone', 'renamed', 'source-gone', 'target-diverged'],
  ReplicationReceiveStuck: ['openzfs-2.1', 'partial-first', 'partial-incremental', 'ssh-partial'],
};
