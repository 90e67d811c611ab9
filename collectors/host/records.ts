import { up } from '../../lib/monitoring/prometheus.ts';
import { labels, ofJob, promql, series } from '../../lib/monitoring/promql.ts';
import { type Recording, lastSeen, recording } from '../../lib/monitoring/record.ts';
import { arcHitRatio, available, cpuUsed, filesystemSize, memoryLeft } from './expressions.ts';
import * as m from './metrics.ts';

/** Whether each of them answers. */
export const machines = ofJob(up, 'job=~"node.*"');
export const machineSeen = lastSeen('target:up:last_seen_timestamp', [], machines);

/** One series for each machine: what a table of the whole fleet reads. */
export const cpuRatio = recording(
  'instance:node_cpu_utilisation:rate5m',
  'Part of the time in which processors had work.',
  [],
  cpuUsed,
);
export const memoryRatio = recording(
  'instance:node_memory_utilisation:ratio',
  'Part of the memory that programs cannot get; the ARC above its minimum they can.',
  [],
  promql`1 - ${memoryLeft}`,
);
export const filesystemRatio = recording(
  'instance:node_filesystem_used:max_ratio',
  'How full the fullest file system is; of pools instance:zfs_pool_used:max_ratio tells.',
  [],
  promql`max without (${labels(m.filesystemSize, 'device', 'fstype', 'mountpoint')}, device_error) (1 - ${available} / ${filesystemSize})`,
);
export const arcRatio = recording(
  'instance:node_zfs_arc_hit:ratio_rate15m',
  'Part of the reads that the ARC had.',
  [],
  arcHitRatio,
);
export const unitsFailed = recording(
  'instance:node_systemd_units_failed:count',
  'Units that have failed.',
  [],
  promql`sum without (${labels(m.unitState, 'name', 'state', 'type')}) (${series(m.unitState, { state: 'failed' })})`,
);

export const records: readonly Recording[] = [
  machineSeen,
  cpuRatio,
  memoryRatio,
  filesystemRatio,
  arcRatio,
  unitsFailed,
];
