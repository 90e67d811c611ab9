import type { Site } from './site.ts';
import { yamlText } from './yaml.ts';

/** What the dashboards ask if nobody chooses otherwise: the uid of the data source. */
export const prometheusUid = 'prometheus';

/**
 * A folder of dashboards, which Grafana reads when it starts, and again when the package has new ones.
 * https://grafana.com/docs/grafana/latest/administration/provisioning/#dashboards
 */
export const dashboardsText = `# /etc/grafana/provisioning/dashboards/textfile-collectors.yml
${yamlText({
  apiVersion: 1,
  providers: [
    {
      name: 'textfile-collectors',
      folder: 'Nodes',
      type: 'file',
      updateIntervalSeconds: 60,
      // What is changed in the browser would be lost with the next version: Grafana offers to save it under another name.
      allowUiUpdates: false,
      options: { path: '/usr/share/textfile-collectors/dashboards' },
    },
  ],
})}`;

/**
 * Where the dashboards ask, and silences are seen.
 * https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources
 */
export function dataSourcesText(site: Site): string {
  const sources = [
    {
      name: 'Prometheus',
      type: 'prometheus',
      uid: prometheusUid,
      url: 'http://localhost:9090',
      // Grafana's $__rate_interval is at least four of them; it takes 15s for granted.
      jsonData: { timeInterval: site.scrape_interval, prometheusType: 'Prometheus' },
    },
    ...site.alertmanagers.map((address, index) => ({
      name: index === 0 ? 'Alertmanager' : `Alertmanager ${index + 1}`,
      type: 'alertmanager',
      uid: index === 0 ? 'alertmanager' : `alertmanager-${index + 1}`,
      url: `http://${address}`,
      jsonData: { implementation: 'prometheus' },
    })),
  ];
  const all = { apiVersion: 1, datasources: sources.map((one) => ({ ...one, access: 'proxy' })) };
  return `# /etc/grafana/provisioning/datasources/textfile-collectors.yml
${yamlText(all)}${lokiText}`;
}

const lokiText = `# With config.alloy on the nodes, for the link from a dashboard to the journal:
# - name: Loki
#   type: loki
#   uid: loki
#   url: http://localhost:3100
#   access: proxy
`;
