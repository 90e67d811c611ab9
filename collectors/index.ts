import type { Collector } from '../lib/collector.ts';
import { replicationLag } from './replication-lag/collector.ts';
import { tcp } from './tcp/collector.ts';
import { wireguard } from './wireguard/collector.ts';
import { zfs } from './zfs/collector.ts';

/** The suite. A new collector adds a line here. */
export const collectors: readonly Collector[] = [zfs, tcp, wireguard, replicationLag];
