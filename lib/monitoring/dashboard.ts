import type { Metric } from '../metric.ts';
import type { Expression } from './promql.ts';

/** What Grafana shows of one collector, for the machines that are chosen at the top. */
export interface Dashboard {
  /** Stays as it is, since links name it. */
  readonly uid: string;
  readonly title: string;
  /** The machines to choose from are those that have it. */
  readonly presence: Metric;
  readonly rows: readonly Row[];
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface Panel {
  readonly title: string;
  /** What is not plain from the title. */
  readonly description?: string;
  /** `stat`: now, a tile for each series. `names`: the same, of which only the legend counts. `timeline`: states. */
  readonly kind: 'stat' | 'names' | 'graph' | 'timeline';
  /** Of 24. */
  readonly width: number;
  readonly queries: readonly Query[];
  readonly unit?: Unit;
  /** What the values 0, 1, 2… mean. */
  readonly words?: readonly string[];
  /** From where on a value is orange, and red. */
  readonly limits?: { readonly warning?: number; readonly critical?: number };
}

interface Query {
  readonly expr: Expression;
  readonly legend: string;
}

/** As Grafana calls them: bytes, bytes and events a second, a ratio, seconds, or none. */
type Unit = 'bytes' | 'binBps' | 'cps' | 'percentunit' | 's' | 'none';

/** The machine, its network namespace if the series is of one, and labels of `metric` that tell its series apart. */
export function legend<Label extends string>(_metric: Metric<Label>, ...names: readonly NoInfer<Label>[]): string {
  return ['instance', 'netns', ...names].map((name) => `{{${name}}}`).join(' ');
}
