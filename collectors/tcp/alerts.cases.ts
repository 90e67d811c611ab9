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
      '12m': [],
      '16m': [{ severity: 'warning', labels: web, summary: 'The accept queue of * port 443 on db1 is 90% full.' }],
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
      '50m': [],
      '55m': [{ summary: 'db1 dropped 300 connections in 5 minutes, since accept queues overflow.' }],
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
  TCPSocketsNotCounted: ['skipped', 'sockstat-missing', 'sockstat-unreadable'],
};
