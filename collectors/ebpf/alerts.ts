import type { Alert } from '../../lib/monitoring/alert.ts';
import { promql, threshold } from '../../lib/monitoring/promql.ts';
import { blockIoP99, blockIoWeek, runQueueP99 } from './records.ts';

/** Bounds of the histograms are exact; between two of them, one four times the other, a quantile is a guess. */
const slowDisk = threshold(
  'block_io_latency_seconds',
  0.065536,
  'Time that one in a hundred requests of a disk may always take, whatever its week was like.',
);
const timesWeek = threshold(
  'block_io_latency_week_factor',
  4,
  'How many times as long as in the week before; less than 4 is less than a bucket, which says little.',
);
const slowProcessor = threshold(
  'run_queue_latency_seconds',
  0.065536,
  'Time that one in a hundred threads may wait for a processor.',
);

export const alerts: readonly Alert[] = [
  {
    name: 'BlockIOLatencyHigh',
    severity: 'warning',
    // A device that was not known a week ago has no week to compare with.
    expr: promql`${blockIoP99} > ${slowDisk} and ${blockIoP99} > ${timesWeek} * ${blockIoWeek} and ${blockIoWeek} offset 6d`,
    for: '15m',
    summary:
      'One in 100 {{ $labels.operation }} requests of {{ $labels.device }} on {{ $labels.instance }} takes ' +
      '{{ $value | humanizeDuration }} or more.',
    lists: {
      expr: promql`${blockIoWeek}`,
      shared: ['instance', 'device', 'operation'],
      text: 'In the week before it was {{ .Value | humanizeDuration }} at most. ',
    },
    description:
      'Reads or writes that nobody sees in the mean wait for it. "iostat -x 5" shows whether there is more to do than before, or ' +
      'the disk is slower; "smartctl -a /dev/{{ $labels.device }}" what the disk says itself.',
  },
  {
    name: 'RunQueueLatencyHigh',
    severity: 'warning',
    expr: promql`${runQueueP99} > ${slowProcessor}`,
    for: '10m',
    summary:
      'One in 100 threads on {{ $labels.instance }} waits {{ $value | humanizeDuration }} or more for a processor.',
    description:
      'Whatever has to answer quickly does not. "top -H" shows which threads have the processors; where these are idle, a limit ' +
      'holds threads back: nr_throttled in cpu.stat of their cgroup, or st in "vmstat 5" the host of a virtual machine.',
    mutes: [{ alerts: ['HighCPU'], on: ['instance'] }],
  },
];
