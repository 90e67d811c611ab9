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
  'Sockets in states that tell of trouble: inbound by local port, outbound by remote port.',
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

export const listenerInEphemeralRange = gauge(
  'tcp_listener_in_ephemeral_range',
  'Listens on a port that the kernel may give to any other program while this one is restarted; 1 where it does.',
  listener,
);
export const listenerInfo = gauge(
  'tcp_listener_info',
  'Systemd unit and cgroup of what made the sockets that listen there; with cgroups only.',
  [...listener, 'unit', 'cgroup'],
);

export const ephemeralPorts = gauge(
  'tcp_ephemeral_ports',
  'Ports that the kernel gives out by itself: ip_local_port_range without ip_local_reserved_ports.',
);
export const ephemeralPortsUsed = gauge('tcp_ephemeral_ports_used', 'Of these, ports that some socket has.');
export const ephemeralPortsUsedMax = gauge(
  'tcp_ephemeral_ports_used_per_destination_max',
  'Of these, the most that one local address has towards one remote address and port; at the limit it cannot connect.',
);
export const destinationPortsUsed = gauge(
  'tcp_destination_ephemeral_ports_used',
  'Of these, those towards one of the destinations that have most; with destination_limit only.',
  ['local_address', 'address', 'port'],
);
export const addressPortsUsed = gauge(
  'tcp_address_ephemeral_ports_used',
  'Of these, ports that a local address has, or all addresses: bind() to it gives out the others.',
  ['address'],
);
export const addressPortsUnshared = gauge(
  'tcp_address_ephemeral_ports_unshared',
  'Of these, ports that a single socket of the address has, as after bind(); connect() shares them.',
  ['address'],
);
export const walkSkipped = gauge(
  'tcp_walk_skipped',
  'Whether there were too many sockets to look at each of them; accept queues are reported all the same.',
);

export const memoryPages = gauge('tcp_mem_pages', 'Pages of memory that TCP has on the whole machine.');
export const memoryLimitPages = gauge(
  'tcp_mem_limit_pages',
  'Limits of tcp_mem_pages as in tcp_mem: above pressure sockets get less, above high the kernel drops what comes.',
  ['level'],
);

const port = ['port', 'direction'] as const;
export const portReceiveQueue = gauge(
  'tcp_port_receive_queue_bytes',
  'Bytes that have come and that no program has read.',
  port,
);
export const portSendQueue = gauge(
  'tcp_port_send_queue_bytes',
  'Bytes that a program has sent and the other side has not acknowledged.',
  port,
);
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
