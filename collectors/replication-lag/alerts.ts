import { ageAtLastRun } from '../../lib/monitoring/age.ts';
import { type Alert, levels } from '../../lib/monitoring/alert.ts';
import { type Expression, labels, promql, threshold } from '../../lib/monitoring/promql.ts';
import { type Recording, recording, since } from '../../lib/monitoring/record.ts';
import type { Listing } from '../../lib/monitoring/template.ts';
import * as m from './metrics.ts';

const hour = 3600;
const day = 24 * hour;

// One alert for a machine, however many of its datasets are concerned: a container host has thousands.
const each = labels(m.chainIntact, 'dataset', 'target');

/** Lines of a description for the pairs that `expr` finds. */
function pairs(expr: Expression): Listing {
  return { expr, shared: ['instance'], text: '{{ .Labels.dataset }} to {{ .Labels.target }}. ' };
}

const pairLabels = ['dataset', 'target'] as const;
const broken = promql`${m.chainIntact} == 0 and ${m.lastReplication}`;
const missingSince = since(
  'pair:zfs_replication_missing:since_timestamp',
  pairLabels,
  promql`${m.chainIntact} == 0 unless ${m.lastReplication}`,
);
// An hour without a byte: until it has lasted, no change means nothing.
const stuckSince = since(
  'pair:zfs_replication_receive_stuck:since_timestamp',
  pairLabels,
  promql`${m.partialReceive} > 0 and changes(${m.partialReceive}[1h]) == 0`,
);
const waiting = recording(
  'instance:zfs_replication_waiting:max_seconds',
  'How long the oldest snapshot waits that a target lacks and could take.',
  [],
  promql`max without (${each}) (${ageAtLastRun('replication-lag', m.oldestPending)} unless ${m.chainIntact} == 0)`,
);

/** What the alerts and the fleet's dashboard read. */
export const records: readonly Recording[] = [missingSince, stuckSince, waiting];

const missing = promql`time() - ${missingSince} > ${threshold('replication_missing_seconds', 26 * hour, 'Time without any copy.')}`;
const diverged = promql`min_over_time(${m.diverged}[30m]) > 0`;
const stuck = promql`time() - ${stuckSince} > ${threshold('replication_stuck_seconds', 6 * hour, 'Time in which a partial receive does not grow.')}`;
const old = threshold(
  'replication_snapshot_old_seconds',
  2 * day,
  'Age of the newest snapshot of a source, or of one received.',
);
const notSnapshotted = promql`${ageAtLastRun('replication-lag', m.sourceNewest)} > ${old}`;
const receivedOld = promql`${ageAtLastRun('replication-lag', m.receivedNewest)} > ${old}`;
const late = {
  warning: threshold('replication_lag_seconds', 2 * hour, 'Time that something waits. For jobs that run daily: 93600.'),
  critical: threshold('replication_lag_critical_seconds', 74 * hour, 'The same, to wake someone.'),
};
/** The collector cannot read what it cannot reach. */
const unread = { alerts: ['TextfileCollectorSourceFailing'], on: ['instance'], with: { collector: 'replication-lag' } };

