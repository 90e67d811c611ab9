import type { AlertCase, Fired } from '../../lib/monitoring/alert.ts';

const pair = 'rpool/data to nas:tank/data. ';
const lastRun = 'textfile_collector_last_run_timestamp_seconds{collector="replication-lag"}';
const everyHour = '0+3600x100';

/** A series of the pair above. */
const of = (metric: string): string => `zfs_${metric}{dataset="rpool/data",target="nas:tank/data"}`;

/** Why no incremental send of it is possible. */
const broken = (reason: string): string =>
  `zfs_replication_broken_info{dataset="rpool/data",target="nas:tank/data",reason="${reason}"}`;

/** What is said of the pair above, of which something waits for `time`. */
function waits(severity: 'info' | 'warning' | 'critical', time: string): Fired {
  return { severity, summary: `Replication of db1 has had something to send for ${time}.`, listed: pair };
}

function bothChanged(severity: 'warning' | 'critical'): Fired {
  const summary = 'Source and target of 1 replicated datasets of db1 have both gone on since they were in common.';
  return { severity, summary, listed: pair };
}

export const cases: readonly AlertCase[] = [
  {
    alert: 'ReplicationCopyGone',
    what: 'a copy is destroyed',
    step: '5m',
    series: { [broken('copy_gone')]: '_x3 1x20', [of('replication_chain_intact')]: '1x2 0x20' },
    fires: {
      '15m': [],
      '20m': [{ summary: 'The copies of 1 replicated datasets of db1 are gone.', listed: pair }],
    },
  },
  {
    alert: 'ReplicationSourceMadeAnew',
    what: 'a dataset is made anew under its old name',
    step: '1h',
    series: {
      [lastRun]: everyHour,
      [broken('source_made_anew')]: '_x2 1x10',
      [of('replication_oldest_pending_timestamp_seconds')]: '0x12',
    },
    fires: {
      '2h': [],
      '3h': [
        {
          summary:
            'Datasets of db1 were made anew, and have had no copy for 3h 0m 0s: that of the dataset before is in the way.',
          listed: pair,
        },
      ],
    },
  },
  {
    alert: 'ReplicationChainBroken',
    what: 'a pair loses its last common snapshot; another dataset never had a copy',
    step: '5m',
    series: {
      [of('replication_chain_intact')]: '1x5 0x20',
      [broken('no_common_snapshot')]: '_x6 1x20',
      [of('last_replication_timestamp')]: '0x25',
      'zfs_replication_chain_intact{dataset="rpool/new",target="nas:tank/new"}': '0x25',
    },
    fires: {
      '40m': [],
      '45m': [{ summary: 'Replication of 1 datasets of db1 has lost the last common snapshot.', listed: pair }],
    },
  },
  {
    alert: 'ReplicationMissing',
    what: 'a new dataset is not taken up by the job for more than a day; others are, each after some hours',
    step: '4m',
    series: {
      [of('replication_chain_intact')]: '_x300 0x500',
      ...Object.fromEntries(
        [0, 1, 2, 3].flatMap((day) => {
          const labels = `dataset="rpool/${day}",target="nas:tank/${day}"`;
          return [
            [`zfs_replication_chain_intact{${labels}}`, `_x${180 * day} 0x299 1x400`],
            [`zfs_last_replication_timestamp{${labels}}`, `_x${180 * day + 300} 70000x400`],
          ];
        }),
      ),
    },
    fires: { '46h': [], '46h15m': [{ summary: '1 datasets of db1 have no copy.', listed: pair }] },
  },
  {
    alert: 'ZFSReplicationLag',
    what: 'something waits; what waits behind a broken chain has an alert of its own',
    step: '1h',
    series: {
      [lastRun]: everyHour,
      [of('replication_oldest_pending_timestamp_seconds')]: '0x100',
      [of('replication_chain_intact')]: '1x100',
      'zfs_replication_oldest_pending_timestamp_seconds{dataset="rpool/x",target="nas:tank/x"}': '0x100',
      'zfs_replication_chain_intact{dataset="rpool/x",target="nas:tank/x"}': '0x100',
    },
    fires: {
      '2h': [],
      '4h': [waits('info', '4h 0m 0s')],
      '28h': [waits('info', '1d 4h 0m 0s'), waits('warning', '1d 4h 0m 0s')],
      '76h': [waits('info', '3d 4h 0m 0s'), waits('warning', '3d 4h 0m 0s'), waits('critical', '3d 4h 0m 0s')],
    },
  },
  {
    alert: 'ZFSReplicationLag',
    what: 'a job that is due every hour fails, and takes its snapshots away again',
    step: '1h',
    series: {
      [lastRun]: everyHour,
      [of('replication_max_age_seconds')]: '3600x100',
      [of('replication_behind_since_timestamp_seconds')]: '0x100',
      [of('replication_chain_intact')]: '1x100',
    },
    fires: {
      '2h': [],
      '3h': [waits('warning', '3h 0m 0s')],
      '5h': [waits('warning', '5h 0m 0s'), waits('critical', '5h 0m 0s')],
    },
  },
  {
    alert: 'ZFSReplicationLag',
    what: 'a first send goes on for two days, and then no more',
    step: '20m',
    series: {
      [lastRun]: '0+1200x300',
      [of('replication_oldest_pending_timestamp_seconds')]: '0x300',
      [of('replication_chain_intact')]: '1x300',
      [of('replication_partial_receive_bytes')]: '0+1000x150 150000x150',
    },
    fires: { '40h': [], '53h': [waits('info', '2d 5h 0m 0s'), waits('warning', '2d 5h 0m 0s')] },
  },
  {
    alert: 'ZFSReplicationLag',
    what: 'the collector stands still: nobody knows how long something waits',
    step: '1h',
    series: { [lastRun]: '0+3600x1 3600x90', [of('replication_oldest_pending_timestamp_seconds')]: '0x90' },
    fires: { '80h': [] },
  },
  {
    alert: 'ZFSReplicationLag',
    what: 'one target cannot be asked, which its own alert tells; what waits for another is told all the same',
    step: '1h',
    series: {
      'zfs_replication_target_up{target="off:tank/data"}': '1x5 0x40',
      'zfs_replication_oldest_pending_timestamp_seconds{dataset="rpool/data",target="off:tank/data"}': '0x40',
      'zfs_replication_chain_intact{dataset="rpool/data",target="off:tank/data"}': '1x5 _x35',
      [of('replication_oldest_pending_timestamp_seconds')]: '_x10 36000x30',
      [of('replication_chain_intact')]: '1x40',
      [lastRun]: everyHour,
    },
    fires: {
      '30h': [waits('info', '20h 0m 0s')],
      '38h': [waits('info', '1d 4h 0m 0s'), waits('warning', '1d 4h 0m 0s')],
    },
  },
  {
    alert: 'ZFSReplicationLag',
    what: 'a target that may be away is away for too long',
    step: '1h',
    series: {
      [of('replication_may_be_away')]: '1x40',
      [of('replication_max_age_seconds')]: '93600x40',
      [of('replication_behind_since_timestamp_seconds')]: '0x40',
      [of('replication_chain_intact')]: '1x5 _x35',
      [lastRun]: everyHour,
    },
    fires: { '26h': [], '28h': [waits('warning', '1d 4h 0m 0s')] },
  },
  {
    alert: 'ReplicationSourceNotSnapshotted',
    what: 'snapshots are made daily, and then no more; nothing was written to an idle dataset',
    step: '1h',
    series: {
      [lastRun]: everyHour,
      [of('replication_source_newest_snapshot_timestamp_seconds')]: '0x23 86400x80',
      [of('replication_source_written_bytes')]: '4096x104',
      'zfs_replication_source_newest_snapshot_timestamp_seconds{dataset="rpool/x",target="nas:tank/x"}': '0x104',
      'zfs_replication_source_written_bytes{dataset="rpool/x",target="nas:tank/x"}': '0x104',
    },
    fires: {
      '72h': [],
      '74h': [{ summary: 'No snapshot of 1 replicated datasets of db1 is new.', listed: pair }],
    },
  },
  {
    alert: 'ReplicationNeverSnapshotted',
    what: 'a dataset holds data and is never snapshotted; another holds nothing',
    step: '4m',
    series: {
      [of('replication_source_written_bytes')]: '7000000000x800',
      'zfs_replication_source_written_bytes{dataset="rpool/x",target="nas:tank/x"}': '98304x800',
    },
    fires: {
      '26h': [],
      '26h15m': [{ summary: '1 datasets of db1 hold data and have never had a snapshot.', listed: pair }],
    },
  },
  {
    alert: 'ReplicationNothingSelected',
    what: 'snapshots have other names from now on',
    step: '5m',
    series: { [of('replication_selected_snapshots')]: '5x3 0x30' },
    fires: {
      '1h15m': [],
      '1h20m': [{ summary: 'include and exclude fit no snapshot of 1 replicated datasets of db1.', listed: pair }],
    },
  },
  {
    alert: 'ReplicationTargetDown',
    what: 'a target reboots, and later goes away',
    step: '5m',
    series: { 'zfs_replication_target_up{target="nas:tank/data"}': '1x3 0x2 1x3 0x20' },
    fires: {
      '55m': [],
      '1h5m': [{ labels: { target: 'nas:tank/data' }, summary: 'The target nas:tank/data cannot be asked from db1.' }],
    },
  },
  {
    alert: 'ReplicationTargetDown',
    what: 'a pool of this machine goes away, which an alert on that pool mutes',
    step: '5m',
    series: { 'zfs_replication_target_up{target="tank/data/a:b"}': '0x20' },
    fires: {
      '15m': [
        {
          labels: { target: 'tank/data/a:b', pool: 'tank' },
          summary: 'The target tank/data/a:b cannot be asked from db1.',
        },
      ],
    },
  },
  {
    alert: 'ReplicationSourceDown',
    what: 'a source goes away',
    step: '5m',
    series: { 'zfs_replication_source_up{dataset="db2:rpool/data"}': '1x3 0x20' },
    fires: {
      '25m': [],
      '30m': [
        { labels: { dataset: 'db2:rpool/data' }, summary: 'The source db2:rpool/data cannot be asked from db1.' },
      ],
    },
  },
  {
    alert: 'ReplicationBothSidesChanged',
    what: 'the target is in use since a failover, and the source goes on',
    step: '1h',
    series: {
      [lastRun]: everyHour,
      [of('replication_target_diverged_snapshots')]: '0x3 2x96',
      [of('replication_pending_snapshots')]: '1x100',
      [of('replication_oldest_pending_timestamp_seconds')]: '0x100',
      [of('replication_chain_intact')]: '1x100',
    },
    fires: {
      '4h': [],
      '5h': [bothChanged('warning')],
      '76h': [bothChanged('warning'), bothChanged('critical')],
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
        { summary: 'The copies of 1 datasets of db1 have snapshots that the source does not have.', listed: pair },
      ],
    },
  },
  {
    alert: 'ReplicationReceiveStuck',
    what: 'one receive is cut off and stays so, another is cut off again and again but goes on',
    step: '4m',
    series: {
      [of('replication_partial_receive_bytes')]: '0x35 5000000x200',
      'zfs_replication_partial_receive_bytes{dataset="rpool/x",target="nas:tank/x"}': '0x35 1000+1000x200',
    },
    fires: {
      '9h': [],
      '11h': [{ summary: '1 interrupted receives from db1 have not gone on for hours.', listed: pair }],
    },
  },
  {
    alert: 'ReplicationReceiveLost',
    what: 'the source prunes the snapshot of a receive that was cut off',
    step: '5m',
    series: { [of('replication_partial_receive_resumable')]: '1x3 0x30 stale' },
    fires: {
      '1h10m': [],
      '1h30m': [{ summary: '1 interrupted receives from db1 can never be resumed.', listed: pair }],
      // It was given up.
      '3h': [],
    },
  },
  {
    alert: 'ReplicationReceivedOld',
    what: 'nothing is received any more; another dataset was moved here once, and is no replica',
    step: '1h',
    series: {
      [lastRun]: everyHour,
      'zfs_received_newest_snapshot_timestamp_seconds{dataset="tank/data"}': '0x60',
      'zfs_received_replica{dataset="tank/data"}': '1x60',
      'zfs_received_newest_snapshot_timestamp_seconds{dataset="tank/moved"}': '0x60',
      'zfs_received_replica{dataset="tank/moved"}': '0x60',
    },
    fires: {
      '48h': [],
      '50h': [{ summary: 'Nothing new has been received of 1 clients, or datasets, on db1.', listed: 'tank/data. ' }],
    },
  },
  {
    alert: 'ReplicationReceivedOld',
    what: 'nothing is received of three clients any more: of one it is expected daily, of one every fortnight, of one nothing is said',
    step: '1h',
    series: {
      [lastRun]: everyHour,
      ...Object.fromEntries(
        ['web', 'lap', 'nas'].flatMap((client) => [
          [`zfs_received_client_complete_timestamp_seconds{client="bk/${client}"}`, '0x60'],
          [`zfs_received_client_info{dataset="bk/${client}/data",client="bk/${client}"}`, '1x60'],
          [`zfs_received_newest_snapshot_timestamp_seconds{dataset="bk/${client}/data"}`, '0x60'],
          [`zfs_received_replica{dataset="bk/${client}/data"}`, '1x60'],
        ]),
      ),
      'zfs_received_client_max_age_seconds{client="bk/web"}': '93600x60',
      'zfs_received_client_max_age_seconds{client="bk/lap"}': '1209600x60',
    },
    fires: {
      '26h': [],
      '28h': [{ summary: 'Nothing new has been received of 1 clients, or datasets, on db1.', listed: 'bk/web. ' }],
      '50h': [
        { summary: 'Nothing new has been received of 2 clients, or datasets, on db1.', listed: 'bk/web. bk/nas. ' },
      ],
    },
  },
];

