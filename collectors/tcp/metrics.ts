import { gauge } from '../../lib/metric.ts';

export const connectionCount = gauge(
  'tcp_connection_count',
  'Established connections: inbound by local port, outbound by remote port; within this machine counted at both ends.',
  ['port', 'direction'],
);
export const sockets = gauge(
  'tcp_sockets',
  'Sockets by state and by family of the socket; a dual-stack socket is of ipv6, also while it carries IPv4.',
  ['state', 'family'],
);
export const portSockets = gauge(
  'tcp_port_sockets',
  'Sockets in close-wait, time-wait and syn-recv: inbound by local port, outbound by remote port.',
  ['port', 'direction', 'state'],
);

const listener = ['address', 'port'] as const;
export const listenQueue = gauge(
  'tcp_listen_queue',
  'Connections that wait to be accepted, of all sockets that listen there.',
  listener,
);
export const listenQueueLimit = gauge(
  'tcp_listen_queue_limit',
  'Limit of tcp_listen_queue, of all sockets that listen there; a socket is full when its queue is above it.',
  listener,
);
export const listenQueueFill = gauge(
  'tcp_listen_queue_fill_ratio',
  'How full the fullest socket is that listens there: 1 where the kernel turns connections away.',
  listener,
);

export const ephemeralPorts = gauge('tcp_ephemeral_ports', 'Ports that the kernel gives out by itself.');
export const ephemeralPortsUsed = gauge('tcp_ephemeral_ports_used', 'Of these, ports that some socket has.');
export const ephemeralPortsUsedMax = gauge(
  'tcp_ephemeral_ports_used_per_destination_max',
  'Of these, the most that one local address has towards one remote address and port; at the limit it cannot connect.',
);
export const walkSkipped = gauge(
  'tcp_walk_skipped',
  'Whether there were too many sockets to look at each of them; accept queues are reported all the same.',
);

const port = ['port', 'direction'] as const;
export const rtt = gauge(
  'tcp_rtt_seconds',
  'Smoothed round-trip time of the sockets that are open now, to three digits; with tcp_info only.',
  [...port, 'quantile'],
);
export const retransmits = gauge(
  'tcp_retransmitted_segments',
  'Segments that the sockets that are open now have ever sent again; with tcp_info only.',
  port,
);
