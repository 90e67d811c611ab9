import { PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import type { Column, MatrixPanel, TablePanel } from '../../lib/monitoring/dashboard.ts';
import { type Expression, promql } from '../../lib/monitoring/promql.ts';
import { linkProperties } from './links.ts';
import { query, refId } from './query.ts';
import { columnProperties } from './reading.ts';

const node = 'Node';

/** A table that Grafana merges from one query for each column. */
export function table(panel: TablePanel, selector: string): PanelBuilder {
  const { by, columns, steps } = panel;
  const builder = new PanelBuilder()
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({ id: 'sortBy', options: { fields: {}, sort: [{ field: valueField(panel, 0), desc: true }] } })
    .withTransformation({ id: 'organize', options: organised(panel) });
  columns.forEach((column, index) => {
    const expr = columnExpression(panel, column);
    builder.withTarget(query(expr, index, selector).instant().format(PromQueryFormat.Table));
    builder.overrideByName(column.title, columnProperties(column));
  });
  if (steps !== undefined) builder.maxDataPoints(steps);
  if (by.includes('instance')) builder.overrideByName(node, linkProperties('${__value.text}'));
  return builder;
}

/** One value for each row, whatever labels the series have beside; for the rows with the highest values of the first column. */
export function columnExpression({ by, columns: [first], most = '100' }: TablePanel, column: Column): Expression {
  const { expr, label } = column;
  const values = promql`max by (${[...by, ...(label === undefined ? [] : [label])].join(', ')}) (${expr})`;
  if (first === undefined || column === first) return promql`topk(${most}, ${values})`;
  return promql`${values} and on (${by.join(', ')}) topk(${most}, max by (${by.join(', ')}) (${first.expr}))`;
}

/** As Grafana calls the values of a query where there are several. */
function valueField({ columns }: TablePanel, index: number): string {
  return columns.length === 1 ? 'Value' : `Value #${refId(index)}`;
}

/** The labels first, then the columns; what only carries a label is left out. */
function organised(panel: TablePanel) {
  const names = panel.by.map((label) => [label, titleOf(label)] as const);
  const values = panel.columns.map(({ title, label }, index) => [label ?? valueField(panel, index), title] as const);
  const hidden = panel.columns.flatMap(({ label }, index) => (label === undefined ? [] : [valueField(panel, index)]));
  const shown = [...names, ...values];
  return {
    excludeByName: Object.fromEntries(['Time', ...hidden].map((name) => [name, true])),
    indexByName: Object.fromEntries(shown.map(([name], index) => [name, index])),
    renameByName: Object.fromEntries(shown),
  };
}

/** What a label is called at the head of a column. */
export function titleOf(label: string): string {
  if (label === 'instance') return node;
  return label.replace(/^./, (first) => first.toUpperCase()).replaceAll('_', ' ');
}

/** A table that Grafana makes from one query: a cell for each pair of a row and a column. */
export function matrix({ expr, row, column, ...reading }: MatrixPanel, selector: string): PanelBuilder {
  const cells = promql`max by (${row}, ${column}) (${expr})`;
  return new PanelBuilder()
    .withTarget(query(cells, 0, selector).instant().format(PromQueryFormat.Table))
    .withTransformation({
      id: 'groupingToMatrix',
      options: { rowField: row, columnField: column, valueField: 'Value', emptyValue: 'null' },
    })
    .overrideByFieldType('number', columnProperties(reading));
}
