import { type Dashboard, type Row, legend } from '../../lib/monitoring/dashboard.ts';
import { arcHits, arcMaximum, arcMisses, arcSize } from '../../lib/monitoring/node-exporter.ts';
import { labels, promql, series } from '../../lib/monitoring/promql.ts';
import { selfRow } from '../../lib/monitoring/self-row.ts';
import { disks } from './alerts.ts';
import { ioRow } from './io-row.ts';
import * as m from './metrics.ts';
import * as scan from './scan-metrics.ts';
import { healthWords, pools, scrubs, vdevs } from './tables.ts';
import * as v from './vdev-metrics.ts';

const health = {
  words: healthWords,
  limits: { warning: 1, critical: 2 },
  queries: [{ expr: promql`${m.poolHealth}`, legend: legend(m.poolHealth, 'pool') }],
};

const now: Row = {
  title: 'Now',
  panels: [
    { title: 'Pools', kind: 'stat', width: 8, ...health },
    {
      title: 'Devices in trouble',
      kind: 'names',
      width: 8,
      limits: { warning: 0 },
      queries: [
        {
          expr: promql`${series(v.vdevState, { state: { not: ['online', 'avail', 'inuse'] } })} == 1
            and ignoring (${labels(v.vdevState, 'state')}) ${disks}`,
          legend: legend(v.vdevState, 'pool', 'vdev', 'state'),
        },
        {
          expr: promql`sum without (${labels(v.vdevErrors, 'type')}) (${v.vdevErrors}) > 0 and ${disks}`,
          legend: `${legend(v.vdevErrors, 'pool', 'vdev')} errors`,
        },
      ],
    },
    {
      title: 'Data errors',
      kind: 'stat',
      width: 4,
      limits: { critical: 1 },
      queries: [{ expr: promql`${m.poolDataErrors}`, legend: legend(m.poolDataErrors, 'pool') }],
    },
    {
      title: 'Since the last whole scrub',
      kind: 'stat',
      width: 4,
      unit: 's',
      limits: { warning: 36 * 86_400 },
      queries: [{ expr: promql`time() - ${scan.scrubLastCompleted}`, legend: legend(scan.scrubLastCompleted, 'pool') }],
    },
    { title: 'State of the pools', kind: 'timeline', width: 24, ...health },
  ],
};

const space: Row = {
  title: 'Space',
  panels: [
    pools,
    {
      title: 'Used space of the pools',
      kind: 'graph',
      width: 8,
      unit: 'percentunit',
      queries: [{ expr: promql`${m.poolAllocated} / ${m.poolSize}`, legend: legend(m.poolSize, 'pool') }],
    },
    {
      title: 'Fullest quotas',
      kind: 'gauges',
      limits: { warning: 0.8, critical: 0.95 },
      width: 8,
      unit: 'percentunit',
      queries: [
        {
          expr: promql`topk(10, ${m.datasetUsed} / ${m.datasetQuota} or ${m.datasetReferenced} / ${m.datasetRefquota})`,
          legend: legend(m.datasetUsed, 'dataset'),
        },
      ],
    },
    {
      title: 'Fragmentation of the free space',
      kind: 'graph',
      width: 8,
      unit: 'percentunit',
      queries: [{ expr: promql`${m.poolFragmentation}`, legend: legend(m.poolFragmentation, 'pool') }],
    },
    {
      title: 'Fullest vdevs',
      description: 'Before OpenZFS 2.3 with the setting vdev_space.',
      kind: 'gauges',
      limits: { warning: 0.8, critical: 0.9 },
      width: 8,
      unit: 'percentunit',
      queries: [
        {
          expr: promql`topk(10, ${v.vdevAllocated} / ${v.vdevSize})`,
          legend: legend(v.vdevSize, 'pool', 'vdev', 'class'),
        },
      ],
    },
    {
      title: 'Largest datasets, without those below',
      kind: 'graph',
      width: 8,
      unit: 'bytes',
      queries: [
        { expr: promql`topk(10, ${m.datasetUsedByDataset})`, legend: legend(m.datasetUsedByDataset, 'dataset') },
      ],
    },
    {
      title: 'Most space held by snapshots',
      kind: 'graph',
      width: 8,
      unit: 'bytes',
      queries: [
        { expr: promql`topk(10, ${m.datasetUsedBySnapshots})`, legend: legend(m.datasetUsedBySnapshots, 'dataset') },
      ],
    },
    {
      title: 'Snapshots',
      kind: 'graph',
      width: 8,
      queries: [{ expr: promql`${m.snapshotCount}`, legend: legend(m.snapshotCount, 'pool') }],
    },
    {
      title: 'Compression',
      description: 'Size of the data over what it takes: 1 is none.',
      kind: 'graph',
      width: 8,
      queries: [{ expr: promql`${m.compressionRatio}`, legend: legend(m.compressionRatio, 'pool') }],
    },
  ],
};

