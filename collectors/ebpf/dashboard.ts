import { bucketsOf, countOf } from '../../lib/metric.ts';
import { type Dashboard, type Row, type SeriesPanel, legend } from '../../lib/monitoring/dashboard.ts';
import { retransmittedSegments } from '../../lib/monitoring/node-exporter.ts';
import { type Expression, labels, promql, series } from '../../lib/monitoring/promql.ts';
import { selfRow } from '../../lib/monitoring/self-row.ts';
import * as m from './metrics.ts';
import { blockIoWeek } from './records.ts';

/** Those that are chosen above the panels. */
const chosen = { device: ['$device'] } as const;

const requests = bucketsOf(m.blockIoLatency);
const waits = bucketsOf(m.runQueueLatency);

/** By how long they took. */
function spread(buckets: Expression): SeriesPanel['queries'] {
  return [{ expr: promql`sum(rate(${buckets}[$__rate_interval])) by (le)`, legend: '{{le}}' }];
}

/** By one label, of all that the others tell apart. */
function sentAgain(by: 'port' | 'state', width: number, description: string): SeriesPanel {
  const others = (['family', 'port', 'state'] as const).filter((label) => label !== by);
  return {
    title: `Packets sent again, by ${by === 'port' ? 'port' : 'state of the socket'}`,
    description,
    kind: 'graph',
    width,
    unit: 'cps',
    queries: [
      {
        expr: promql`topk(10, sum without (${labels(m.retransmits, ...others)})
            (rate(${m.retransmits}[$__rate_interval])) > 0)`,
        legend: legend(m.retransmits, by),
      },
    ],
  };
}

const now: Row = {
  title: 'Now',
  panels: [
    {
      title: 'Waits for a processor',
      description: 'Of all threads, by how long they waited.',
      kind: 'heatmap',
      width: 8,
      unit: 's',
      queries: spread(promql`${waits}`),
    },
    {
      title: 'Requests to the chosen disks',
      description: 'By how long they took, from the driver until they were done.',
      kind: 'heatmap',
      width: 8,
      unit: 's',
      queries: spread(series(requests, chosen)),
    },
    sentAgain('port', 8, 'The port of the service; 0 where both are ephemeral.'),
  ],
};

const disks: Row = {
  title: 'Disks',
  panels: [
    {
      title: 'The slowest hundredth of requests took at least',
      description:
        'And in the week before: the highest until a day ago, of which half counts after a week. Between two buckets it is a ' +
        'guess: the end of each is four times its beginning.',
      kind: 'graph',
      width: 16,
      unit: 's',
      queries: [
        {
          expr: promql`topk(10, histogram_quantile(0.99, rate(${series(requests, chosen)}[$__rate_interval])))`,
          legend: legend(m.blockIoLatency, 'device', 'operation'),
        },
        {
          expr: promql`topk(10, ${series(blockIoWeek, chosen)})`,
          legend: `${legend(blockIoWeek, 'device', 'operation')} in the week before`,
        },
      ],
    },
    {
      title: 'Requests',
      kind: 'graph',
      width: 8,
      unit: 'iops',
      queries: [
        {
          expr: promql`topk(10, rate(${series(countOf(m.blockIoLatency), chosen)}[$__rate_interval]) > 0)`,
          legend: legend(m.blockIoLatency, 'device', 'operation'),
        },
      ],
    },
    ...(['read', 'write', 'flush', 'discard'] as const).map((operation) => ({
      title: `How long each ${operation} took`,
      kind: 'heatmap' as const,
      width: 6,
      unit: 's' as const,
      queries: spread(series(requests, { ...chosen, operation })),
    })),
  ],
};

const processors: Row = {
  title: 'Processors',
  panels: [
    {
      title: 'The longest waits for a processor',
      description: 'One in a hundred, and one in a thousand, is as long or longer.',
      kind: 'graph',
      width: 12,
      unit: 's',
      queries: [99, 99.9].map((part) => ({
        expr: promql`histogram_quantile(${part / 100}, rate(${waits}[$__rate_interval]))`,
        legend: `${legend(m.runQueueLatency)} p${part}`,
      })),
    },
    {
      title: 'Threads that got a processor',
      kind: 'graph',
      width: 12,
      unit: 'cps',
      queries: [
        {
          expr: promql`rate(${countOf(m.runQueueLatency)}[$__rate_interval])`,
          legend: legend(m.runQueueLatency),
        },
      ],
    },
  ],
};

const retransmits: Row = {
  title: 'TCP',
  panels: [
    sentAgain('state', 12, 'In syn-sent and syn-recv it is connections that are not answered.'),
    {
      title: 'Segments sent again',
      description: 'Of all ports, from node_exporter. A packet may be many segments.',
      kind: 'graph',
      width: 12,
      unit: 'cps',
      queries: [
        { expr: promql`rate(${retransmittedSegments}[$__rate_interval])`, legend: legend(retransmittedSegments) },
      ],
    },
  ],
};

export const dashboard: Dashboard = {
  uid: 'textfile-ebpf',
  title: 'Latency in the kernel',
  machines: 'one',
  presence: promql`${m.startTime}`,
  choices: [{ name: 'device', label: 'Disk', of: promql`${countOf(m.blockIoLatency)}` }],
  now,
  rows: [disks, processors, retransmits, selfRow('ebpf')],
};
