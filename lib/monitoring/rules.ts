import type { Alert } from './alert.ts';
import { render } from './promql.ts';
import type { Recording } from './record.ts';
import type { Site } from './site.ts';
import { listingText } from './template.ts';
import { yamlText } from './yaml.ts';

/** The alerts of one file, and where more is told of them. */
export interface RuleFile {
  readonly name: string;
  readonly alerts: readonly Alert[];
  /** What the alerts and the dashboards read; evaluated before them. */
  readonly records: readonly Recording[];
  /** The README that holds their runbooks. */
  readonly readme: string;
  /** The uid of the dashboard that shows more. */
  readonly dashboard: string;
  /** Whether what they tell may be of a network namespace, which the label `netns` then names. */
  readonly perNetns: boolean;
  /** How many alerts follow one from the other, at most, by the name of the first. */
  readonly followers: ReadonlyMap<string, number>;
}

/** The file as Prometheus reads it. */
export function rulesText(file: RuleFile, site: Site): string {
  const records = file.records.map(({ name, expr }) => ({
    record: name,
    expr: render(expr, site.selector, site.thresholds),
  }));
  const alerts = file.alerts.flatMap((alert) => {
    const severity = site.severities[alert.name] ?? alert.severity;
    return severity === 'off' ? [] : [ruleOf(file, { ...alert, severity }, site)];
  });
  return yamlText({ groups: [{ name: file.name, rules: [...records, ...alerts] }] });
}

function ruleOf(file: RuleFile, alert: Alert, site: Site) {
  const where = file.perNetns ? inNetns : '';
  const lists = alert.lists === undefined ? '' : listingText(alert.lists, site.thresholds);
  return {
    alert: alert.name,
    expr: render(alert.expr, site.selector, site.thresholds),
    for: site.for[alert.name] ?? alert.for,
    keep_firing_for: keptFor(file, alert, site),
    labels: { severity: alert.severity },
    annotations: {
      summary: alert.summary,
      description: where + lists + alert.description,
      runbook_url: `${site.runbooks}${file.name}#${alert.name.toLowerCase()}`,
      dashboard_url: dashboardUrl(file, alert, site),
    },
  };
}

/** On the machine itself they would look at other sockets and other interfaces. */
const inNetns =
  '{{ with $labels.netns }}In the network namespace {{ . }}: commands that look into it have to run there. {{ end }}';

/** A cause outlives what follows from it: what it mutes would be told at its end. */
function keptFor({ followers }: RuleFile, { name, keepFiringFor }: Alert, site: Site): string {
  const minutes = site.keep_firing_minutes + 5 * (followers.get(name) ?? 0);
  return keepFiringFor ?? `${minutes}m`;
}

function dashboardUrl(file: RuleFile, { summary, dashboard = file.dashboard }: Alert, site: Site): string {
  const machine = summary.includes('$labels.instance') ? '?var-instance={{ $labels.instance }}' : '';
  return `${site.grafana}/d/${dashboard}${machine}`;
}
