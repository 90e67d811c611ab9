import type { Metric } from '../../lib/metric.ts';
import { arcHits, arcMisses, arcSize } from '../../lib/monitoring/node-exporter.ts';
import { type Expression, labels, promql, series } from '../../lib/monitoring/promql.ts';
import * as m from './metrics.ts';

/**
 * The ARC above its minimum is memory that programs can get, and MemAvailable does not count it (openzfs/zfs#10255). A machine
 * without ZFS has no ARC, and one larger than the memory is that of the host of a container.
 */
const freeable = promql`(clamp_min(${arcSize} - ${m.arcMinimum}, 0) and ${arcSize} < ${m.memoryTotal} or ${m.memoryAvailable} * 0)`;

/** What is set aside as huge pages is used by whoever asks for these, and neither full nor left. */
const ordinary = promql`(${m.memoryTotal} - (${m.memoryHuge} or ${m.memoryTotal} * 0))`;

/** The part of the memory that programs can get. */
export const memoryLeft = promql`(${m.memoryAvailable} + ${freeable}) / ${ordinary}`;

/** The part of the time in which processors had work; one that waits for a disk has none. */
export const cpuUsed = promql`1 - avg without (${labels(m.cpuSeconds, 'cpu')}) (sum without (${labels(m.cpuSeconds, 'mode')})
  (rate(${series(m.cpuSeconds, { mode: ['idle', 'iowait'] })}[5m])))`;

/** File systems that fill up. Of ZFS each dataset would tell of its pool again; the others are not of this machine, or of no disk. */
const own = { fstype: { not: ['tmpfs', 'ramfs', 'overlay', 'squashfs', 'iso9660', 'zfs', 'nfs.*', 'cifs', 'fuse.*'] } };
export const available = series(m.filesystemAvailable, own);
export const filesystemSize = series(m.filesystemSize, own);

/** The part of what was read that the ARC had. */
export const arcHitRatio = promql`rate(${arcHits}[15m]) / (rate(${arcHits}[15m]) + rate(${arcMisses}[15m]))`;

/** Seconds that a request took, of disks with at least one a second. Those that are made of other disks are left out. */
export function latency(time: Metric<'device'>, requests: Metric<'device'>): Expression {
  const disks = { device: { not: ['(?:dm-|loop|ram|zram|zd|sr|fd|md|nbd).*'] } };
  const count = promql`rate(${series(requests, disks)}[5m])`;
  // A comparison that stands behind it binds to the whole.
  return promql`(rate(${series(time, disks)}[5m]) / ${count} and ${count} > 1)`;
}
