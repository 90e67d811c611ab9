import * as grafana from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dashboard } from '../../lib/monitoring/dashboard.ts';
import { annotationQueries } from './annotations.ts';
import { dashboardLinks, panelLink, tag } from './links.ts';
import { panelOf } from './panel.ts';
import { selectorOf, variables } from './variables.ts';

/** Grafana 12 and 13; older ones from 10 on read what they know of it. */
const schemaVersion = 42;

/** The dashboard as Grafana reads it from a provisioned folder. */
export function dashboardText(dashboard: Dashboard): string {
  const { uid, title, range = '24h' } = dashboard;
  const builder = new grafana.DashboardBuilder(title)
    .uid(uid)
    .tags([tag])
    .time({ from: `now-${range}`, to: 'now' })
    .refresh('1m')
    .tooltip(grafana.DashboardCursorSync.Crosshair)
    .annotations(annotationQueries(dashboard))
    .links(dashboardLinks(dashboard))
    .variables(variables(dashboard));
  for (const row of [dashboard.now, ...dashboard.rows]) {
    builder.withRow(new grafana.RowBuilder(row.title));
    for (const panel of row.panels) {
      const built = panelOf(panel, selectorOf(dashboard));
      builder.withPanel(row.more === undefined ? built : built.links([panelLink(row.more)]));
    }
  }
  const built = builder.build();
  const panels = built.panels?.map((panel, index) => ({ ...panel, id: index + 1 }));
  return `${JSON.stringify({ ...built, schemaVersion, panels }, undefined, 2)}\n`;
}
