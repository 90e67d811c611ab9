import { alertmanagerText } from '../../lib/monitoring/alertmanager.ts';
import { dashboardsText, dataSourcesText } from '../../lib/monitoring/grafana.ts';
import { alloyText, otelText } from '../../lib/monitoring/logs.ts';
import { rulesText } from '../../lib/monitoring/rules.ts';
import { agentText, prometheusText, webConfigText } from '../../lib/monitoring/scrape.ts';
import type { Site } from '../../lib/monitoring/site.ts';
import { exampleText } from './example.ts';
import { ruleFiles } from './rule-files.ts';

/** A file, and its place below the folder that is asked for. */
export interface StackFile {
  readonly name: string;
  readonly text: string;
}

/** Everything that the monitoring side reads, for one site. */
export function stackFiles(site: Site): StackFile[] {
  const alerts = ruleFiles.flatMap((file) => file.alerts);
  return [
    ...ruleFiles.map((file) => ({ name: `rules/${file.name}.yml`, text: rulesText(file, site) })),
    { name: 'server/prometheus.yml', text: prometheusText(site) },
    { name: 'server/prometheus-agent.yml', text: agentText(site) },
    { name: 'server/alertmanager.yml', text: alertmanagerText(alerts, site) },
    { name: 'server/rules.toml', text: exampleText() },
    { name: 'grafana/dashboards.yml', text: dashboardsText },
    { name: 'grafana/datasources.yml', text: dataSourcesText(site) },
    { name: 'node/node-web.yml', text: webConfigText },
    { name: 'node/config.alloy', text: alloyText },
    { name: 'node/otel.yaml', text: otelText },
  ];
}

/** The folders of dist/ that hold these files and the pages of the runbooks, which are the same for every site. */
export const stackFolders = ['rules', 'server', 'node', 'grafana', 'consoles'] as const;
