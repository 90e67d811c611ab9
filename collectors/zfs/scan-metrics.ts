import { gauge } from '../../lib/metric.ts';

export const scrubState = gauge(
  'zfs_scrub_state',
  'Last scrub, never a resilver: 0 none known, 1 scanning or paused, 2 finished, 3 cancelled.',
  ['pool'],
);
export const scrubErrors = gauge('zfs_scrub_errors', 'Errors found by the running or last scrub.', ['pool']);
export const scrubPaused = gauge('zfs_scrub_paused', 'Whether the scrub is paused.', ['pool']);
export const scrubRepaired = gauge('zfs_scrub_repaired_bytes', 'Bytes repaired by the running or last scrub.', [
  'pool',
]);
export const scrubIssued = gauge('zfs_scrub_issued_bytes', 'Bytes that the running scrub has verified.', ['pool']);
export const scrubTotal = gauge('zfs_scrub_total_bytes', 'Bytes that the running scrub has to verify.', ['pool']);
export const scrubStart = gauge('zfs_scrub_start_timestamp_seconds', 'Start of the running or last scrub.', ['pool']);
export const scrubEnd = gauge('zfs_scrub_end_timestamp_seconds', 'End of the last scrub, finished or cancelled.', [
  'pool',
]);
export const scrubLastCompleted = gauge(
  'zfs_scrub_last_completed_timestamp_seconds',
  'End of the last scrub that ran to its end; kept when a resilver or a cancelled scrub takes its record.',
  ['pool'],
);

export const resilverState = gauge(
  'zfs_resilver_state',
  'Resilver: 0 none known, 1 running, 2 finished, 3 cancelled.',
  ['pool'],
);
export const resilverErrors = gauge('zfs_resilver_errors', 'Errors of the running or last resilver.', ['pool']);
export const resilverDone = gauge('zfs_resilver_resilvered_bytes', 'Bytes resilvered.', ['pool']);
export const resilverScanned = gauge(
  'zfs_resilver_scanned_bytes',
  'Bytes that the running resilver has found, which it sorts for up to two hours before it issues them.',
  ['pool'],
);
export const resilverIssued = gauge('zfs_resilver_issued_bytes', 'Bytes that the running resilver has issued.', [
  'pool',
]);
export const resilverTotal = gauge('zfs_resilver_total_bytes', 'Bytes that the running resilver has to issue.', [
  'pool',
]);
export const resilverStart = gauge('zfs_resilver_start_timestamp_seconds', 'Start of the resilver.', ['pool']);
export const resilverEnd = gauge('zfs_resilver_end_timestamp_seconds', 'End of the resilver.', ['pool']);

const rebuildLabels = ['pool', 'vdev'] as const;
export const rebuildState = gauge(
  'zfs_rebuild_state',
  'Sequential resilver of a top-level vdev: 1 running, 2 finished, 3 cancelled; absent where there was none.',
  rebuildLabels,
);
export const rebuildErrors = gauge('zfs_rebuild_errors', 'Errors of the sequential resilver.', rebuildLabels);
export const rebuildDone = gauge(
  'zfs_rebuild_rebuilt_bytes',
  'Bytes rebuilt by the sequential resilver.',
  rebuildLabels,
);
export const rebuildIssued = gauge(
  'zfs_rebuild_issued_bytes',
  'Bytes that the running sequential resilver has issued.',
  rebuildLabels,
);
export const rebuildTotal = gauge(
  'zfs_rebuild_total_bytes',
  'Bytes that the running sequential resilver has to issue.',
  rebuildLabels,
);
export const rebuildStart = gauge(
  'zfs_rebuild_start_timestamp_seconds',
  'Start of the sequential resilver.',
  rebuildLabels,
);
export const rebuildEnd = gauge('zfs_rebuild_end_timestamp_seconds', 'End of the sequential resilver.', rebuildLabels);

export const errorScrubState = gauge(
  'zfs_error_scrub_state',
  'Scrub of known errors (zpool scrub -e): 1 running or paused, 2 finished, 3 cancelled; absent where there was none.',
  ['pool'],
);
export const errorScrubPaused = gauge('zfs_error_scrub_paused', 'Whether the error scrub is paused.', ['pool']);
export const errorScrubExamined = gauge('zfs_error_scrub_examined_blocks', 'Error blocks examined.', ['pool']);
export const errorScrubStart = gauge('zfs_error_scrub_start_timestamp_seconds', 'Start of the error scrub.', ['pool']);
export const errorScrubEnd = gauge('zfs_error_scrub_end_timestamp_seconds', 'End of the error scrub.', ['pool']);

const expansionLabels = ['pool', 'vdev'] as const;
export const expansionState = gauge(
  'zfs_expansion_state',
  'Last expansion of a raidz (zpool attach): 1 running, 2 finished; absent where there was none.',
  expansionLabels,
);
export const expansionWaiting = gauge(
  'zfs_expansion_waiting',
  'Whether the expansion waits for a resilver to end or for zpool clear.',
  expansionLabels,
);
export const expansionCopied = gauge(
  'zfs_expansion_copied_bytes',
  'Bytes that the expansion has spread over all disks.',
  expansionLabels,
);
export const expansionTotal = gauge(
  'zfs_expansion_total_bytes',
  'Bytes that the running expansion has to spread.',
  expansionLabels,
);
export const expansionStart = gauge(
  'zfs_expansion_start_timestamp_seconds',
  'Start of the expansion.',
  expansionLabels,
);
export const expansionEnd = gauge('zfs_expansion_end_timestamp_seconds', 'End of the expansion.', expansionLabels);

export const removalState = gauge(
  'zfs_removal_state',
  'Last removal of a top-level vdev (zpool remove): 1 running, 2 finished, 3 cancelled; absent where there was none.',
  ['pool'],
);
export const removalCopied = gauge('zfs_removal_copied_bytes', 'Bytes copied off the vdev that is removed.', ['pool']);
export const removalTotal = gauge('zfs_removal_total_bytes', 'Bytes that the running removal has to copy.', ['pool']);
export const removalStart = gauge('zfs_removal_start_timestamp_seconds', 'Start of the removal.', ['pool']);
export const removalEnd = gauge('zfs_removal_end_timestamp_seconds', 'End of the removal.', ['pool']);
