import { ageAtLastRun } from '../../lib/monitoring/age.ts';
import type { Alert } from '../../lib/monitoring/alert.ts';
import { labels, promql, threshold } from '../../lib/monitoring/promql.ts';
import * as m from './metrics.ts';
import * as scan from './scan-metrics.ts';

/**
 * A scrub that is at work; a paused one is not, nor one that has not ended after a fortnight: a disk that gets slow holds it up, and
 * DiskLatencyHigh would be muted for as long.
 */
const scrubbing = promql`(${scan.scrubState} == 1 and ${scan.scrubPaused} == 0
  unless ${ageAtLastRun('zfs', scan.scrubStart)} > ${14 * 86_400})`;

const overdue = threshold('scrub_overdue_seconds', 36 * 86_400, 'Time since the last scrub ended.');

export const scanAlerts: readonly Alert[] = [
  {
    name: 'ZFSScrubRunning',
    severity: 'info',
    expr: scrubbing,
    for: '0s',
    summary: 'Pool {{ $labels.pool }} on {{ $labels.instance }} is being scrubbed.',
    description: 'Disks are busy with it, and slow for others. "zpool status {{ $labels.pool }}" says for how long.',
    mutes: [{ alerts: ['DiskLatencyHigh', 'BlockIOLatencyHigh'], on: ['instance'] }],
  },
  {
    name: 'ZFSResilverRunning',
    severity: 'info',
    expr: promql`${scan.resilverState} == 1 or ${scan.rebuildState} == 1`,
    for: '0s',
    summary: 'Pool {{ $labels.pool }} on {{ $labels.instance }} is being resilvered.',
    description: 'Disks are busy with it, and slow for others. "zpool status {{ $labels.pool }}" says for how long.',
    mutes: [{ alerts: ['DiskLatencyHigh', 'BlockIOLatencyHigh'], on: ['instance'] }],
  },
  {
    name: 'ZFSScrubOverdue',
    severity: 'warning',
    // Debian scrubs on the second Sunday of a month: every 28 or 35 days, and an hour more with a change to winter time.
    expr: promql`${ageAtLastRun('zfs', scan.scrubLastCompleted)} > ${overdue} unless ${scrubbing}`,
    for: '1h',
    summary: 'Pool {{ $labels.pool }} on {{ $labels.instance }} was scrubbed {{ $value | humanizeDuration }} ago.',
    description:
      'Errors on disk stay unseen until the copy that would repair them is lost, too. ' +
      '"zpool status {{ $labels.pool }}" tells of one that did not end, "systemctl list-timers" of a timer that does not run; then ' +
      '"zpool scrub {{ $labels.pool }}".',
  },
  {
    name: 'ZFSScrubNeverCompleted',
    severity: 'warning',
    // Two weeks are what a Prometheus with its default retention of 15 days remembers. By guid: another pool may have had the name.
    expr: promql`${scan.scrubState} unless ${scan.scrubLastCompleted} unless ${scrubbing}
      and ignoring (${labels(m.poolInfo, 'guid')}) (${m.poolInfo} and ${m.poolInfo} offset 14d)`,
    for: '1h',
    summary: 'Pool {{ $labels.pool }} on {{ $labels.instance }} is two weeks old, and no scrub of it has ever ended.',
    description:
      'Check that scrubs are scheduled ("systemctl list-timers", /etc/cron.d/zfsutils-linux), and start the ' +
      'first: "zpool scrub {{ $labels.pool }}".',
  },
  {
    name: 'ZFSScrubErrors',
    severity: 'critical',
    expr: promql`${scan.scrubErrors} > 0 unless ${m.poolDataErrors} > 0`,
    for: '1m',
    summary: 'The last scrub of pool {{ $labels.pool }} on {{ $labels.instance }} had {{ $value }} errors.',
    description:
      'It found damage that it could not repair, and the list of errors was cleared since: "zpool history {{ $labels.pool }}". ' +
      'Only a scrub without errors shows that the damage is gone: "zpool scrub {{ $labels.pool }}".',
  },
  {
    name: 'ZFSResilverStalled',
    severity: 'warning',
    // A large resilver rightly issues nothing for up to two hours (zfs_scan_checkpoint_intval), but then it goes on scanning.
    expr: promql`${scan.resilverState} == 1 and changes(${scan.resilverIssued}[1h]) == 0 unless changes(${scan.resilverScanned}[1h]) > 0
      or ${scan.rebuildState} == 1 and changes(${scan.rebuildIssued}[1h]) == 0`,
    // Before OpenZFS 2.3 progress has three digits: 10 GB of a TB and more may pass unseen.
    for: '1h',
    summary: 'The resilver of pool {{ $labels.pool }} on {{ $labels.instance }} has made no progress for an hour.',
    description:
      'Until it ends the pool lacks redundancy. "zpool status {{ $labels.pool }}" and "zpool iostat -v {{ $labels.pool }} 5" ' +
      'show whether a device holds it up.',
  },
  {
    name: 'ZFSExpansionStalled',
    severity: 'warning',
    // One that waits for a resilver stands still rightly, and ZFSResilverStalled looks after that one.
    expr: promql`${scan.expansionState} == 1 and changes(${scan.expansionCopied}[1h]) == 0
      unless (${scan.expansionWaiting} == 1 and ignoring (${labels(scan.expansionState, 'vdev')}) ${scan.resilverState} == 1)`,
    // Before OpenZFS 2.3 there is none, and its JSON has every byte.
    for: '1h',
    summary:
      'The expansion of {{ $labels.vdev }} of pool {{ $labels.pool }} on {{ $labels.instance }} has made no progress for an hour.',
    description:
      'Until it ends the new disk gives no space, and the pool cannot be scrubbed. "zpool status {{ $labels.pool }}" says ' +
      'whether it waits for a resilver or for "zpool clear".',
  },
  {
    name: 'ZFSRemovalStalled',
    severity: 'warning',
    expr: promql`${scan.removalState} == 1 and changes(${scan.removalCopied}[1h]) == 0`,
    // Before OpenZFS 2.3 progress has three digits.
    for: '1h',
    summary:
      'The removal of a vdev from pool {{ $labels.pool }} on {{ $labels.instance }} has made no progress for an hour.',
    description:
      'What is on the vdev is not copied to the others. "zpool status {{ $labels.pool }}" shows the errors that hold it up; ' +
      '"zpool remove -s {{ $labels.pool }}" gives it up.',
  },
];
