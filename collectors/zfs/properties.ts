import { type Metric, type Sample, type Value, sample } from '../../lib/metric.ts';
import { type Attempt, cellsOf, decimal, integer, unexpected } from '../../lib/parse.ts';

/** Reads a cell; undefined where it says that there is no value, a throw where it makes no sense. */
type Parse = (text: string, place: string) => Value | undefined;

/** A property that is a series: the column to ask for, how its cells are read, and what they are exported as. */
export type Property<Label extends string> = readonly [column: string, parse: Parse, metric: Metric<Label>];

/** The values of one pool or dataset; what the tool prints as `-` is absent. */
export type Values<Label extends string> = ReadonlyMap<Metric<Label>, Value>;

/** The cells of one line by column; empty for a column that was not asked for. */
export type Cells = (column: string) => string;

/**
 * The lines of `zpool list -Hp` or `zfs list -Hp`, cells between tabs. The last column takes what is over, since a path may
 * hold a tab; a line that is cut short is left out, and of two for one name the second. Each is read before the next is cut:
 * the cells of ten thousand take more memory than what is read.
 */
export function tableOf<T>(
  text: string,
  columns: readonly string[],
  place: string,
  attempt: Attempt,
  read: (cells: Cells) => T,
): T[] {
  const names = new Set<string>();
  return text.split('\n').flatMap((line, index) => {
    if (line === '') return [];
    const cells = attempt(() => lineCells(line, columns, `${place} line ${index + 1}`, names));
    return cells === undefined ? [] : [read(cells)];
  });
}

function lineCells(line: string, columns: readonly string[], place: string, names: Set<string>): Cells {
  const byColumn = new Map(cellsOf(line, columns.length, place, true).map((cell, index) => [columns[index], cell]));
  const name = byColumn.get('name') ?? '';
  if (names.has(name)) throw unexpected(place, 'each name once', name);
  names.add(name);
  return (column) => byColumn.get(column) ?? '';
}

export function readValues<Label extends string>(
  properties: readonly Property<Label>[],
  cell: Cells,
  place: string,
  attempt: Attempt,
): Values<Label> {
  const values = new Map<Metric<Label>, Value>();
  for (const [column, parse, metric] of properties) {
    const value = attempt(() => parse(cell(column), `${place}, ${column}`));
    if (value !== undefined) values.set(metric, value);
  }
  return values;
}

export function* valueSamples<Label extends string>(
  labels: Readonly<Record<NoInfer<Label>, string>>,
  values: Values<Label>,
): Generator<Sample> {
  for (const [metric, value] of values) yield sample(metric, labels, value);
}

/** A quota or a reservation: 0 is one that is not set. */
export const limit: Parse = (text, place) => integer(text, place) || undefined;

export const percent: Parse = (text, place) => {
  const value = decimal(text, place);
  if (value !== undefined && value > 100) throw unexpected(place, 'at most 100 %', text);
  return value === undefined ? undefined : value / 100;
};

/** 1 and 0 for two words. */
export function flag(yes: string, no: string): Parse {
  const values = new Map([
    [yes, 1],
    [no, 0],
  ]);
  return (text, place) => {
    const value = values.get(text);
    if (value === undefined && !['-', 'none', ''].includes(text)) throw unexpected(place, `${yes} or ${no}`, text);
    return value;
  };
}
