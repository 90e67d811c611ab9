import { bucketsOf, countOf } from '../../lib/metric.ts';
import { type Row, legend } from '../../lib/monitoring/dashboard.ts';
import { promql, series } from '../../lib/monitoring/promql.ts';
import * as io from './io-metrics.ts';

const pool = bucketsOf(io.poolWait);
const vdev = bucketsOf(io.vdevWait);

export const ioRow: Row = {
  title: 'I/O',
  panels: [
    {
      title: 'Transfer of the pools',
      description: 'Before redundancy, from OpenZFS 2.3 on.',
      kind: 'graph',
      width: 8,
      unit: 'binBps',
      queries: [
        {
          expr: promql`sum by (instance, pool, operation) (rate(${io.poolBytes}[$__rate_interval]))`,
          legend: legend(io.poolBytes, 'pool', 'operation'),
        },
      ],
    },
    {
      title: 'I/Os of the pools',
      kind: 'graph',
      width: 8,
      unit: 'iops',
      queries: [
        {
          expr: promql`rate(${series(countOf(io.poolWait), { wait: 'total' })}[$__rate_interval])`,
          legend: legend(io.poolWait, 'pool', 'operation'),
        },
      ],
    },
    {
      title: 'Wait of the slowest hundredth',
      description: 'In total, and for the disks alone: what is between is the queue.',
      kind: 'graph',
      width: 8,
      unit: 's',
      queries: [
        {
          expr: promql`histogram_quantile(0.99, sum by (instance, pool, wait, operation, le)
            (rate(${series(pool, { wait: ['total', 'disk'] })}[$__rate_interval])))`,
          legend: legend(io.poolWait, 'pool', 'wait', 'operation'),
        },
      ],
    },
    {
      title: 'I/Os of each disk',
      description: 'With the setting vdev_io.',
      kind: 'graph',
      width: 12,
      unit: 'iops',
      queries: [
        {
          expr: promql`rate(${series(countOf(io.vdevWait), { wait: 'disk' })}[$__rate_interval])`,
          legend: legend(io.vdevWait, 'pool', 'vdev', 'operation'),
        },
      ],
    },
    {
      title: 'Disks whose slowest hundredth waits longest',
      description: 'With the setting vdev_io.',
      kind: 'graph',
      width: 12,
      unit: 's',
      queries: [
        {
          expr: promql`topk(10, histogram_quantile(0.99, sum by (instance, pool, vdev, operation, le)
            (rate(${series(vdev, { wait: 'disk' })}[$__rate_interval]))))`,
          legend: legend(io.vdevWait, 'pool', 'vdev', 'operation'),
        },
      ],
    },
  ],
};
