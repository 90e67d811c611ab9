import type { Alert } from '../lib/alert.ts';
import type { Collector } from '../lib/collector.ts';
import type { Dashboard } from '../lib/dashboard.ts';
import type { Seconds } from '../lib/host.ts';
import { alerts as replicationLagAlerts } from './replication-lag/alerts.ts';
import { replicationLag } from './replication-lag/collector.ts';
import { dashboard as replicationLagDashboard } from './replication-lag/dashboard.ts';
import { alerts as tcpAlerts } from './tcp/alerts.ts';
import { tcp } from './tcp/collector.ts';
import { dashboard as tcpDashboard } from './tcp/dashboard.ts';
import { alerts as wireguardAlerts } from './wireguard/alerts.ts';
import { wireguard } from './wireguard/collector.ts';
import { dashboard as wireguardDashboard } from './wireguard/dashboard.ts';
import { alerts as zfsAlerts } from './zfs/alerts.ts';
import { zfs } from './zfs/collector.ts';
import { dashboard as zfsDashboard } from './zfs/dashboard.ts';

/** A collector with what stands beside it in its folder. */
interface Slice {
  readonly collector: Collector;
  /** How often it runs. */
  readonly interval: Seconds;
  readonly alerts?: readonly Alert[];
  readonly dashboard?: Dashboard;
}

/** The suite. A new collector adds a line here. */
export const slices: readonly Slice[] = [
  { collector: zfs, interval: 60, alerts: zfsAlerts, dashboard: zfsDashboard },
  { collector: tcp, interval: 30, alerts: tcpAlerts, dashboard: tcpDashboard },
  { collector: wireguard, interval: 30, alerts: wireguardAlerts, dashboard: wireguardDashboard },
  { collector: replicationLag, interval: 300, alerts: replicationLagAlerts, dashboard: replicationLagDashboard },
];

export const collectors: readonly Collector[] = slices.map(({ collector }) => collector);
