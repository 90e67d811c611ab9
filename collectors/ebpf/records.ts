import { bucketsOf, countOf, gauge } from '../../lib/metric.ts';
import { alerts } from '../../lib/monitoring/prometheus.ts';
import { type Expression, promql, series } from '../../lib/monitoring/promql.ts';
import { type Recording, recording } from '../../lib/monitoring/record.ts';
import * as m from './metrics.ts';

const disk = ['device', 'operation'] as const;

/** Discards come in bursts, and nobody waits for them. */
const counted = { operation: ['read', 'write', 'flush'] } as const;

/** Of fewer than three requests a second the slowest hundredth is a handful in 5 minutes. */
export const blockIoP99 = recording(
  'device_operation:ebpf_block_io_latency_seconds:p99_rate5m',
  'What the slowest hundredth of the requests took at least, where there are more than three a second.',
  disk,
  promql`histogram_quantile(0.99, rate(${series(bucketsOf(m.blockIoLatency), counted)}[5m]))
    and rate(${series(countOf(m.blockIoLatency), counted)}[5m]) > 3`,
);

export const runQueueP99 = recording(
  'instance:ebpf_run_queue_latency_seconds:p99_rate5m',
  'What the longest hundredth of the waits for a processor took at least, where there are more than ten a second.',
  [],
  promql`histogram_quantile(0.99, rate(${bucketsOf(m.runQueueLatency)}[5m]))
    and rate(${countOf(m.runQueueLatency)}[5m]) > 10`,
);

/** What disks do meanwhile is no measure for other days. */
const scrubs = series(alerts, { alertname: ['ZFSScrubRunning', 'ZFSResilverRunning'], alertstate: 'firing' });
const yesterday = promql`(${blockIoP99} offset 1d unless on (instance) ${scrubs} offset 1d)`;

const week = gauge(
  'device_operation:ebpf_block_io_latency_seconds:p99_week',
  'The highest of these times until a day ago, scrubs and resilvers left out; half of it after a week.',
  disk,
);
const faded = promql`${week} * 0.5 ^ ((time() - timestamp(${week})) / 604800)`;
const last = promql`((${faded} or ${week} offset 1d or ${week} offset 1w) and ${countOf(m.blockIoLatency)})`;

/**
 * It reads a sample of yesterday and its own last value, where `max_over_time(…[1w])` would read a week of samples at each
 * evaluation. Where machine or Prometheus were away it goes on from its value of yesterday, or of a week ago; without its
 * device it ends.
 */
export const blockIoWeek: Recording<'device' | 'operation'> = { ...week, expr: higher(yesterday, last) };

/** Of two that may both be absent. */
function higher(one: Expression, other: Expression): Expression {
  return promql`${one} > ${other} or ${other} or ${one}`;
}

export const records: readonly Recording[] = [blockIoP99, runQueueP99, blockIoWeek];
