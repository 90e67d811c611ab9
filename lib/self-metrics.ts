import { gauge } from './metric.ts';

/**
 * What every file says about its own making. One declaration for the whole suite: node_exporter drops a family whose
 * HELP differs between two files.
 */
export const success = gauge('textfile_collector_success', 'Whether every source was read in the last run.', [
  'collector',
]);
export const sourceSuccess = gauge(
  'textfile_collector_source_success',
  'Whether this source (a command or a file) was read in the last run, for this pool, interface or target.',
  ['collector', 'source', 'target'],
);
export const duration = gauge('textfile_collector_duration_seconds', 'How long the last run took.', ['collector']);
export const lastRun = gauge('textfile_collector_last_run_timestamp_seconds', 'UNIX time of the last run.', [
  'collector',
]);
export const lastSuccess = gauge(
  'textfile_collector_last_success_timestamp_seconds',
  'UNIX time of the last run in which every source was read.',
  ['collector'],
);
export const interval = gauge(
  'textfile_collector_interval_seconds',
  'Time from run to run, as the timer has it; absent where nothing has said it.',
  ['collector'],
);
export const parseErrors = gauge(
  'textfile_collector_parse_errors',
  'Values that the last run could not parse and left out.',
  ['collector'],
);
export const seriesDropped = gauge(
  'textfile_collector_series_dropped',
  'Series that the last run left out because of a configured limit.',
  ['collector'],
);
export const info = gauge('textfile_collector_info', 'Version of the collector and of the Node.js that runs it.', [
  'collector',
  'version',
  'node_version',
]);

export const selfMetrics = [
  success,
  sourceSuccess,
  duration,
  lastRun,
  lastSuccess,
  interval,
  parseErrors,
  seriesDropped,
  info,
];
