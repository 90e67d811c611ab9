import { gauge, type Metric } from '../metric.ts';
import { type Expression, promql } from './promql.ts';

/** A series that Prometheus makes from others at each evaluation. Alerts and panels read it as any metric. */
export interface Recording<Label extends string = string> extends Metric<Label> {
  readonly expr: Expression;
}

/** `name` is level:metric:operation, as https://prometheus.io/docs/practices/rules/ has it; `labels` are those that `expr` leaves. */
export function recording<const Label extends string = never>(
  name: string,
  help: string,
  labels: readonly Label[],
  expr: Expression,
): Recording<Label> {
  return { ...gauge(name, help, labels), expr };
}

/** Three days. What ends by itself has to last until somebody reads warnings: a weekend, with both its evenings, has 62 hours. */
const remembered = 3 * 86_400;

/**
 * When each series of `seen` was last there, for as long as that is remembered. It reads its own last value, one sample a series, where
 * `last_over_time(…[1d])` would read a day of samples at each evaluation. It forgets where Prometheus stands still for five
 * minutes.
 */
export function lastSeen<const Label extends string>(
  name: string,
  labels: readonly Label[],
  seen: Expression,
): Recording<Label> {
  const itself = gauge(name, `UNIX time at which it was last there, for three days.`, labels);
  return { ...itself, expr: promql`(${seen}) * 0 + time() or ${itself} > time() - ${remembered}` };
}

/**
 * Since when `condition` holds of each of its series. For an alert on many of them together: each has to hold for itself, and a
 * `for` would be that of the first of them.
 */
export function since<const Label extends string>(
  name: string,
  labels: readonly Label[],
  condition: Expression,
): Recording<Label> {
  const itself = gauge(name, 'UNIX time since when it holds.', labels);
  return { ...itself, expr: promql`(${itself} and (${condition})) or (${condition}) * 0 + time()` };
}
