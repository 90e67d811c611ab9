import { type Alert, type Mute, levels } from '../../lib/monitoring/alert.ts';
import { listenOverflows, passiveOpens, synCookiesSent } from '../../lib/monitoring/node-exporter.ts';
import { labels, promql, series } from '../../lib/monitoring/promql.ts';
import * as m from './metrics.ts';

/** The kernel counts those of the namespace of node_exporter. */
const overflows: Mute = { alerts: ['TCPListenOverflows'], on: ['instance', 'netns'] };

export const alerts: readonly Alert[] = [
  ...levels(
    {
      warning: {
        // A queue that fills in bursts is empty in many runs. One burst is what it is for, and over by then.
        expr: promql`max_over_time(${m.listenQueueFill}[3m]) > 0.8`,
        for: '6m',
        summary:
          'The accept queue of {{ $labels.address }} port {{ $labels.port }} on {{ $labels.instance }} is ' +
          '{{ $value | humanizePercentage }} full.',
        // Another queue may overflow, and that one wakes someone.
        mutes: [{ ...overflows, with: { severity: 'warning' } }],
      },
      critical: {
        // Ten runs in a row.
        expr: promql`${m.listenQueueFill} >= 1`,
        for: '5m',
        summary:
          '{{ $labels.instance }} turns connections to {{ $labels.address }} port {{ $labels.port }} away, since the ' +
          'accept queue is full.',
        mutes: [{ ...overflows, while: { severity: 'critical' } }],
      },
    },
    (level) => ({
      name: 'TCPListenQueueFull',
      ...level,
      description:
        'The service accepts connections more slowly than they come; when its queue is full, the kernel drops new ones ' +
        'and clients time out. Does the service hang? "ss -ltnp sport = :{{ $labels.port }}" names the process.',
    }),
  ),
  ...levels(
    {
      // Between two runs a queue can fill and empty; the kernel counts what it dropped then. A single burst does not last.
      warning: { expr: promql`increase(${listenOverflows}[5m]) > 0`, for: '15m' },
      // Hundreds again and again are an outage, unless they are one in a hundred of those that were taken.
      critical: {
        expr: promql`increase(${listenOverflows}[5m]) > 100 and changes(${listenOverflows}[5m]) >= 3
          unless increase(${listenOverflows}[5m]) < 0.01 * increase(${passiveOpens}[5m])`,
        for: '1m',
      },
    },
    (level) => ({
      name: 'TCPListenOverflows',
      ...level,
      summary:
        '{{ $labels.instance }} dropped {{ $value | printf "%.0f" }} connections in 5 minutes, since accept queues overflow.',
      description:
        'No service is named, since the kernel counts all of them together: look for the largest tcp_listen_queue of the ' +
        'last hour ("ss -ltn" shows them now), and raise its backlog or make it accept faster.',
    }),
  ),
  {
    name: 'TCPSynCookiesSent',
    severity: 'warning',
    // A scan has a few, and a burst is over in a minute.
    expr: promql`increase(${synCookiesSent}[5m]) > 100`,
    for: '15m',
    summary:
      '{{ $labels.instance }} answered {{ $value | printf "%.0f" }} connections in 5 minutes with SYN cookies, since a ' +
      'SYN queue is full.',
    description:
      'More connections are begun than are completed: a flood, or a service whose backlog is too small. With cookies they ' +
      'go on, but without window scaling where the client has no timestamps. "ss -tan state syn-recv" names the port, and who they come from.',
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
  ...levels({ warning: 0.8, critical: 0.95 }, (ratio) => ({
    name: 'TCPBindPortsExhausted',
    // Towards a single destination connect() takes as many, and TCPEphemeralPortsExhausted tells of it.
    expr: promql`${m.addressPortsUnshared} / ignoring (${labels(m.addressPortsUnshared, 'address')}) group_left ()
      ${m.ephemeralPorts} > ${ratio} unless ignoring (${labels(m.addressPortsUnshared, 'address')})
      ${m.ephemeralPortsUsedMax} / ${m.ephemeralPorts} > ${ratio}`,
    for: '5m',
    summary:
      '{{ $labels.instance }} has used {{ $value | humanizePercentage }} of the ephemeral ports of its address ' +
      '{{ $labels.address }}.',
    description:
      'A program binds that address before it connects, so that each port serves one connection, however many ' +
      `destinations there are. At 100 % bind() fails with EADDRINUSE. "ss -tanp src '[{{ $labels.address }}]'" names the program; IP_BIND_ADDRESS_NO_PORT mends it, or more addresses.`,
  })),
  {
    name: 'TCPListenerInEphemeralRange',
    severity: 'info',
    expr: promql`${m.listenerInEphemeralRange} == 1`,
    // What asks for any port soon goes, and a service stays.
    for: '1d',
    summary:
      'A service of {{ $labels.instance }} listens on port {{ $labels.port }}, which is ephemeral and not reserved.',
    description:
      'While it is restarted the kernel may give its port to a connection of any program, and it then fails with ' +
      'EADDRINUSE. Add the port to net.ipv4.ip_local_reserved_ports, if it is a fixed one; "ss -ltnp" names the service.',
  },
  ...levels(
    {
      warning: {
        expr: promql`${m.memoryPages} > ignoring (${labels(m.memoryLimitPages, 'level')})
          ${series(m.memoryLimitPages, { level: 'pressure' })}`,
        for: '10m',
      },
      critical: {
        expr: promql`${m.memoryPages} > ignoring (${labels(m.memoryLimitPages, 'level')})
          0.95 * ${series(m.memoryLimitPages, { level: 'high' })}`,
        for: '5m',
      },
    },
    (level) => ({
      name: 'TCPMemoryPressure',
      ...level,
      summary: 'TCP on {{ $labels.instance }} has {{ $value }} pages of memory, near its limits in tcp_mem.',
      description:
        'Above its second number sockets get smaller buffers, above its third the kernel drops what comes, for all ' +
        'programs and namespaces. tcp_port_receive_queue_bytes and tcp_port_send_queue_bytes say whose bytes wait, "ss -tanm" of which connections.',
    }),
  ),
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
      'Connections and states are absent, ephemeral ports too unless destination_limit is set, and alerts on them cannot ' +
      'fire; accept queues are there. ' +
      '"ss -s" counts them. Raise socket_limit in tcp.toml, if there are rightly so many.',
  },
];
