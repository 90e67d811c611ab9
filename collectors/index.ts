import type { Collector } from '../lib/collector.ts';
import type { CollectorSlice } from '../lib/slice.ts';
import { replicationLag } from './replication-lag/slice.ts';
import { tcp } from './tcp/slice.ts';
import { wireguard } from './wireguard/slice.ts';
import { zfs } from './zfs/slice.ts';

/** The suite. A new collector is a folder, and its name in this line. */
export const slices: readonly CollectorSlice[] = [zfs, tcp, wireguard, replicationLag];

export const collectors: readonly Collector[] = slices.map(({ collector }) => collector);
