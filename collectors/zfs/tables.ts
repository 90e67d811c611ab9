import type { TablePanel } from '../../lib/monitoring/dashboard.ts';
import { type Expression, promql, series } from '../../lib/monitoring/promql.ts';
import * as m from './metrics.ts';
import type { vdevStates } from './pool-status.ts';
import * as scan from './scan-metrics.ts';
import * as v from './vdev-metrics.ts';

/** What `zfs_pool_health` counts. */
export const healthWords = ['online', 'degraded', 'faulted', 'offline', 'unavail', 'removed', 'suspended', 'unknown'];

/** All states of a vdev, from good to bad. */
const states: readonly (typeof vdevStates)[number][] = [
  ...(['online', 'avail', 'inuse'] as const),
  ...(['offline', 'degraded'] as const),
  ...(['removed', 'split', 'unknown', 'unavail', 'faulted'] as const),
];

export const pools: TablePanel = {
  title: 'Pools, the fullest first',
  kind: 'table',
  width: 24,
  height: 6,
  by: ['instance', 'pool'],
  columns: [
    {
      title: 'Used',
      expr: promql`${m.poolAllocated} / ${m.poolSize}`,
      unit: 'percentunit',
      limits: { warning: 0.8, critical: 0.9 },
    },
    { title: 'Health', expr: promql`${m.poolHealth}`, words: healthWords, limits: { warning: 1, critical: 2 } },
    { title: 'Size', expr: promql`${m.poolSize}`, unit: 'bytes' },
    { title: 'Free', expr: promql`${m.poolFree}`, unit: 'bytes' },
    { title: 'Fragmentation', expr: promql`${m.poolFragmentation}`, unit: 'percentunit' },
    { title: 'Compression', expr: promql`${m.compressionRatio}` },
    { title: 'Deduplication', expr: promql`${m.poolDedup}` },
    { title: 'Snapshots', expr: promql`${m.snapshotCount}` },
    { title: 'Data errors', expr: promql`${m.poolDataErrors}`, limits: { critical: 1 } },
  ],
};

/** By the number of zfs_scrub_state, from fine to bad: finished, running, paused, cancelled, none known. */
const scrubOrder = promql`(${scan.scrubState} == 2) * 0 or (${scan.scrubState} == 1) + ${scan.scrubPaused}
  or ${scan.scrubState} == 3 or (${scan.scrubState} == 0) + 4`;

export const scrubs: TablePanel = {
  title: 'Scrubs, those without a whole one first',
  kind: 'table',
  width: 24,
  height: 6,
  by: ['instance', 'pool'],
  columns: [
    {
      title: 'State',
      expr: scrubOrder,
      words: ['finished', 'running', 'paused', 'cancelled', 'none known'],
      limits: { warning: 3 },
    },
    {
      title: 'Since the last whole one',
      expr: promql`time() - ${scan.scrubLastCompleted}`,
      unit: 's',
      limits: { warning: 36 * 86_400 },
    },
    { title: 'Progress', expr: promql`${scan.scrubIssued} / ${scan.scrubTotal}`, unit: 'percentunit' },
    { title: 'Errors', expr: promql`${scan.scrubErrors}`, limits: { critical: 1 } },
    { title: 'Repaired', expr: promql`${scan.scrubRepaired}`, unit: 'bytes', limits: { warning: 1 } },
    {
      title: 'Resilver',
      expr: promql`${scan.resilverState}`,
      words: ['none known', 'running', 'finished', 'cancelled'],
    },
  ],
};

export const vdevs: TablePanel = {
  title: 'Vdevs, the sick ones first',
  kind: 'table',
  width: 24,
  by: ['instance', 'pool', 'vdev', 'class'],
  columns: [
    { title: 'State', expr: vdevState(), words: states, limits: { warning: 3, critical: 5 } },
    { title: 'Type', expr: promql`${v.vdevInfo}`, label: 'vdev_type' },
    { title: 'Parent', expr: promql`${v.vdevInfo}`, label: 'parent' },
    ...(['read', 'write', 'checksum'] as const).map((type) => ({
      title: `${type} errors`,
      expr: series(v.vdevErrors, { type }),
      limits: { warning: 1 },
    })),
    { title: 'Slow I/Os', expr: promql`${v.vdevSlowIos}`, limits: { warning: 1 } },
  ],
};

/** The place of the current state in the order from good to bad. */
function vdevState(): Expression {
  return states
    .map((state, index) => promql`(${series(v.vdevState, { state })} == 1) - 1 + ${index}`)
    .reduce((all, one) => promql`${all} or ${one}`);
}
