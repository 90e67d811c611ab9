import type { Alert, Mute, MuteLabels } from './alert.ts';
import { metricsOf } from './promql.ts';

/** A rule of alertmanager.yml: while a source fires, what the target matchers fit is not told. */
export interface Inhibition {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal: readonly string[];
}

/** What the alerts say of each other. Several sites may report to one Alertmanager: `cluster` is always equal. */
export function inhibitions(alerts: readonly Alert[]): Inhibition[] {
  const mutes = alerts.flatMap((alert) => (alert.mutes ?? []).map((mute) => muting(alert, mute)));
  // An alert with two severities has its mutes twice.
  const distinct = new Map([...levelled(alerts), ...mutes].map((one) => [JSON.stringify(one), one]));
  return [...distinct.values()];
}

/** Of an alert with two severities the worse is told. */
function levelled(alerts: readonly Alert[]): Inhibition[] {
  const worse = alerts.filter(
    ({ name, severity }) =>
      severity === 'critical' && alerts.some((one) => one.name === name && one.severity === 'warning'),
  );
  return worse.map(({ name, expr }) => ({
    source_matchers: [`alertname = ${name}`, 'severity = critical'],
    target_matchers: [`alertname = ${name}`, 'severity = warning'],
    equal: equal(['instance', 'netns', ...metricsOf(expr).flatMap((metric) => metric.labels)]),
  }));
}

function muting({ name }: Alert, { alerts, on, while: source = {}, with: target = {} }: Mute): Inhibition {
  return {
    source_matchers: [`alertname = ${name}`, ...matchers(source)],
    target_matchers: [
      alerts.includes('*') ? `alertname !~ "${name}|Watchdog"` : `alertname =~ "${alerts.join('|')}"`,
      ...matchers(target),
    ],
    equal: equal(on),
  };
}

function matchers(labels: MuteLabels): string[] {
  return Object.entries(labels).map(([label, value]) =>
    typeof value === 'string' ? `${label} = ${value}` : `${label} !~ "${value.not}"`,
  );
}

function equal(labels: readonly string[]): string[] {
  return [...new Set(['cluster', ...labels])];
}
