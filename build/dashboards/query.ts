import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { type Expression, render } from '../../lib/monitoring/promql.ts';
import { datasource } from './variables.ts';

const first = 65;

/** Of the queries of a panel: A, B, C… */
export function refId(index: number): string {
  return String.fromCodePoint(first + index);
}

export function query(expr: Expression, index: number, selector: string): DataqueryBuilder {
  return new DataqueryBuilder().refId(refId(index)).datasource(datasource).expr(render(expr, selector));
}
