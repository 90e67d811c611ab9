import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BigValueGraphMode, BigValueTextMode, ReduceDataOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import * as grafana from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as GraphBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { slices } from '../collectors/index.ts';
import type { Dashboard, Panel } from '../lib/monitoring/dashboard.ts';
import { render } from '../lib/monitoring/promql.ts';

const dist = path.resolve(import.meta.dirname, '../dist/dashboards');

/** Grafana 10.4; newer ones migrate it. */
const schemaVersion = 39;

/** Collectors run every 30 or 60 seconds: a rate over less sees no change. */
const shortest = '1m';

/** Of the queries of a panel: A, B, C… */
const firstId = 65;

const datasource = { type: 'prometheus', uid: '${datasource}' };

/** The dashboards by the name of their collector. */
export const dashboards: readonly { readonly name: string; readonly dashboard: Dashboard }[] = slices.flatMap(
  ({ collector: { name }, dashboard }) => (dashboard === undefined ? [] : [{ name, dashboard }]),
);

/** The dashboard as Grafana reads it from a provisioned folder. */
export function dashboardText({ uid, title, presence, rows }: Dashboard): string {
  const builder = new grafana.DashboardBuilder(title)
    .uid(uid)
    .tags(['textfile-collectors'])
    .time({ from: 'now-24h', to: 'now' })
    .refresh('1m')
    .tooltip(grafana.DashboardCursorSync.Crosshair)
    .annotations([])
    .withVariable(datasourceVariable())
    .withVariable(instanceVariable(presence.name));
  for (const row of rows) {
    builder.withRow(new grafana.RowBuilder(row.title));
    for (const panel of row.panels) builder.withPanel(panelOf(panel));
  }
  const dashboard = builder.build();
  const panels = dashboard.panels?.map((panel, index) => ({ ...panel, id: index + 1 }));
  return `${JSON.stringify({ ...dashboard, schemaVersion, panels }, undefined, 2)}\n`;
}

function datasourceVariable() {
  return new grafana.DatasourceVariableBuilder('datasource')
    .label('Data source')
    .type('prometheus')
    .current({ selected: true, text: 'Prometheus', value: 'prometheus' });
}

function instanceVariable(presence: string) {
  return new grafana.QueryVariableBuilder('instance')
    .label('Machine')
    .datasource(datasource)
    .query({ query: `label_values(${presence}, instance)`, refId: 'instance' })
    .refresh(grafana.VariableRefresh.OnTimeRangeChanged)
    .sort(grafana.VariableSort.AlphabeticalCaseInsensitiveAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: ['All'], value: ['$__all'] });
}

function panelOf(panel: Panel) {
  const now = panel.kind === 'stat' || panel.kind === 'names';
  const builder = kinds[panel.kind]()
    .title(panel.title)
    .description(panel.description ?? '')
    .datasource(datasource)
    .span(panel.width)
    .height(now ? 5 : 8)
    .interval(shortest)
    .unit(panel.unit ?? 'none')
    .noValue(panel.kind === 'names' ? 'none' : 'no data')
    .mappings(mappings(panel.words ?? []))
    .thresholds(thresholds(panel.limits ?? {}));
  panel.queries.forEach(({ expr, legend }, index) => {
    const query = new DataqueryBuilder()
      .refId(String.fromCodePoint(firstId + index))
      .datasource(datasource)
      .expr(render(expr, 'instance=~"$instance"'))
      .legendFormat(legend);
    builder.withTarget(now ? query.instant() : query.range());
  });
  return builder;
}

const kinds = {
  stat: () => stat(BigValueTextMode.ValueAndName),
  names: () => stat(BigValueTextMode.Name),
  graph: () => new GraphBuilder().min(0),
  timeline: () => new TimelineBuilder().mergeValues(true),
};

function stat(text: BigValueTextMode) {
  return new StatBuilder()
    .graphMode(BigValueGraphMode.None)
    .textMode(text)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']));
}

function mappings(words: readonly string[]): grafana.ValueMapping[] {
  const options = Object.fromEntries(words.map((text, index) => [String(index), { text, index }]));
  return words.length === 0 ? [] : [{ type: grafana.MappingType.ValueToText, options }];
}

function thresholds({ warning, critical }: NonNullable<Panel['limits']>) {
  const steps = [
    { value: null, color: 'green' },
    ...(warning === undefined ? [] : [{ value: warning, color: 'orange' }]),
    ...(critical === undefined ? [] : [{ value: critical, color: 'red' }]),
  ];
  return new grafana.ThresholdsConfigBuilder().mode(grafana.ThresholdsMode.Absolute).steps(steps);
}

if (process.argv[1] === import.meta.filename) {
  await mkdir(dist, { recursive: true });
  for (const { name, dashboard } of dashboards) {
    await writeFile(path.join(dist, `${name}.json`), dashboardText(dashboard));
  }
}
