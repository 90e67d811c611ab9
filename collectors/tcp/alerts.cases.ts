import type { AlertCase } from '../../lib/monitoring/alert.ts';

const web = { address: '*', port: '443' };

export const cases: readonly AlertCase[] = [
  {
    alert: 'TCPListenQueueFull',
    what: 'a queue fills up, after it was full for a moment; another stays at 80 %',
    series: {
      'tcp_listen_queue_fill_ratio{address="*",port="443"}': '0x3 1x2 0x3 0.9x9 1x9',
      'tcp_listen_queue_fill_ratio{address="::1",port="25"}': '0.8x30',
    },
    fires: {
      '16m': [],
      '17m': [{ severity: 'warning', labels: web, summary: 'The accept queue of * port 443 on db1 is 90% full.' }],
      '27m': [
        { severity: 'warning', labels: web, summary: 'The accept queue of * port 443 on db1 is 100% full.' },
        {
          severity: 'critical',
          labels: web,
          summary: 'db1 turns connections to * port 443 away, since the accept queue is full.',
        },
      ],
    },
  },
  {
    alert: 'TCPListenOverflows',
    what: 'one burst, a reboot, and then drops all the time',
    series: { node_netstat_TcpExt_ListenOverflows: '0x4 500x20 0x10 0+60x40' },
    fires: {
      '24m': [],
      '50m': [
        { severity: 'critical', summary: 'db1 dropped 300 connections in 5 minutes, since accept queues overflow.' },
      ],
      '55m': [
        { severity: 'critical', summary: 'db1 dropped 300 connections in 5 minutes, since accept queues overflow.' },
        { severity: 'warning', summary: 'db1 dropped 300 connections in 5 minutes, since accept queues overflow.' },
      ],
    },
  },
  {
    alert: 'TCPListenQueueFull',
    what: 'a queue fills and empties, full in every other run; another was full once',
    series: {
      'tcp_listen_queue_fill_ratio{address="*",port="443"}': '0.75 1 0 0.99 0.14 1 0.2 1 0 0.9 0.1 1 0x20',
      'tcp_listen_queue_fill_ratio{address="::1",port="25"}': '0x3 1 0x30',
    },
    fires: {
      '6m': [],
      '8m': [{ severity: 'warning', labels: web, summary: 'The accept queue of * port 443 on db1 is 100% full.' }],
      '16m': [],
    },
  },
  {
    alert: 'TCPListenOverflows',
    what: 'an outage in bursts',
    series: {
      node_netstat_TcpExt_ListenOverflows: '3378 3378 3631 4111 4800 5458 5729 6100 6500 6900 7300 7700 8100',
    },
    fires: {
      '3m': [],
      '5m': [
        {
          severity: 'critical',
          summary: 'db1 dropped 2080 connections in 5 minutes, since accept queues overflow.',
        },
      ],
    },
  },
  {
    alert: 'TCPListenOverflows',
    what: 'ten in an hour; later 150 in 5 minutes, of a million that are accepted',
    series: {
      node_netstat_TcpExt_ListenOverflows: '0x9 10x59 10+30x9 310x20',
      node_netstat_Tcp_PassiveOpens: '0+200000x110',
    },
    fires: { '12m': [], '40m': [], '75m': [] },
  },
  {
    alert: 'TCPSynCookiesSent',
    what: 'a scan, and then a flood',
    series: { node_netstat_TcpExt_SyncookiesSent: '0x4 90x20 90+100x30' },
    fires: {
      '20m': [],
      '38m': [],
      '45m': [{ summary: 'db1 answered 500 connections in 5 minutes with SYN cookies, since a SYN queue is full.' }],
    },
  },
  {
    alert: 'TCPBindPortsExhausted',
    what: 'bind() runs out of ports; another address shares them; a third has them towards one destination',
    series: {
      tcp_ephemeral_ports: '1000x30',
      tcp_ephemeral_ports_used_per_destination_max: '200x30',
      'tcp_address_ephemeral_ports_unshared{address="192.0.2.1"}': '700x9 900x9 960x10',
      'tcp_address_ephemeral_ports_unshared{address="192.0.2.2"}': '100x30',
      'tcp_address_ephemeral_ports_used{address="192.0.2.2"}': '1000x30',
    },
    fires: {
      '14m': [],
      '15m': [
        {
          severity: 'warning',
          labels: { address: '192.0.2.1' },
          summary: 'db1 has used 90% of the ephemeral ports of its address 192.0.2.1.',
        },
      ],
      '26m': [
        {
          severity: 'warning',
          labels: { address: '192.0.2.1' },
          summary: 'db1 has used 96% of the ephemeral ports of its address 192.0.2.1.',
        },
        {
          severity: 'critical',
          labels: { address: '192.0.2.1' },
          summary: 'db1 has used 96% of the ephemeral ports of its address 192.0.2.1.',
        },
      ],
    },
  },
  {
    alert: 'TCPBindPortsExhausted',
    what: 'all ports are used towards one destination: that is told by another alert',
    series: {
      tcp_ephemeral_ports: '1000x30',
      tcp_ephemeral_ports_used_per_destination_max: '1000x30',
      'tcp_address_ephemeral_ports_unshared{address="192.0.2.1"}': '1000x30',
    },
    fires: { '20m': [] },
  },
  {
    alert: 'TCPListenerInEphemeralRange',
    what: 'one listens for a day, one for an hour',
    step: '1h',
    series: {
      'tcp_listener_in_ephemeral_range{address="*",port="50051"}': '1x30',
      'tcp_listener_in_ephemeral_range{address="*",port="43210"}': '1 _x30',
    },
    fires: {
      '23h': [],
      '25h': [
        {
          severity: 'info',
          labels: { address: '*', port: '50051' },
          summary: 'A service of db1 listens on port 50051, which is ephemeral and not reserved.',
        },
      ],
    },
  },
  {
    alert: 'TCPMemoryPressure',
    what: 'memory grows to its limits',
    series: {
      tcp_mem_pages: '100x9 140x19 196x20',
      'tcp_mem_limit_pages{level="pressure"}': '130x60',
      'tcp_mem_limit_pages{level="high"}': '200x60',
    },
    fires: {
      '19m': [],
      '21m': [{ severity: 'warning', summary: 'TCP on db1 has 140 pages of memory, near its limits in tcp_mem.' }],
      '36m': [
        { severity: 'warning', summary: 'TCP on db1 has 196 pages of memory, near its limits in tcp_mem.' },
        { severity: 'critical', summary: 'TCP on db1 has 196 pages of memory, near its limits in tcp_mem.' },
      ],
    },
  },
  {
    alert: 'TCPEphemeralPortsExhausted',
    what: 'the ports towards one destination run out; of a namespace none is known',
    series: {
      tcp_ephemeral_ports: '1000x30',
      tcp_ephemeral_ports_used_per_destination_max: '800x9 900x9 960x10',
      'tcp_ephemeral_ports{netns="vpn"}': '1000x30',
    },
    fires: {
      '14m': [],
      '15m': [{ severity: 'warning', summary: 'db1 has used 90% of its ephemeral ports towards one destination.' }],
      '26m': [
        { severity: 'warning', summary: 'db1 has used 96% of its ephemeral ports towards one destination.' },
        { severity: 'critical', summary: 'db1 has used 96% of its ephemeral ports towards one destination.' },
      ],
    },
  },
  {
    alert: 'TCPCloseWaitLeak',
    what: 'sockets stay in CLOSE-WAIT; as many are in TIME-WAIT; 100 of another port are not too many',
    series: {
      'tcp_port_sockets{port="8080",direction="inbound",state="close-wait"}': '0+20x60',
      'tcp_port_sockets{port="8080",direction="inbound",state="time-wait"}': '0+20x60',
      'tcp_port_sockets{port="5432",direction="outbound",state="close-wait"}': '100x60',
    },
    fires: {
      '35m': [],
      '36m': [
        {
          labels: { port: '8080', direction: 'inbound', state: 'close-wait' },
          summary: 'db1 has 720 inbound sockets of port 8080 in CLOSE-WAIT.',
        },
      ],
    },
  },
  {
    alert: 'TCPSocketsNotCounted',
    what: 'there are too many sockets for 20 minutes, later for good',
    series: { tcp_walk_skipped: '0x4 1x20 0x4 1x90' },
    fires: { '89m': [], '91m': [{ summary: 'The sockets of db1 are not counted: there are too many.' }] },
  },
];

/** The recorded machines of fixtures/ that an alert fires on; on all others it does not. */
export const firing: Readonly<Record<string, readonly string[]>> = {
  TCPListenQueueFull: [
    'accept-queue-full',
    'dump-empty',
    'dump-without-ipv6',
    'ipv6-off',
    'lines-unreadable',
    'port-range-missing',
    'sockstat-missing',
    'sockstat-unreadable',
    'ss-too-old',
    'states',
    'walk-timeout',
  ],
  TCPEphemeralPortsExhausted: [
    'mapped-and-plain',
    'reserved-ports',
    'time-wait-not-reused',
    'time-wait-reused-on-loopback-only',
    'time-wait-without-timestamps',
  ],
  TCPBindPortsExhausted: ['bind-before-connect'],
  TCPCloseWaitLeak: ['service-without-listener'],
  TCPListenerInEphemeralRange: ['listener-gone'],
  TCPSocketsNotCounted: ['destinations-above-socket-limit', 'skipped'],
};
