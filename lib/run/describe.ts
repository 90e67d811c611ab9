import type { Collector } from '../collector.ts';
import type { Metric } from '../metric.ts';
import { selfMetrics } from '../self-metrics.ts';

/** The text of --metrics: what can be in the file, one metric a line. */
export function metricsTable(collector: Collector): string {
  const rows = allMetrics(collector).map(({ name, type, labels, help }) => [
    labels.length === 0 ? name : `${name}{${labels.join(',')}}`,
    type,
    help,
  ]);
  const width = Math.max(...rows.map(([name = '']) => name.length));
  return rows
    .map(([name = '', type = '', help = '']) => `${name.padEnd(width)}  ${type.padEnd(7)}  ${help}\n`)
    .join('');
}

/** Those of the collector and those that every file has, by name. */
export function allMetrics(collector: Collector): Metric[] {
  return [...collector.metrics, ...selfMetrics].sort((a, b) => (a.name < b.name ? -1 : 1));
}
