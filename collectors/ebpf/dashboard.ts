import { bucketsOf, countOf } from '../../lib/metric.ts';
import { type Dashboard, type Row, legend } from '../../lib/monitoring/dashboard.ts';
import { retransmittedSegments } from '../../lib/monitoring/node-exporter.ts';
import { labels, promql, series } from '../../lib/monitoring/promql.ts';
import { selfRow } from '../../lib/monitoring/self-row.ts';
import * as m from './metrics.ts';
import { blockIoWeek } from './records.ts';

/** Those that are chosen above the panels. */
const chosen = { device: ['$device'] } as const;

const requests = bucketsOf(m.blockIoLatency);
const waits = bucketsOf(m.runQueueLatency);

const now: Row = {
  title: 'Now',
  panels: [
    {
      title: 'Waits for a processor',
      description: 'Of all threads, by how long they waited.',
      kind: 'heatmap',
      width: 8,
      unit: 's',
      queries: [{ expr: promql`sum(rate(${waits}[$__rate_interval])) by (le)`, legend: '{{le}}' }],
    },
    {
      title: 'Requests to the chosen disks',
      description: 'By how long they took, from the driver until they were done.',
      kind: 'heatmap',
      width: 8,
      unit: 's',
      queries: [{ expr: promql`sum(rate(${series(requests, chosen)}[$__rate_interval])) by (le)`, legend: '{{le}}' }],
    },
    {
      title: 'Packets sent again, by port',
      description: 'The port of the service; 0 where both are ephemeral.',
      kind: 'graph',
      width: 8,
      unit: 'cps',
      queries: [
        {
          expr: promql`topk(10, sum without (${labels(m.retransmits, 'family', 'state')})
            (rate(${m.retransmits}[$__rate_interval])) > 0)`,
          legend: legend(m.retransmits, 'port'),
        },
      ],
    },
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
      queries: [
        {
          expr: promql`sum(rate(${series(requests, { ...chosen, operation })}[$__rate_interval])) by (le)`,
          legend: '{{le}}',
        },
      ],
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
    {
      title: 'Packets sent again, by state of the socket',
      description: 'In syn-sent and syn-recv it is connections that are not answered.',
      kind: 'graph',
      width: 12,
      unit: 'cps',
      queries: [
        {
          expr: promql`topk(10, sum without (${labels(m.retransmits, 'family', 'port')})
            (rate(${m.retransmits}[$__rate_interval])) > 0)`,
          legend: legend(m.retransmits, 'state'),
        },
      ],
    },
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
