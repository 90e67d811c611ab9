import type { Metric } from '../metric.ts';
import type { Expression } from './promql.ts';

/** What Grafana shows of one subject. */
export interface Dashboard {
  /** Stays as it is, since links name it. */
  readonly uid: string;
  readonly title: string;
  /** Whose series: the whole fleet's, those of any machines, or of one until more are chosen. */
  readonly machines: 'fleet' | 'any' | 'one';
  /** The machines to choose from are those that have it. */
  readonly presence: Expression;
  /** How far it looks back, as `30d`. */
  readonly range?: string;
  /** Other variables, each a list of numbers of which the first one is chosen. */
  readonly numbers?: readonly NumberVariable[];
  /** Variables of which all values are chosen at first. */
  readonly choices?: readonly LabelVariable[];
  /** What the graphs show beside alerts and reboots. */
  readonly annotations?: readonly Annotation[];
  /** What matters first; Node Detail shows it, too. */
  readonly now: Row;
  readonly rows: readonly Row[];
}

export interface NumberVariable {
  readonly name: string;
  readonly label: string;
  readonly choices: readonly number[];
}

/** The values of the label `name`, of the chosen machines. */
interface LabelVariable {
  readonly name: string;
  readonly label: string;
  readonly of: Expression;
}

/** A time that is marked on every graph, while `expr` has a value. */
export interface Annotation {
  readonly name: string;
  readonly expr: Expression;
  readonly text: string;
  readonly color: 'red' | 'orange' | 'blue' | 'purple';
  /** Whether the value is the time, in milliseconds, rather than the time at which it was seen. */
  readonly valueIsTime?: boolean;
  /** Whether it has to be switched on: of warnings there may be many at once. */
  readonly off?: boolean;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
  /** The dashboard that its panels link to. */
  readonly more?: { readonly title: string; readonly uid: string };
}

export type Panel = SeriesPanel | TablePanel | MatrixPanel;

/** From where on a value is orange, and red. */
export interface Limits {
  readonly warning?: number;
  readonly critical?: number;
}

/** How a value is written and coloured. */
export interface Reading {
  readonly unit?: Unit;
  /** What 0, 1, 2… mean; what is between two of them is the lower one. */
  readonly words?: readonly string[];
  readonly limits?: Limits;
}

interface Common extends Reading {
  readonly title: string;
  /** What is not plain from the title. */
  readonly description?: string;
  /** Of 24. */
  readonly width: number;
  /** In rows of the grid, where it is not what its kind needs. */
  readonly height?: number;
}

/** One mark for each series. */
export interface SeriesPanel extends Common {
  /**
   * `stat`: now, a tile for each series. `names`: the same, of which only the legend counts. `gauges`: now, a bar for each
   * series. `stack`: a graph of parts of a whole. `timeline`: states. `heatmap`: buckets of a histogram.
   */
  readonly kind: 'stat' | 'names' | 'gauges' | 'graph' | 'stack' | 'timeline' | 'heatmap';
  readonly queries: readonly Query[];
}

interface Query {
  readonly expr: Expression;
  readonly legend: string;
}

/** Now, a row for each set of the labels `by`. */
export interface TablePanel extends Common {
  readonly kind: 'table';
  readonly by: readonly string[];
  /** The rows are those of the first one, and in its order: the highest value first. */
  readonly columns: readonly Column[];
  /** How many rows there may be: 100, or the name of a variable. */
  readonly most?: string;
  /** Into how many `$__interval` the time is divided, where a column asks for all of it. */
  readonly steps?: number;
}

/** The highest value of a row's series. */
export interface Column extends Reading {
  readonly title: string;
  readonly expr: Expression;
  /** The label that is shown instead of the value. */
  readonly label?: string;
}

/** Now, a row for each value of one label and a column for each of another one. */
export interface MatrixPanel extends Common {
  readonly kind: 'matrix';
  readonly expr: Expression;
  readonly row: string;
  readonly column: string;
}

/** As Grafana calls them: bytes, bytes and events a second, a ratio, seconds, a time in milliseconds, or none. */
type Unit = 'bytes' | 'binBps' | 'cps' | 'iops' | 'percentunit' | 's' | 'none';

/** What a panel asks. */
export function expressionsOf(panel: Panel): readonly Expression[] {
  if (panel.kind === 'matrix') return [panel.expr];
  return (panel.kind === 'table' ? panel.columns : panel.queries).map(({ expr }) => expr);
}

/** The machine, its network namespace if the series is of one, and labels of `metric` that tell its series apart. */
export function legend<Label extends string>(_metric: Metric<Label>, ...names: readonly NoInfer<Label>[]): string {
  return ['instance', 'netns', ...names].map((name) => `{{${name}}}`).join(' ');
}
