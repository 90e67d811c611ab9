import { type Alert, type Mute, here } from '../../lib/monitoring/alert.ts';
import { type Expression, labels, promql } from '../../lib/monitoring/promql.ts';
import type { Listing } from '../../lib/monitoring/template.ts';
import * as is from './conditions.ts';
import * as m from './metrics.ts';

export { records } from './conditions.ts';

/** One alert for a machine, however many of its datasets are concerned: a container host has thousands. */
function counted(condition: Expression): Pick<Alert, 'expr' | 'lists'> {
  return { expr: promql`count without (${is.each}) (${condition})`, lists: pairs(condition) };
}

/** The same, with the greatest age of them. */
function oldest(condition: Expression): Pick<Alert, 'expr' | 'lists'> {
  return { expr: promql`max without (${is.each}) (${condition})`, lists: pairs(condition) };
}

/** Lines of a description for the pairs that `expr` finds. */
function pairs(expr: Expression): Listing {
  return { expr, shared: ['instance'], text: '{{ .Labels.dataset }} to {{ .Labels.target }}. ' };
}

const journal = '"journalctl -u textfile-collector-replication-lag"';
const bothSides = '"zfs list -t snapshot -o name,guid,creation" on both sides';

/** The collector cannot read what it cannot reach. */
const unread: Mute = {
  alerts: ['TextfileCollectorSourceFailing'],
  on: ['instance'],
  with: { collector: 'replication-lag' },
};

const broken: readonly Alert[] = [
  {
    name: 'ReplicationCopyGone',
    severity: 'critical',
    ...counted(is.copyGone),
    for: '5m',
    summary: 'The copies of {{ $value }} replicated datasets of {{ $labels.instance }} are gone.',
    description:
      'The target was in common with the source, and has no snapshot of it any more, though its pool is there: destroyed, renamed, ' +
      'or rolled back. "zpool history" there says by whom. Nothing can be restored from it, and the next send has to be a full one.',
  },
  {
    name: 'ReplicationSourceMadeAnew',
    severity: 'critical',
    ...oldest(is.madeAnew),
    for: '15m',
    summary:
      'Datasets of {{ $labels.instance }} were made anew, and have had no copy for {{ $value | humanizeDuration }}: that of the dataset before is in the way.',
    description:
      'The target holds what another dataset of this name was. No send can go on from there. Rename the old copy, do not destroy it: ' +
      `it may be all that is left of that dataset. Then replicate from the start. ${bothSides}.`,
  },
  {
    name: 'ReplicationChainBroken',
    severity: 'critical',
    ...counted(is.chainBroken),
    for: '15m',
    summary: 'Replication of {{ $value }} datasets of {{ $labels.instance }} has lost the last common snapshot.',
    description:
      'No incremental send is possible any more, so every further run fails, while the source goes on making snapshots. ' +
      `The target still has what it was sent: ${bothSides}. Replicate from the start, beside the old copy if there is room.`,
  },
  {
    name: 'ReplicationMissing',
    severity: 'warning',
    // A daily job has had its turn.
    ...counted(is.missing),
    for: '5m',
    summary: '{{ $value }} datasets of {{ $labels.instance }} have no copy.',
    description:
      'The source has snapshots, and none of them was ever seen on the target. A new dataset that the job does not know, a renamed ' +
      `one, or a first send that never ends? ${journal} names a copy under another name.`,
  },
];

const lagDescription =
  'Something of the source waits, and the target could take it. The replication job fails, is not started, or takes its snapshot ' +
  'away when it fails. See "systemctl list-timers" and what the job says on the machine that runs it.';

const late: readonly Alert[] = [
  {
    name: 'ZFSReplicationLag',
    severity: 'info',
    ...oldest(is.waits),
    for: '5m',
    summary: 'Replication of {{ $labels.instance }} has had something to send for {{ $value | humanizeDuration }}.',
    description: lagDescription,
  },
  ...(['warning', 'critical'] as const).map((severity): Alert => ({
    name: 'ZFSReplicationLag',
    severity,
    ...oldest(is.late(severity)),
    for: '5m',
    summary: 'Replication of {{ $labels.instance }} has had something to send for {{ $value | humanizeDuration }}.',
    description: lagDescription,
  })),
  {
    name: 'ReplicationSourceNotSnapshotted',
    severity: 'warning',
    ...counted(is.notSnapshotted),
    for: '15m',
    summary: 'No snapshot of {{ $value }} replicated datasets of {{ $labels.instance }} is new.',
    description:
      'Data was written since, so that it is in no snapshot and in no copy, while replication looks healthy. See with "systemctl ' +
      'list-timers" why none are made: sanoid.timer, zrepl, or the replication job itself, where that makes them and takes them away again.',
  },
  {
    name: 'ReplicationNeverSnapshotted',
    severity: 'warning',
    ...counted(is.neverSnapshotted),
    for: '5m',
    summary: '{{ $value }} datasets of {{ $labels.instance }} hold data and have never had a snapshot.',
    description:
      'A pair names them, and neither snapshots nor copies of them are made. Include them in what makes snapshots ("zfs list -t ' +
      'snapshot" of their neighbours shows it), or leave them out with exclude_datasets.',
  },
  {
    name: 'ReplicationNothingSelected',
    severity: 'warning',
    ...counted(is.nothingSelected),
    for: '1h',
    summary: 'include and exclude fit no snapshot of {{ $value }} replicated datasets of {{ $labels.instance }}.',
    description:
      'What waits of them cannot be told. Have the names of snapshots changed, or do the patterns in replication-lag.toml have a ' +
      'mistake? "zfs list -t snapshot" shows the names.',
  },
];