/** The recorded machines of fixtures/ that an alert fires on; on all others it does not. */
export const firing: Readonly<Record<string, readonly string[]>> = {
  ReplicationCopyGone: ['copy-destroyed', 'noisy-shell-2-copy-gone', 'target-destroyed-2-gone'],
  ReplicationSourceMadeAnew: ['made-anew-2-old-copy-in-the-way'],
  ReplicationChainBroken: [
    'chain-broken',
    'kldload-3-broken',
    'kldload-4-still',
    'names-changed-2-after-retention',
    'usb-pool-3-back-after-pruning',
  ],
  ReplicationMissing: [
    'chain-broken-first-run',
    'child-missing',
    'clone',
    'dataset-limit',
    'openzfs-2.1',
    'partial-first',
    'partial-lost',
    'renamed',
    'source-gone',
    'ssh-target-gone',
    'target-diverged',
  ],
  ZFSReplicationLag: [
    'dataset-limit',
    // As info, which nobody is told: it waits for half a day.
    'discovered-moved-to-a-new-pool',
    'job-cleans-up-2-fails-for-a-day',
    'job-cleans-up-3-fails-for-two-days',
    'job-fails-beside-sanoid',
    'replicate-job-2-fails',
    'seeding',
    'sender-stopped-2-stopped',
  ],
  ReplicationNeverSnapshotted: ['never-snapshotted'],
  ReplicationNothingSelected: [
    'names-changed-2-after-retention',
    'patterns-fit-nothing-1-sent',
    'patterns-fit-nothing-2-stopped',
  ],
  ReplicationTargetDown: [
    'no-module',
    'pool-suspended',
    'slow-listing-2-slow',
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
    'target-exported',
    'target-gone',
    'target-suspended',
    'usb-pool-2-exported',
    'zfs-missing',
  ],
  ReplicationSourceDown: [
    'local-listing-slow-2-limit',
    'no-module',
    'pull-source-refused',
    'source-gone',
    'stuck-export',
    'zfs-missing',
  ],
  ReplicationBothSidesChanged: [
    'clone',
    'failed-over-2-both-went-on',
    'failed-over-3-back-and-both-went-on',
    'failover',
    'renamed',
    'source-rolled-back',
    'target-diverged',
  ],
  ReplicationReceiveStuck: [
    'receiving',
    'openzfs-2.1',
    'partial-first',
    'partial-incremental',
    'seeding',
    'ssh-partial',
  ],
  ReplicationReceiveLost: ['partial-lost'],
  ReplicationReceivedOld: ['discovered-sink', 'sink', 'sink-by-client'],
};
