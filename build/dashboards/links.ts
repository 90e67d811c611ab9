import * as grafana from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dashboard } from '../../lib/monitoring/dashboard.ts';

/** By which Grafana finds the dashboards that belong together. */
export const tag = 'textfile-collectors';

/** The uid of Node Detail. */
export const nodeDetail = 'textfile-node';

/** What stands beside the variables: the other dashboards with the same choice, and what is not ours. */
export function dashboardLinks({ machines, uid }: Dashboard) {
  const others = link('Dashboards', '')
    .type(grafana.DashboardLinkType.Dashboards)
    .tags([tag])
    .asDropdown(true)
    .includeVars(true)
    .keepTime(true);
  return [
    others,
    ...(machines === 'fleet' ? [] : [link('Logs', logs()).targetBlank(true)]),
    ...(uid === nodeDetail
      ? [link('Node Exporter Full (1860)', 'https://grafana.com/grafana/dashboards/1860').targetBlank(true)]
      : []),
  ];
}

function link(title: string, url: string) {
  return new grafana.DashboardLinkBuilder(title).type(grafana.DashboardLinkType.Link).icon('external link').url(url);
}

/** From a cell or a line to its machine; `instance` is Grafana's expression for the name. */
export function linkProperties(instance: string): grafana.DynamicConfigValue[] {
  const url = `/d/${nodeDetail}?var-datasource=\${datasource}&var-instance=${instance}&\${__url_time_range}`;
  return [{ id: 'links', value: [{ title: 'Node Detail', url }] }];
}

/** From a panel to the dashboard of its subject, with the same choice. */
export function panelLink({ title, uid }: { readonly title: string; readonly uid: string }) {
  const url = `/d/${uid}?\${datasource:queryparam}&\${job:queryparam}&\${env:queryparam}&\${instance:queryparam}&\${__url_time_range}`;
  return link(title, url);
}

/** The journals of the chosen machines, as config.alloy sends them to Loki. */
function logs(): string {
  const query = { refId: 'A', datasource: { type: 'loki', uid: '${logs}' }, expr: '{instance=~"${instance:pipe}"}' };
  const panes = { logs: { datasource: '${logs}', queries: [query], range: { from: '${__from}', to: '${__to}' } } };
  // Grafana fills in its variables before it follows the link.
  const encoded = encodeURIComponent(JSON.stringify(panes)).replaceAll(/%24%7B(.*?)%7D/g, (_, name: string) => {
    return `\${${decodeURIComponent(name)}}`;
  });
  return `/explore?schemaVersion=1&panes=${encoded}`;
}
