import { type Dashboard, type Row, legend } from '../../lib/monitoring/dashboard.ts';
import {
  listenDrops,
  listenOverflows,
  retransmittedSegments,
  sentSegments,
  synCookiesFailed,
  synCookiesSent,
} from '../../lib/monitoring/node-exporter.ts';
import { labels, promql, series } from '../../lib/monitoring/promql.ts';
import { selfRow } from '../../lib/monitoring/self-row.ts';
import { ephemeral, ports } from './dashboard-ports.ts';
import * as m from './metrics.ts';

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
      title: 'Most sockets in CLOSE-WAIT, by port',
      kind: 'stat',
      width: 6,
      limits: { warning: 100 },
      queries: [
        {
          expr: promql`topk(3, ${series(m.portSockets, { state: 'close-wait' })})`,
          legend: legend(m.portSockets, 'direction', 'port'),
        },
      ],
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
    {
      title: 'Half-open connections, by port',
      description: 'In SYN-RECV: begun by others and not complete.',
      kind: 'graph',
      width: 12,
      queries: [
        {
          expr: promql`topk(10, ${series(m.portSockets, { state: 'syn-recv' })}) > 0`,
          legend: legend(m.portSockets, 'direction', 'port'),
        },
      ],
    },
    {
      title: 'SYN queues: cookies and drops',
      description: 'From node_exporter. Drops are those that no full accept queue explains.',
      kind: 'graph',
      width: 12,
      unit: 'cps',
      queries: [
        {
          expr: promql`rate(${synCookiesSent}[$__rate_interval])`,
          legend: `${legend(synCookiesSent)} cookies sent`,
        },
        {
          expr: promql`rate(${synCookiesFailed}[$__rate_interval])`,
          legend: `${legend(synCookiesFailed)} cookies failed`,
        },
        {
          expr: promql`rate(${listenDrops}[$__rate_interval]) - rate(${listenOverflows}[$__rate_interval])`,
          legend: `${legend(listenDrops)} dropped`,
        },
      ],
    },
    {
      title: 'Fullest accept queues, by systemd unit',
      description: 'With the setting cgroups.',
      kind: 'graph',
      width: 24,
      unit: 'percentunit',
      queries: [
        {
          expr: promql`topk(10, ${m.listenQueueFill} * on (instance, netns, ${labels(m.listenerInfo, 'address', 'port')})
            group_right () ${m.listenerInfo})`,
          legend: legend(m.listenerInfo, 'unit', 'port'),
        },
      ],
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
    ...(['syn-sent', 'fin-wait-2'] as const).map((state) => ({
      title: `${state.toUpperCase()}, by port`,
      kind: 'graph' as const,
      width: 12,
      queries: [
        {
          expr: promql`topk(10, ${series(m.portSockets, { state })}) > 0`,
          legend: legend(m.portSockets, 'direction', 'port'),
        },
      ],
    })),
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

const bytes: Row = {
  title: 'Bytes that wait',
  panels: [
    {
      title: 'Not read by the program here, by port',
      kind: 'graph',
      width: 12,
      unit: 'bytes',
      queries: [
        {
          expr: promql`topk(10, ${m.portReceiveQueue}) > 0`,
          legend: legend(m.portReceiveQueue, 'direction', 'port'),
        },
      ],
    },
    {
      title: 'Not acknowledged by the other side, by port',
      kind: 'graph',
      width: 12,
      unit: 'bytes',
      queries: [
        { expr: promql`topk(10, ${m.portSendQueue}) > 0`, legend: legend(m.portSendQueue, 'direction', 'port') },
      ],
    },
    {
      title: 'Memory of TCP, of what it may have',
      kind: 'graph',
      width: 12,
      unit: 'percentunit',
      limits: { critical: 0.95 },
      queries: [
        {
          expr: promql`${m.memoryPages} / ignoring (${labels(m.memoryLimitPages, 'level')})
            ${series(m.memoryLimitPages, { level: 'high' })}`,
          legend: legend(m.memoryPages),
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
  rows: [queues, ports, connections, bytes, selfRow('tcp')],
};
