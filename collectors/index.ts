import type { Collector } from '../lib/collector.ts';
import type { CollectorSlice, Slice } from '../lib/slice.ts';
import { ebpf } from './ebpf/slice.ts';
import { host } from './host/slice.ts';
import { replicationLag } from './replication-lag/slice.ts';
import { tcp } from './tcp/slice.ts';
import { wireguard } from './wireguard/slice.ts';
import { zfs } from './zfs/slice.ts';

/** The suite. A new collector is a folder, and its name in this line. */
export const slices: readonly CollectorSlice[] = [zfs, tcp, wireguard, replicationLag, ebpf];

/** Those that Prometheus has rules of, and the machine itself first. */
export const watched: readonly Slice[] = [host, ...slices];

export const collectors: readonly Collector[] = slices.map(({ collector }) => collector);
