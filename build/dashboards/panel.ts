import { PanelBuilder as GaugesBuilder } from '@grafana/grafana-foundation-sdk/bargauge';
import * as common from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as HeatmapBuilder } from '@grafana/grafana-foundation-sdk/heatmap';
import { PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as GraphBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Panel, SeriesPanel } from '../../lib/monitoring/dashboard.ts';
import { linkProperties } from './links.ts';
import { query, refId } from './query.ts';
import { mappings, thresholds } from './reading.ts';
import { matrix, table } from './table.ts';
import { datasource } from './variables.ts';

/** Collectors run every 30 or 60 seconds: a rate over less sees no change. */
const shortest = '1m';

const heights = {
  stat: 5,
  names: 5,
  gauges: 8,
  graph: 8,
  stack: 8,
  timeline: 8,
  heatmap: 8,
  table: 10,
  matrix: 8,
} as const;

/** The panel as Grafana draws it, with `selector` in every query. */
export function panelOf(panel: Panel, selector: string) {
  const builder = kindOf(panel, selector)
    .title(panel.title)
    .description(panel.description ?? '')
    .datasource(datasource)
    .span(panel.width)
    .height(panel.height ?? heights[panel.kind])
    .interval(shortest)
    // An empty list is an answer; a graph without lines is none.
    .noValue(panel.kind === 'names' || panel.kind === 'table' ? 'none' : 'no data');
  // The columns of a table have settings of their own.
  if (panel.kind === 'table' || panel.kind === 'matrix') return builder;
  return builder
    .unit(panel.unit ?? 'none')
    .mappings(mappings(panel.words ?? []))
    .thresholds(thresholds(panel.limits ?? {}));
}

function kindOf(panel: Panel, selector: string) {
  if (panel.kind === 'table') return table(panel, selector);
  if (panel.kind === 'matrix') return matrix(panel, selector);
  const builder = kinds[panel.kind](panel);
  panel.queries.forEach(({ expr, legend }, index) => {
    const target = query(expr, index, selector).legendFormat(legend);
    const isNow = panel.kind === 'stat' || panel.kind === 'names' || panel.kind === 'gauges';
    if (panel.kind === 'heatmap') target.format(PromQueryFormat.Heatmap);
    builder.withTarget(isNow ? target.instant() : target.range());
    // A sum over machines is of none of them.
    if (legend.includes('{{instance}}'))
      builder.overrideByQuery(refId(index), linkProperties('${__field.labels.instance}'));
  });
  return builder;
}

const kinds = {
  stat: (panel: SeriesPanel) =>
    stat(
      panel.queries[0]?.legend === panel.title ? common.BigValueTextMode.Value : common.BigValueTextMode.ValueAndName,
      panel,
    ),
  names: (panel: SeriesPanel) => stat(common.BigValueTextMode.Name, panel),
  gauges: () =>
    new GaugesBuilder()
      .orientation(common.VizOrientation.Horizontal)
      .displayMode(common.BarGaugeDisplayMode.Basic)
      .reduceOptions(latest())
      .min(0)
      .max(1),
  graph: () => new GraphBuilder().min(0),
  stack: () =>
    new GraphBuilder()
      .min(0)
      .fillOpacity(40)
      .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal)),
  timeline: () => new TimelineBuilder().mergeValues(true),
  heatmap: () => new HeatmapBuilder().calculate(false),
};

/** A tile is coloured as a whole where a limit gives the colour a meaning. */
function stat(text: common.BigValueTextMode, { limits }: SeriesPanel) {
  return new StatBuilder()
    .graphMode(common.BigValueGraphMode.None)
    .colorMode(limits === undefined ? common.BigValueColorMode.None : common.BigValueColorMode.Background)
    .textMode(text)
    .reduceOptions(latest());
}

function latest() {
  return new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']);
}
