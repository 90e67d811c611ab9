import { type Dashboard, type Row, legend } from '../../lib/monitoring/dashboard.ts';
import { listenOverflows, retransmittedSegments, sentSegments } from '../../lib/monitoring/node-exporter.ts';
import { type Expression, labels, promql, series } from '../../lib/monitoring/promql.ts';
import { selfRow } from '../../lib/monitoring/self-row.ts';
import * as m from './metrics.ts';

const ephemeral = {
  unit: 'percentunit',
  limits: { warning: 0.8, critical: 0.95 },
  queries: [{ expr: promql`${m.ephemeralPortsUsedMax} / ${m.ephemeralPorts}`, legend: legend(m.ephemeralPorts) }],
} as const;

function overall(expr: Expression): Expression {
  return promql`sum without (${labels(m.portSockets, 'port', 'direction')}) (${expr})`;
}

const now: Row = {
  title: 'Now',
  panels: [
    {
      title: 'Fullest accept queues',
      kind: 'stat',
      width: 12,
      unit: 'percentunit',
      limits: { warning: 0.8, critical: 1 },
      queries: [{ expr: promql`topk(5, ${m.listenQueueFill})`, legend: legend(m.listenQueueFill, 'address', 'port') }],
    },
    { title: 'Ephemeral ports towards the busiest destination', kind: 'stat', width: 6, ...ephemeral },
    {
      title: 'Sockets in CLOSE-WAIT',
      kind: 'stat',
      width: 6,
      limits: { warning: 100 },
      queries: [{ expr: overall(series(m.portSockets, { state: 'close-wait' })), legend: legend(m.portSockets) }],
    },
  ],
};

const queues: Row = {
  title: 'Accept queues',
  panels: [
    {
      title: 'Connections that wait to be accepted',
      kind: 'graph',
      width: 12,
      queries: [{ expr: promql`topk(10, ${m.listenQueue}) > 0`, legend: legend(m.listenQueue, 'address', 'port') }],
    },
    {
      title: 'Connections turned away',
      description: "By all queues together, from node_exporter: also what a collector's run did not see.",
      kind: 'graph',
      width: 12,
      unit: 'cps',
      queries: [{ expr: promql`rate(${listenOverflows}[$__rate_interval])`, legend: legend(listenOverflows) }],
    },
  ],
};

const connections: Row = {
  title: 'Connections',
  panels: [
    {
      title: 'Inbound, by local port',
      kind: 'graph',
      width: 12,
      queries: [
        {
          expr: promql`topk(10, ${series(m.connectionCount, { direction: 'inbound' })})`,
          legend: legend(m.connectionCount, 'port'),
        },
      ],
    },
    {
      title: 'Outbound, by remote port',
      kind: 'graph',
      width: 12,
      queries: [
        {
          expr: promql`topk(10, ${series(m.connectionCount, { direction: 'outbound' })})`,
          legend: legend(m.connectionCount, 'port'),
        },
      ],
    },
    {
      title: 'Sockets by state',
      kind: 'graph',
      width: 12,
      queries: [
        {
          expr: promql`sum without (${labels(m.sockets, 'family')}) (${m.sockets}) > 0`,
          legend: legend(m.sockets, 'state'),
        },
      ],
    },
    {
      title: 'CLOSE-WAIT, by port',
      kind: 'graph',
      width: 12,
      queries: [
        {
          expr: promql`topk(10, ${series(m.portSockets, { state: 'close-wait' })}) > 0`,
          legend: legend(m.portSockets, 'direction', 'port'),
        },
      ],
    },
    { title: 'Ephemeral ports towards the busiest destination', kind: 'graph', width: 12, ...ephemeral },
    {
      title: 'Segments sent again',
      description: 'Of all that were sent, from node_exporter.',
      kind: 'graph',
      width: 12,
      unit: 'percentunit',
      queries: [
        {
          expr: promql`rate(${retransmittedSegments}[$__rate_interval]) / rate(${sentSegments}[$__rate_interval])`,
          legend: legend(sentSegments),
        },
      ],
    },
  ],
};

export const dashboard: Dashboard = {
  uid: 'textfile-tcp',
  title: 'TCP queues and connections',
  machines: 'one',
  presence: promql`${m.walkSkipped}`,
  now,
  rows: [queues, connections, selfRow('tcp')],
};