const devices: Row = {
  title: 'Devices and scans',
  panels: [
    scrubs,
    vdevs,
    {
      title: 'New errors',
      kind: 'graph',
      width: 8,
      queries: [
        {
          expr: promql`increase(${v.vdevErrors}[$__rate_interval]) > 0 and ignoring (${labels(v.vdevErrors, 'type')}) ${disks}`,
          legend: legend(v.vdevErrors, 'pool', 'vdev', 'type'),
        },
      ],
    },
    {
      title: 'Slow I/Os',
      description: 'Longer than 30 seconds, unless zio_slow_io_ms says otherwise.',
      kind: 'graph',
      width: 8,
      queries: [
        {
          expr: promql`increase(${v.vdevSlowIos}[$__rate_interval]) > 0`,
          legend: legend(v.vdevSlowIos, 'pool', 'vdev'),
        },
      ],
    },
    {
      title: 'Progress of scans',
      kind: 'graph',
      width: 8,
      unit: 'percentunit',
      queries: [
        { expr: promql`${scan.scrubIssued} / ${scan.scrubTotal}`, legend: `${legend(scan.scrubIssued, 'pool')} scrub` },
        {
          expr: promql`${scan.resilverIssued} / ${scan.resilverTotal}`,
          legend: `${legend(scan.resilverIssued, 'pool')} resilver`,
        },
        {
          expr: promql`${scan.rebuildIssued} / ${scan.rebuildTotal}`,
          legend: `${legend(scan.rebuildIssued, 'pool', 'vdev')} rebuild`,
        },
        {
          expr: promql`${scan.expansionCopied} / ${scan.expansionTotal}`,
          legend: `${legend(scan.expansionCopied, 'pool', 'vdev')} expansion`,
        },
        {
          expr: promql`${scan.removalCopied} / ${scan.removalTotal}`,
          legend: `${legend(scan.removalCopied, 'pool')} removal`,
        },
      ],
    },
  ],
};

const arc: Row = {
  title: "ARC, from node_exporter's own zfs collector",
  panels: [
    {
      title: 'Reads that the ARC has',
      kind: 'graph',
      width: 12,
      unit: 'percentunit',
      queries: [
        {
          expr: promql`rate(${arcHits}[$__rate_interval])
            / (rate(${arcHits}[$__rate_interval]) + rate(${arcMisses}[$__rate_interval]))`,
          legend: legend(arcHits),
        },
      ],
    },
    {
      title: 'Size of the ARC',
      kind: 'graph',
      width: 12,
      unit: 'bytes',
      queries: [
        { expr: promql`${arcSize}`, legend: legend(arcSize) },
        { expr: promql`${arcMaximum}`, legend: `${legend(arcMaximum)} maximum` },
      ],
    },
  ],
};

export const dashboard: Dashboard = {
  uid: 'textfile-zfs',
  title: 'ZFS',
  machines: 'one',
  presence: promql`${m.moduleLoaded}`,
  annotations: [
    { name: 'Scrubs', expr: promql`${scan.scrubState} == 1`, text: 'Scrub of {{pool}}, {{instance}}', color: 'blue' },
    {
      name: 'Resilvers',
      expr: promql`${scan.resilverState} == 1`,
      text: 'Resilver of {{pool}}, {{instance}}',
      color: 'orange',
    },
  ],
  now,
  rows: [space, devices, ioRow, arc, selfRow('zfs')],
};
