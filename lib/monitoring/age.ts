import type { Metric } from '../metric.ts';
import { lastRun } from '../self-metrics.ts';
import { type Expression, promql, series } from './promql.ts';

/**
 * How old a time was at the last run of its collector, in seconds. Measured from now it would go on growing while the collector
 * stands still, and while the clock of the machine is wrong; so it is only where a site drops the series of the last run.
 */
export function ageAtLastRun(collector: string, time: Metric): Expression {
  const own = [...lastRun.labels, ...time.labels].join(', ');
  return promql`(${series(lastRun, { collector })} - ignoring (${own}) group_right () ${time} or time() - ${time})`;
}
