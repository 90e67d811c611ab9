import type { Dashboard, Row } from '../../lib/monitoring/dashboard.ts';
import { alerts, alertsForState } from '../../lib/monitoring/prometheus.ts';
import { type Expression, promql, series } from '../../lib/monitoring/promql.ts';

/** From the least to the worst: the number of a severity is its place here. */
const severities = ['none', 'info', 'warning', 'critical'] as const;

const alert = ['alertname', 'instance'];

/** The number of the severity, for each series of an alert that fires; `window` as `[1h]` for what fired within it. */
function worst(window: string): Expression {
  const all = severities.map((severity, index) => {
    const firing = series(alerts, { alertstate: 'firing', severity });
    return promql`${window === '' ? firing : promql`max_over_time(${firing}${window})`} * ${index}`;
  });
  return all.reduce((some, one) => promql`${some} or ${one}`);
}

const now: Row = {
  title: 'Now',
  panels: [
    {
      title: 'Firing, the worst first',
      description: 'What is muted in Alertmanager fires here all the same.',
      kind: 'table',
      width: 24,
      by: [...alert, 'env'],
      columns: [
        {
          title: 'Severity',
          expr: worst(''),
          words: severities,
          limits: { warning: 2, critical: 3 },
        },
        { title: 'Holds for', expr: promql`time() - ${alertsForState}`, unit: 's' },
        {
          title: 'Series',
          expr: promql`count by (${alert.join(', ')}, env) (${series(alerts, { alertstate: 'firing' })})`,
        },
      ],
    },
  ],
};

const history: Row = {
  title: 'History',
  panels: [
    {
      title: 'Alerts by machine',
      description: 'At most 50 at a time, the worst ones. A short alert is drawn as long as one step of the picture.',
      kind: 'timeline',
      width: 24,
      height: 20,
      words: severities,
      limits: { warning: 2, critical: 3 },
      queries: [
        {
          expr: promql`topk(50, max by (${alert.join(', ')}) (${worst('[$__interval]')}))`,
          legend: '{{instance}} {{alertname}}',
        },
      ],
    },
    {
      title: 'How many fired',
      kind: 'stack',
      width: 12,
      queries: (['critical', 'warning', 'info'] as const).map((severity) => ({
        expr: promql`count(max_over_time(${series(alerts, { alertstate: 'firing', severity })}[$__interval]))`,
        legend: severity,
      })),
    },
    {
      title: 'Longest in all',
      description: 'To within 5 minutes of 30 days for each time that it fired.',
      kind: 'table',
      width: 12,
      height: 8,
      most: '20',
      steps: 30 * 24 * 12,
      by: alert,
      columns: [
        {
          title: 'Fired for',
          expr: promql`$__interval_ms / 1000 * count_over_time(max by (${alert.join(', ')}) (${series(alerts, { alertstate: 'firing', severity: ['info', 'warning', 'critical'] })})[$__range:$__interval])`,
          unit: 's',
        },
      ],
    },
  ],
};

export const alertHistory: Dashboard = {
  uid: 'textfile-alerts',
  title: 'Alert History',
  machines: 'any',
  presence: series(alerts, { alertstate: 'firing' }),
  range: '30d',
  now,
  rows: [history],
};
