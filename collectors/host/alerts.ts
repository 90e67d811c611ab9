import { type Alert, levels } from '../../lib/monitoring/alert.ts';
import { arcMisses } from '../../lib/monitoring/node-exporter.ts';
import { promql, series, threshold } from '../../lib/monitoring/promql.ts';
import { arcHitRatio, available, cpuUsed, filesystemSize, latency, memoryLeft } from './expressions.ts';
import * as m from './metrics.ts';
import { machineSeen, machines } from './records.ts';

const slow = threshold('disk_latency_seconds', 0.1, 'Time that a request to a disk takes.');

const fullDisk = {
  warning: threshold('disk_full_warning_ratio', 0.95, 'Part of a file system in use.'),
  critical: threshold('disk_full_critical_ratio', 0.99, 'The same, to wake someone.'),
};

const path: readonly Alert[] = [
  {
    name: 'Watchdog',
    severity: 'info',
    expr: promql`vector(1)`,
    for: '0s',
    keepFiringFor: '0s',
    summary: 'Prometheus and Alertmanager work.',
    description:
      'Always fires. Something outside, which calls where this stops to come, is what tells that the monitoring itself is dead: ' +
      '"curl -s localhost:9093/-/healthy".',
  },
  {
    name: 'NodeDown',
    severity: 'critical',
    expr: promql`${machines} == 0`,
    for: '2m',
    // A machine that boots shows old files first, and one that flaps is one call.
    keepFiringFor: '5m',
    summary: '{{ $labels.instance }} does not answer.',
    description:
      'node_exporter has not answered for 2 minutes. What was wrong there before is still so as far as anyone knows, and is muted, not over. ' +
      '"ping {{ $labels.instance }}", then its console; the targets page of Prometheus has the error.',
    mutes: [{ alerts: ['*'], on: ['instance'] }],
  },
  {
    name: 'NodeFlapping',
    severity: 'warning',
    // A reboot changes it twice.
    expr: promql`changes(${machines}[15m]) > 5`,
    for: '15m',
    summary: '{{ $labels.instance }} answers, and does not, again and again.',
    description:
      'It stopped answering three times or more in each 15 minutes. Other alerts on it may not come: with each scrape that fails what ' +
      'has to last begins anew. "ping {{ $labels.instance }}" shows a bad network; "uptime" there one that is overloaded, or boots all ' +
      'the time.',
  },
  {
    name: 'NodeForgotten',
    severity: 'warning',
    // Another label, as env, makes another series of the same machine.
    expr: promql`${machineSeen} unless on (instance) ${machines}`,
    for: '15m',
    keepFiringFor: '0s',
    summary: '{{ $labels.instance }} is scraped no more.',
    description:
      'It was a target within the last 3 days and is none now, so that nothing about it can alarm. If nobody took it out: see ' +
      '"ls -l /etc/prometheus/targets", and the service discovery page of Prometheus.',
  },
];

const load: readonly Alert[] = [
  {
    name: 'HighCPU',
    severity: 'warning',
    expr: promql`${cpuUsed} > ${threshold('cpu_used_ratio', 0.9, 'Part of the time in which all processors have work.')}`,
    for: '15m',
    summary: '{{ $labels.instance }} uses {{ $value | humanizePercentage }} of its processors.',
    description:
      'For a quarter of an hour. It matters where something is slow: "top" or "systemd-cgtop" names who uses them, and ' +
      '/proc/pressure/cpu whether others wait.',
  },
  {
    name: 'MemoryLow',
    severity: 'critical',
    expr: promql`${memoryLeft} < ${threshold('memory_left_ratio', 0.05, 'Part of the memory that programs can still get, the ARC counted.')}`,
    for: '5m',
    summary: '{{ $labels.instance }} has {{ $value | humanizePercentage }} of its memory left.',
    description:
      'What the ARC would give back is counted as left. Soon the kernel kills something, and until then everything is slow: ' +
      '"ps -eo pid,rss,comm --sort -rss | head" names the largest.',
  },
  {
    name: 'ZFSARCHitRatioLow',
    severity: 'warning',
    // A ratio of a handful of reads says nothing.
    expr: promql`${arcHitRatio} < ${threshold('arc_hit_ratio', 0.8, 'Part of the reads that the ARC has.')}
      and rate(${arcMisses}[15m]) > ${threshold('arc_misses_per_second', 100, 'Misses a second, below which the ratio says nothing.')}`,
    for: '30m',
    summary: 'The ARC of {{ $labels.instance }} has {{ $value | humanizePercentage }} of what is read.',
    description:
      'The rest comes from the disks. A backup or a scan that reads everything once looks the same. "arcstat 5" shows what misses, ' +
      '"arc_summary -s arc" how large the ARC is and may be.',
  },
];