const unreachable: readonly Alert[] = [
  {
    name: 'ReplicationTargetDown',
    severity: 'warning',
    // A reboot of the target is shorter.
    expr: is.targetDown,
    for: '10m',
    summary: 'The target {{ $labels.target }} cannot be asked from {{ $labels.instance }}.',
    description:
      'Unreachable, hung, it refuses the key, or its pool is not imported. How far it is behind is told from what was known last. ' +
      `${journal} has what ssh or zfs said.`,
    mutes: [unread],
  },
  {
    name: 'ReplicationSourceDown',
    severity: 'warning',
    expr: is.sourceDown,
    for: '10m',
    summary: 'The source {{ $labels.dataset }} cannot be asked from {{ $labels.instance }}.',
    description:
      'Unreachable, hung, its pool is not imported, or there is no such dataset any more. ' +
      `${journal} says which; what is known of the copies is what was known last.`,
    mutes: [
      unread,
      // Where the source is on this machine, its own collector cannot read it either.
      {
        alerts: ['TextfileCollectorSourceFailing'],
        on: ['instance'],
        while: { dataset: here },
        with: { collector: 'zfs' },
      },
    ],
  },
];

const bothChanged = {
  name: 'ReplicationBothSidesChanged',
  for: '5m',
  summary:
    'Source and target of {{ $value }} replicated datasets of {{ $labels.instance }} have both gone on since they were in common.',
  description:
    'A failover to the target, a rollback of the source, snapshots made on the target, or a dataset made anew. First find out which ' +
    `side is in use; do not let a job receive with -F before that is known. ${bothSides}.`,
};

const diverged: readonly Alert[] = [
  { ...bothChanged, severity: 'warning', ...counted(is.bothChanged) },
  { ...bothChanged, severity: 'critical', ...counted(is.bothChangedForLong) },
  {
    name: 'ReplicationTargetDiverged',
    severity: 'warning',
    ...counted(is.diverged),
    for: '30m',
    summary:
      'The copies of {{ $value }} datasets of {{ $labels.instance }} have snapshots that the source does not have.',
    description:
      'They are newer than the last common one: something makes snapshots on the target, the target is in use, or the source ' +
      `pruned what it had sent, or was rolled back. The next receive fails, or with -F destroys them. ${bothSides}.`,
  },
];

const received: readonly Alert[] = [
  {
    name: 'ReplicationReceiveStuck',
    severity: 'warning',
    ...counted(is.stuck),
    for: '5m',
    summary: '{{ $value }} interrupted receives from {{ $labels.instance }} have not gone on for hours.',
    description:
      'The target keeps what it has ("zfs get receive_resume_token" there), and the next run of a tool that resumes goes on; ' +
      '"zfs receive -A" gives it up.',
  },
  {
    name: 'ReplicationReceiveLost',
    severity: 'warning',
    ...counted(is.lost),
    for: '5m',
    summary: '{{ $value }} interrupted receives from {{ $labels.instance }} can never be resumed.',
    description:
      'The source does not have the snapshot any more that they are of, and a tool that resumes fails at each run. On the target, ' +
      '"zfs get receive_resume_token" shows what it has, and "zfs receive -A" gives it up; the next run sends anew.',
  },
  {
    name: 'ReplicationReceivedOld',
    severity: 'warning',
    expr: promql`count without (${labels(m.receivedClient, 'dataset', 'client')}) (${is.receivedOld})`,
    for: '15m',
    summary: 'Nothing new has been received of {{ $value }} clients, or datasets, on {{ $labels.instance }}.',
    lists: { expr: is.receivedOld, shared: ['instance'], text: '{{ .Labels.client }}{{ .Labels.dataset }}. ' },
    description:
      'Nothing newer has come from there, for one dataset of them at least: "zfs list -t snapshot -S creation". See there whether snapshots are made and sent; a pair on the source tells more.',
  },
];

export const alerts: readonly Alert[] = [...broken, ...late, ...unreachable, ...diverged, ...received];
