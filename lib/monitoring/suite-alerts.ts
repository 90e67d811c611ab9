import * as m from '../self-metrics.ts';
import type { Alert } from './alert.ts';
import { textfileScrapeError } from './node-exporter.ts';
import { alerts } from './prometheus.ts';
import { labels, promql, series, threshold } from './promql.ts';
import { type Recording, lastSeen, recording } from './record.ts';

const seen = lastSeen('collector:textfile_collector:last_seen_timestamp', ['collector'], promql`${m.lastRun}`);

/** What the alerts below and the fleet's dashboard read. */
export const alertsFiring = recording(
  'instance_severity:alerts_firing:count',
  'Alerts that fire.',
  ['job', 'env', 'instance', 'severity'],
  promql`count by (job, env, instance, severity) (${series(alerts, { alertstate: 'firing' })})`,
);
export const suiteRecords: readonly Recording[] = [seen, alertsFiring];

const withoutInterval = threshold(
  'collector_stopped_seconds',
  900,
  'Age of the last run of a collector that does not say how often it runs.',
);

/** It has run, whatever its clock says. */
const runs = promql`changes(${m.lastRun}[5m]) > 0`;

/** Alerts on the collectors themselves. */
export const suiteAlerts: readonly Alert[] = [
  {
    name: 'TextfileCollectorStopped',
    severity: 'warning',
    // Three runs are missing, and not one is late. The file's mtime would say the same: each run writes both.
    expr: promql`(time() - ${m.lastRun} > 3 * ${m.interval}
      or time() - ${m.lastRun} > ${withoutInterval} unless ${m.interval}) unless ${runs}`,
    // A machine that was off, or asleep, shows its old file until the first run: five minutes, a delay, and how long that takes.
    for: '10m',
    summary:
      'Collector {{ $labels.collector }} on {{ $labels.instance }} last ran {{ $value | humanizeDuration }} ago.',
    description:
      'All its metrics stand still, and no other alert on them can be trusted. See ' +
      `"journalctl -u 'textfile-collector-{{ $labels.collector }}*'" and its timer, and run it by hand with --check.`,
    // What the last run could not read is why, or is old. What has not changed since may have gone on.
    mutes: [
      { alerts: ['TextfileCollectorSourceFailing'], on: ['instance', 'collector', 'netns'] },
      {
        alerts: ['ZFSResilverStalled', 'ZFSExpansionStalled', 'ZFSRemovalStalled'],
        on: ['instance'],
        while: { collector: 'zfs' },
      },
      { alerts: ['ReplicationReceiveStuck'], on: ['instance'], while: { collector: 'replication-lag' } },
    ],
  },
  {
    name: 'TextfileCollectorClockWrong',
    severity: 'warning',
    // The time of a run that is on its way is minutes off at most.
    expr: promql`max without (${labels(m.lastRun, 'collector')}, netns) (abs(time() - ${m.lastRun}) > 900 and ${runs})`,
    for: '10m',
    summary: 'The clock of {{ $labels.instance }} is wrong by {{ $value | humanizeDuration }}.',
    description:
      'Its collectors run, at another time than that of Prometheus. Ages in their metrics are right, as both times are of ' +
      'that clock; TLS, tokens and WireGuard handshakes may fail. "timedatectl" on the machine says whether NTP is in step.',
  },
  {
    name: 'TextfileCollectorGone',
    severity: 'warning',
    expr: promql`${seen} unless ${m.lastRun}
      and ignoring (${labels(m.lastRun, 'collector')}, netns) ${textfileScrapeError}`,
    for: '15m',
    summary: 'The file of collector {{ $labels.collector }} on {{ $labels.instance }} is no longer served.',
    description:
      'node_exporter answers but does not serve the file, as it did within the last 3 days: it was removed, cannot be ' +
      'read, or node_exporter reads another directory now. Run "textfile-collector-{{ $labels.collector }} --check".',
  },
  {
    name: 'TextfileCollectorSourceFailing',
    severity: 'warning',
    // In most runs of 20 minutes, in a row or not, and still asked. Later than what says more: a target that is down, a pool that is suspended. One alert for a collector: a disk that hangs takes many sources along.
    expr: promql`count without (${labels(m.sourceSuccess, 'source', 'target')}) (avg_over_time(${m.sourceSuccess}[20m]) < 0.5 and ${m.sourceSuccess})`,
    for: '15m',
    summary: 'Collector {{ $labels.collector }} on {{ $labels.instance }} cannot read {{ $value }} of its sources.',
    lists: {
      expr: promql`${m.sourceSuccess} == 0`,
      shared: ['instance', 'collector'],
      text: 'Not read: {{ .Labels.source }}{{ with .Labels.target }} of {{ . }}{{ end }}. ',
    },
    description:
      'Series from there are absent, and alerts on them cannot fire. ' +
      `"journalctl -u 'textfile-collector-{{ $labels.collector }}*'" says why, in one line; --stdout shows it again.`,
    mutes: [{ alerts: ['TCPSocketsNotCounted'], on: ['instance', 'netns'], while: { collector: 'tcp' } }],
  },
  {
    name: 'TextfileCollectorParseErrors',
    severity: 'warning',
    expr: promql`${m.parseErrors} > 0`,
    for: '1h',
    summary: 'Collector {{ $labels.collector }} on {{ $labels.instance }} leaves out {{ $value }} values.',
    description:
      'A command printed what the collector does not understand, after an upgrade perhaps. All other values are right. ' +
      `"journalctl -u 'textfile-collector-{{ $labels.collector }}*'" shows the lines; a folder made with --record makes a report.`,
  },
  {
    name: 'TextfileCollectorSeriesDropped',
    severity: 'warning',
    expr: promql`${m.seriesDropped} > 0`,
    // What comes and goes, as listeners of a test, is not worth a word.
    for: '1h',
    summary: 'Collector {{ $labels.collector }} on {{ $labels.instance }} leaves out {{ $value }} series.',
    description:
      'There is more than one of its limits allows, and no alert can fire for what is left out. Raise the limit, or say what is ' +
      'wanted: "textfile-collector-{{ $labels.collector }} --help" lists its settings.',
  },
  {
    name: 'TextfileCollectorScrapeError',
    severity: 'warning',
    expr: promql`${textfileScrapeError} > 0`,
    for: '10m',
    summary: 'node_exporter on {{ $labels.instance }} cannot read a file of its textfile directory.',
    description:
      'It leaves out the whole file, ours or that of another collector, and "journalctl -u prometheus-node-exporter" says which and why. ' +
      'Our files are checked before they are written; the mode of the directory may be wrong.',
  },
];
