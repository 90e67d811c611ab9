import { type Alert, levels } from '../../lib/monitoring/alert.ts';
import { listenOverflows } from '../../lib/monitoring/node-exporter.ts';
import { promql, series } from '../../lib/monitoring/promql.ts';
import * as m from './metrics.ts';

export const alerts: readonly Alert[] = [
  ...levels(
    {
      warning: {
        expr: promql`${m.listenQueueFill} > 0.8`,
        summary:
          'The accept queue of {{ $labels.address }} port {{ $labels.port }} on {{ $labels.instance }} is ' +
          '{{ $value | humanizePercentage }} full.',
      },
      critical: {
        expr: promql`${m.listenQueueFill} >= 1`,
        summary:
          '{{ $labels.instance }} turns connections to {{ $labels.address }} port {{ $labels.port }} away, since the ' +
          'accept queue is full.',
      },
    },
    (level) => ({
      name: 'TCPListenQueueFull',
      ...level,
      // Ten runs in a row: a burst is what the queue is for.
      for: '5m',
      description:
        'The service accepts connections more slowly than they come; when its queue is full, the kernel drops new ones ' +
        'and clients time out. Does the service hang? "ss -ltnp sport = :{{ $labels.port }}" names the process.',
      mutes: [{ alerts: ['TCPListenOverflows'], on: ['instance'] }],
    }),
  ),
  {
    name: 'TCPListenOverflows',
    severity: 'warning',
    // Between two runs a queue can fill and empty; the kernel counts what it dropped then. A single burst does not last.
    expr: promql`increase(${listenOverflows}[5m]) > 0`,
    for: '15m',
    summary:
      '{{ $labels.instance }} dropped {{ $value | printf "%.0f" }} connections in 5 minutes, since accept queues overflow.',
    description:
      'No service is named, since the kernel counts all of them together: look for the largest tcp_listen_queue of the ' +
      'last hour ("ss -ltn" shows them now), and raise its backlog or make it accept faster.',
  },
  ...levels({ warning: 0.8, critical: 0.95 }, (ratio) => ({
    name: 'TCPEphemeralPortsExhausted',
    expr: promql`${m.ephemeralPortsUsedMax} / ${m.ephemeralPorts} > ${ratio}`,
    for: '5m',
    summary:
      '{{ $labels.instance }} has used {{ $value | humanizePercentage }} of its ephemeral ports towards one destination.',
    description:
      'At 100 % connect() to that destination fails with EADDRNOTAVAIL. "ss -tan" shows which remote address and port has ' +
      'most sockets, and in which state: TIME-WAIT means that connections are not reused.',
  })),
  {
    name: 'TCPCloseWaitLeak',
    severity: 'warning',
    // A program has milliseconds of these. 100 that stay are a leak, and still far from the usual limit of 1024 files.
    expr: promql`${series(m.portSockets, { state: 'close-wait' })} > 100`,
    for: '30m',
    summary:
      '{{ $labels.instance }} has {{ $value }} {{ $labels.direction }} sockets of port {{ $labels.port }} in CLOSE-WAIT.',
    description:
      'The other side has closed these connections and a program here has not: it leaks sockets until it may open no more. ' +
      '"ss -tanp state close-wait" names it; a restart frees them.',
  },
  {
    name: 'TCPSocketsNotCounted',
    severity: 'warning',
    expr: promql`${m.walkSkipped} == 1`,
    for: '1h',
    summary: 'The sockets of {{ $labels.instance }} are not counted: there are too many.',
    description:
      'Connections, states and ephemeral ports are absent, and alerts on them cannot fire; accept queues are there. ' +
      '"ss -s" counts them. Raise socket_limit in tcp.toml, if there are rightly so many.',
  },
];
