import type { Seconds } from '../host.ts';
import { gauge } from '../metric.ts';
import * as m from '../self-metrics.ts';
import type { Alert } from './alert.ts';
import { textfileScrapeError } from './node-exporter.ts';
import { type Expression, labels, promql, series } from './promql.ts';
import { type Recording, lastSeen, recording } from './record.ts';

const firing = gauge('ALERTS', 'What Prometheus writes of each alert.', [
  'alertname',
  'alertstate',
  'severity',
  'instance',
]);
const seen = lastSeen('collector:textfile_collector:last_seen_timestamp', ['collector'], promql`${m.lastRun}`, 86_400);

/** What the alerts below and the fleet's dashboard read. */
export const suiteRecords: readonly Recording[] = [
  seen,
  recording(
    'instance_severity:alerts_firing:count',
    'Alerts that fire.',
    ['instance', 'severity'],
    promql`count by (instance, severity) (${series(firing, { alertstate: 'firing' })})`,
  ),
];

/** Alerts on the collectors themselves, by the interval at which each one runs. */
export function suiteAlerts(intervals: ReadonlyMap<string, Seconds>): readonly Alert[] {
  return [
    {
      name: 'TextfileCollectorStopped',
      severity: 'warning',
      // The file's mtime would say the same: each run writes both.
      expr: late(intervals),
      // A machine that was off shows its old file until the first run, and a scrape may be a minute old.
      for: '5m',
      summary:
        'Collector {{ $labels.collector }} on {{ $labels.instance }} last ran {{ $value | humanizeDuration }} ago.',
      description:
        'All its metrics stand still, and no other alert on them can be trusted. ' +
        'See what its timer and its journal say, and run it by hand with --check.',
    },
    {
      name: 'TextfileCollectorGone',
      severity: 'warning',
      expr: promql`${seen} unless ${m.lastRun}
        and ignoring (${labels(m.lastRun, 'collector')}, netns) ${textfileScrapeError}`,
      for: '15m',
      summary: 'The file of collector {{ $labels.collector }} on {{ $labels.instance }} is no longer served.',
      description:
        'node_exporter answers but does not serve the file, as it did within the last day: it was removed, cannot be ' +
        'read, or node_exporter reads another directory now. Run the collector with --check.',
    },
    {
      name: 'TextfileCollectorSourceFailing',
      severity: 'warning',
      // In most runs of 20 minutes, in a row or not.
      expr: promql`avg_over_time(${m.sourceSuccess}[20m]) < 0.5`,
      for: '10m',
      summary:
        'Collector {{ $labels.collector }} on {{ $labels.instance }} cannot read {{ $labels.source }}' +
        '{{ if $labels.target }} of {{ $labels.target }}{{ end }}.',
      description:
        'The series that come from this source are absent, and alerts on them cannot fire. ' +
        'The journal of the collector says why, in one line; --stdout shows it again.',
    },
    {
      name: 'TextfileCollectorParseErrors',
      severity: 'warning',
      expr: promql`${m.parseErrors} > 0`,
      for: '1h',
      summary: 'Collector {{ $labels.collector }} on {{ $labels.instance }} leaves out {{ $value }} values.',
      description:
        'A command printed what the collector does not understand, after an upgrade perhaps. All other values are right. ' +
        'The journal shows the lines; a folder made with --record makes a report.',
    },
    {
      name: 'TextfileCollectorScrapeError',
      severity: 'warning',
      expr: promql`${textfileScrapeError} > 0`,
      for: '10m',
      summary: 'node_exporter on {{ $labels.instance }} cannot read a file of its textfile directory.',
      description:
        'It leaves out the whole file, ours or that of another collector, and says in its log which and why. ' +
        'Our files are checked before they are written; the mode of the directory may be wrong.',
    },
  ];
}

/** Three runs are missing, and not one is late. */
function late(intervals: ReadonlyMap<string, Seconds>): Expression {
  const parts = [...new Set(intervals.values())].map((interval) => {
    const names = [...intervals].filter(([, one]) => one === interval).map(([name]) => name);
    return promql`time() - ${series(m.lastRun, { collector: names })} > ${3 * interval}`;
  });
  return parts.reduce((all, one) => promql`${all} or ${one}`);
}