export const alerts: readonly Alert[] = [
  {
    name: 'ReplicationChainBroken',
    severity: 'critical',
    // Of a dataset that was never replicated ReplicationMissing tells.
    expr: promql`count without (${each}) (${broken})`,
    for: '15m',
    summary: 'Replication of {{ $value }} datasets of {{ $labels.instance }} has lost the last common snapshot.',
    lists: pairs(broken),
    description:
      'No incremental send is possible any more, so every further run fails, while the source goes on making snapshots. ' +
      'The target still has what it was sent: "zfs list -t snapshot -o name,guid" on both sides. Replicate from the start, beside ' +
      'the old copy if there is room.',
    mutes: [{ alerts: ['ReplicationTargetDiverged'], on: ['instance'] }],
  },
  {
    name: 'ReplicationMissing',
    severity: 'warning',
    // A daily job has had its turn.
    expr: promql`count without (${each}) (${missing})`,
    for: '5m',
    summary: '{{ $value }} datasets of {{ $labels.instance }} have no copy.',
    lists: pairs(missing),
    description:
      'The source has snapshots, and none of them is on the target. A new dataset that the job does not know, a renamed one, ' +
      'or a first send that never ends? "journalctl -u textfile-collector-replication-lag" names a copy under another name.',
    mutes: [{ alerts: ['ReplicationTargetDiverged'], on: ['instance'] }],
  },
  ...levels(late, (age) => ({
    name: 'ZFSReplicationLag',
    expr: promql`${waiting} > ${age}`,
    for: '5m',
    summary: 'Replication of {{ $labels.instance }} has had something to send for {{ $value | humanizeDuration }}.',
    lists: pairs(promql`bottomk(5, ${m.oldestPending} unless ${m.chainIntact} == 0)`),
    description:
      'Snapshots of the source wait, and the target could take them. See "systemctl list-timers" and what the replication job ' +
      'says on the machine that runs it.',
  })),
  {
    name: 'ReplicationSourceNotSnapshotted',
    severity: 'warning',
    expr: promql`count without (${each}) (${notSnapshotted})`,
    for: '15m',
    summary: 'No snapshot of {{ $value }} replicated datasets of {{ $labels.instance }} is new.',
    lists: pairs(notSnapshotted),
    description:
      'Nothing new is there to be replicated, so replication looks healthy. See with "systemctl list-timers" why none are made: ' +
      'sanoid.timer, zrepl, or whatever makes them.',
  },
  {
    name: 'ReplicationTargetDown',
    severity: 'warning',
    // A reboot of the target is shorter.
    expr: promql`${m.targetUp} == 0`,
    for: '15m',
    summary: 'The target {{ $labels.target }} cannot be asked from {{ $labels.instance }}.',
    description:
      'Unreachable, hung, or it refuses the key. How far it is behind is told from what was known last. ' +
      '"journalctl -u textfile-collector-replication-lag" has what ssh or zfs said.',
    mutes: [
      unread,
      { alerts: ['ZFSReplicationLag', 'ReplicationMissing', 'ReplicationReceiveStuck'], on: ['instance'] },
    ],
  },
  {
    name: 'ReplicationSourceDown',
    severity: 'warning',
    expr: promql`${m.sourceUp} == 0`,
    for: '15m',
    summary: 'The source {{ $labels.dataset }} cannot be asked from {{ $labels.instance }}.',
    description:
      'Unreachable, hung, or there is no such dataset any more. "journalctl -u textfile-collector-replication-lag" says which; ' +
      'what is known of the copies is what was known last.',
    mutes: [
      unread,
      { alerts: ['ZFSReplicationLag', 'ReplicationMissing', 'ReplicationTargetDiverged'], on: ['instance'] },
    ],
  },
  {
    name: 'ReplicationTargetDiverged',
    severity: 'warning',
    expr: promql`count without (${each}) (${diverged})`,
    for: '30m',
    summary:
      'The copies of {{ $value }} datasets of {{ $labels.instance }} have snapshots that the source does not have.',
    lists: pairs(diverged),
    description:
      'They are newer than the last common one: something makes snapshots on the target, or the source pruned what it had sent. ' +
      'The next receive fails, or rolls them back with -F. "zfs list -t snapshot -o name,guid" on both sides.',
  },
  {
    name: 'ReplicationReceiveStuck',
    severity: 'warning',
    expr: promql`count without (${each}) (${stuck})`,
    for: '5m',
    summary: '{{ $value }} interrupted receives from {{ $labels.instance }} have not gone on for hours.',
    lists: pairs(stuck),
    description:
      'The target keeps what it has for it to be resumed. The next run of a tool that resumes goes on; ' +
      '"zfs receive -A" gives it up.',
  },
  {
    name: 'ReplicationReceivedOld',
    severity: 'warning',
    expr: promql`count without (${labels(m.receivedNewest, 'dataset')}) (${receivedOld})`,
    for: '15m',
    summary: 'Nothing new has been received into {{ $value }} datasets on {{ $labels.instance }}.',
    lists: { expr: receivedOld, shared: ['instance'], text: '{{ .Labels.dataset }}. ' },
    description:
      'Nothing newer has come from their sources: "zfs list -t snapshot -S creation". See there whether snapshots are made and sent; a pair on the source tells more.',
  },
];
