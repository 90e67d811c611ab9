import type { Collector } from '../lib/collector.ts';
import type { Alert } from '../lib/monitoring/alert.ts';
import type { Dashboard } from '../lib/monitoring/dashboard.ts';
import type { Recording } from '../lib/monitoring/record.ts';
import type { Unit } from '../lib/unit.ts';
import { alerts as replicationLagAlerts } from './replication-lag/alerts.ts';
import { replicationLag } from './replication-lag/collector.ts';
import { dashboard as replicationLagDashboard } from './replication-lag/dashboard.ts';
import { unit as replicationLagUnit } from './replication-lag/unit.ts';
import { alerts as tcpAlerts } from './tcp/alerts.ts';
import { tcp } from './tcp/collector.ts';
import { dashboard as tcpDashboard } from './tcp/dashboard.ts';
import { unit as tcpUnit } from './tcp/unit.ts';
import { alerts as wireguardAlerts, records as wireguardRecords } from './wireguard/alerts.ts';
import { wireguard } from './wireguard/collector.ts';
import { dashboard as wireguardDashboard } from './wireguard/dashboard.ts';
import { unit as wireguardUnit } from './wireguard/unit.ts';
import { alerts as zfsAlerts, records as zfsRecords } from './zfs/alerts.ts';
import { zfs } from './zfs/collector.ts';
import { dashboard as zfsDashboard } from './zfs/dashboard.ts';
import { unit as zfsUnit } from './zfs/unit.ts';

/** A collector with what stands beside it in its folder. */
export interface Slice {
  readonly collector: Collector;
  readonly unit: Unit;
  readonly alerts?: readonly Alert[];
  readonly records?: readonly Recording[];
  readonly dashboard?: Dashboard;
}

/** The suite. A new collector adds a line here. */
export const slices: readonly Slice[] = [
  { collector: zfs, unit: zfsUnit, alerts: zfsAlerts, records: zfsRecords, dashboard: zfsDashboard },
  { collector: tcp, unit: tcpUnit, alerts: tcpAlerts, dashboard: tcpDashboard },
  {
    collector: wireguard,
    unit: wireguardUnit,
    alerts: wireguardAlerts,
    records: wireguardRecords,
    dashboard: wireguardDashboard,
  },
  {
    collector: replicationLag,
    unit: replicationLagUnit,
    alerts: replicationLagAlerts,
    dashboard: replicationLagDashboard,
  },
];

export const collectors: readonly Collector[] = slices.map(({ collector }) => collector);
