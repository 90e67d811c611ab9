import type { Alert } from '../lib/alert.ts';
import type { Collector } from '../lib/collector.ts';
import type { Seconds } from '../lib/host.ts';
import { replicationLag } from './replication-lag/collector.ts';
import { alerts as tcpAlerts } from './tcp/alerts.ts';
import { tcp } from './tcp/collector.ts';
import { alerts as wireguardAlerts } from './wireguard/alerts.ts';
import { wireguard } from './wireguard/collector.ts';
import { alerts as zfsAlerts } from './zfs/alerts.ts';
import { zfs } from './zfs/collector.ts';

/** A collector with what stands beside it in its folder. */
interface Slice {
  readonly collector: Collector;
  /** How often it runs. */
  readonly interval: Seconds;
  readonly alerts?: readonly Alert[];
}

/** The suite. A new collector adds a line here. */
export const slices: readonly Slice[] = [
  { collector: zfs, interval: 60, alerts: zfsAlerts },
  { collector: tcp, interval: 30, alerts: tcpAlerts },
  { collector: wireguard, interval: 30, alerts: wireguardAlerts },
  { collector: replicationLag, interval: 300 },
];

export const collectors: readonly Collector[] = slices.map(({ collector }) => collector);