const disks: readonly Alert[] = [
  {
    name: 'DiskFillingSoon',
    severity: 'warning',
    expr: promql`predict_linear(${available}[1h], ${threshold('disk_filling_seconds', 4 * 3600, 'Time in which a file system would be full.')}) < 0
      and ${available} / ${filesystemSize} < 0.4 unless ${m.filesystemReadonly} == 1`,
    for: '15m',
    summary: '{{ $labels.mountpoint }} on {{ $labels.instance }} is full within hours.',
    lists: {
      expr: available,
      shared: ['instance', 'mountpoint'],
      text: '{{ .Value | humanize1024 }}B are left. ',
    },
    description:
      `If it goes on as in the last hour. "df -h '{{ $labels.mountpoint }}'", then "du -xh --max-depth 2 '{{ $labels.mountpoint }}' | sort -h". ` +
      'Of a ZFS pool ZFSPoolFillingSoon tells.',
  },
  // What is full fills no more, and what fills slowly is full one day, too.
  ...levels(fullDisk, (ratio) => ({
    name: 'DiskAlmostFull',
    expr: promql`1 - ${available} / ${filesystemSize} > ${ratio} unless ${m.filesystemReadonly} == 1`,
    for: '15m',
    summary: '{{ $labels.mountpoint }} on {{ $labels.instance }} is {{ $value | humanizePercentage }} full.',
    description:
      'At 100 % writes fail with "No space left on device". ' +
      `"df -h '{{ $labels.mountpoint }}'", then "du -xh --max-depth 2 '{{ $labels.mountpoint }}' | sort -h". Of a ZFS pool ZFSPoolAlmostFull tells.`,
  })),
  {
    name: 'DiskLatencyHigh',
    severity: 'warning',
    expr: promql`${latency(m.diskReadTime, m.diskReads)} > ${slow} or ${latency(m.diskWriteTime, m.diskWrites)} > ${slow}`,
    for: '15m',
    summary: '{{ $labels.device }} of {{ $labels.instance }} takes {{ $value | humanizeDuration }} for a request.',
    description:
      'It is overloaded or about to fail. "iostat -x 5" shows whether all disks are slow or this one is, "zpool iostat -l 5" what ZFS ' +
      'waits for, "smartctl -a /dev/{{ $labels.device }}" what the disk says itself.',
    mutes: [{ alerts: ['BlockIOLatencyHigh'], on: ['instance', 'device'] }],
  },
];

const units: readonly Alert[] = [
  {
    name: 'SystemdUnitFailed',
    severity: 'warning',
    // Of a collector TextfileCollectorStopped tells. What a timer starts every few minutes has not failed while it tries again.
    expr: promql`max_over_time(${series(m.unitState, { state: 'failed', name: { not: ['textfile-collector-.*'] } })}[5m]) == 1`,
    for: '10m',
    summary: '{{ $labels.name }} on {{ $labels.instance }} has failed.',
    description:
      // The name of a mount has backslashes.
      `It does not run, or did not do what it should have done. "systemctl status '{{ $labels.name }}'" and ` +
      `"journalctl -u '{{ $labels.name }}' -e"; "systemctl reset-failed" where it does not matter any more.`,
  },
];

export const alerts: readonly Alert[] = [...path, ...load, ...disks, ...units];
