import { gauge } from '../metric.ts';

/** Series that Prometheus makes itself. */
export const up = gauge('up', 'Whether the target answered the last scrape.');
export const alerts = gauge('ALERTS', 'An alert that is pending or firing.', ['alertname', 'alertstate', 'severity']);
export const alertsForState = gauge('ALERTS_FOR_STATE', 'UNIX time since which the expression holds.', [
  'alertname',
  'severity',
]);
