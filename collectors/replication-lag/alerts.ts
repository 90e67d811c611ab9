import { type Alert, levels } from '../../lib/monitoring/alert.ts';
import { promql } from '../../lib/monitoring/promql.ts';
import * as m from './metrics.ts';

const pair = '{{ $labels.dataset }} to {{ $labels.target }}';

const hour = 3600;
const day = 24 * hour;

export const alerts: readonly Alert[] = [
  {
    name: 'ReplicationChainBroken',
    severity: 'critical',
    // Of a dataset that was never replicated ReplicationMissing tells.
    expr: promql`${m.chainIntact} == 0 and ${m.lastReplication}`,
    for: '15m',
    summary: `Replication of ${pair} has lost its last common snapshot.`,
    description:
      'No incremental send is possible any more, so every further run fails, while the source goes on making snapshots. ' +
      'The target still has what it was sent. Replicate from the start, beside the old copy if there is room.',
  },
  {
    name: 'ReplicationMissing',
    severity: 'warning',
    expr: promql`${m.chainIntact} == 0 unless ${m.lastReplication}`,
    // A daily job has had its turn.
    for: '26h',
    summary: `{{ $labels.dataset }} has no copy at {{ $labels.target }}.`,
    description:
      'The source has snapshots, and none of them is on the target. A new dataset that the job does not know, a renamed one, ' +
      'or a first send that never ends? The journal of the collector names a copy under another name.',
  },
  // One missed run of a daily job, and the third.
  ...levels({ warning: 26 * hour, critical: 74 * hour }, (age) => ({
    name: 'ReplicationLate',
    expr: promql`time() - ${m.oldestPending} > ${age} unless ${m.chainIntact} == 0`,
    for: '15m',
    summary: `Replication of ${pair} has had something to send for {{ $value | humanizeDuration }}.`,
    description:
      'Snapshots of the source wait, and the target could take them. See what the replication job says, and whether its timer runs.',
  })),
  {
    name: 'ReplicationSourceNotSnapshotted',
    severity: 'warning',
    expr: promql`time() - ${m.sourceNewest} > ${2 * day}`,
    for: '15m',
    summary: `The newest snapshot of {{ $labels.dataset }} is {{ $value | humanizeDuration }} old.`,
    description:
      'Nothing new is there to be replicated, so replication looks healthy. See why no snapshots are made: sanoid.timer, ' +
      'zrepl, or whatever makes them.',
  },
  {
    name: 'ReplicationTargetDown',
    severity: 'warning',
    // A reboot of the target is shorter.
    expr: promql`${m.targetUp} == 0`,
    for: '30m',
    summary: 'The target {{ $labels.target }} cannot be asked from {{ $labels.instance }}.',
    description:
      'Unreachable, hung, or it refuses the key. How far it is behind is told from what was known last. ' +
      'The journal of the collector says what ssh or zfs said.',
  },
  {
    name: 'ReplicationSourceDown',
    severity: 'warning',
    expr: promql`${m.sourceUp} == 0`,
    for: '30m',
    summary: 'The source {{ $labels.dataset }} cannot be asked from {{ $labels.instance }}.',
    description:
      'Unreachable, hung, or there is no such dataset any more. The journal of the collector says which; ' +
      'what is known of the copies is what was known last.',
  },
  {
    name: 'ReplicationTargetDiverged',
    severity: 'warning',
    expr: promql`${m.diverged} > 0`,
    for: '1h',
    summary: `The target of ${pair} has {{ $value }} snapshots that the source does not have.`,
    description:
      'They are newer than the last common one: something makes snapshots on the target, or the source pruned what it had sent. ' +
      'The next receive fails, or rolls them back with -F.',
  },
  {
    name: 'ReplicationReceiveStuck',
    severity: 'warning',
    expr: promql`${m.partialReceive} > 0 and changes(${m.partialReceive}[6h]) == 0`,
    // Until the range is full, no change means nothing.
    for: '6h',
    summary: `A receive of ${pair} was interrupted at {{ $value | humanize1024 }}B and has not gone on for hours.`,
    description:
      'The target keeps what it has for it to be resumed. The next run of a tool that resumes goes on; ' +
      '"zfs receive -A" gives it up.',
  },
  {
    name: 'ReplicationReceivedOld',
    severity: 'warning',
    expr: promql`time() - ${m.receivedNewest} > ${2 * day}`,
    for: '15m',
    summary:
      'The newest snapshot received into {{ $labels.dataset }} on {{ $labels.instance }} is {{ $value | humanizeDuration }} old.',
    description:
      'Nothing newer has come from its source. See there whether snapshots are made and sent; a pair on the source tells more.',
  },
];
