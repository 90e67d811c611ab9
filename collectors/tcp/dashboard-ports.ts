import { type Row, legend } from '../../lib/monitoring/dashboard.ts';
import { labels, promql } from '../../lib/monitoring/promql.ts';
import * as m from './metrics.ts';

/** How near connect() is to its end towards one destination. */
export const ephemeral = {
  unit: 'percentunit',
  limits: { warning: 0.8, critical: 0.95 },
  queries: [{ expr: promql`${m.ephemeralPortsUsedMax} / ${m.ephemeralPorts}`, legend: legend(m.ephemeralPorts) }],
} as const;

const bound = {
  unit: 'percentunit',
  limits: { warning: 0.8, critical: 0.95 },
  queries: [
    {
      expr: promql`topk(5, ${m.addressPortsUnshared}
        / ignoring (${labels(m.addressPortsUnshared, 'address')}) group_left () ${m.ephemeralPorts})`,
      legend: legend(m.addressPortsUnshared, 'address'),
    },
  ],
} as const;

export const ports: Row = {
  title: 'Ephemeral ports',
  panels: [
    {
      title: 'Towards the busiest destination',
      description: 'connect() gives out each port once for a destination.',
      kind: 'graph',
      width: 12,
      ...ephemeral,
    },
    {
      title: 'Of a local address, one socket each',
      description: 'bind() gives out each port once for a local address.',
      kind: 'graph',
      width: 12,
      ...bound,
    },
    {
      title: 'Destinations towards which most ports are used',
      description: 'With the setting destination_limit.',
      kind: 'graph',
      width: 12,
      queries: [
        {
          expr: promql`topk(10, ${m.destinationPortsUsed})`,
          legend: legend(m.destinationPortsUsed, 'local_address', 'address', 'port'),
        },
      ],
    },
    {
      title: 'Services on ephemeral ports that are not reserved',
      kind: 'names',
      width: 12,
      queries: [
        {
          expr: promql`topk(20, ${m.listenerInEphemeralRange})`,
          legend: legend(m.listenerInEphemeralRange, 'address', 'port'),
        },
      ],
    },
  ],
};
