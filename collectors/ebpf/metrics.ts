import { counter, gauge, histogram } from '../../lib/metric.ts';

export const runQueueLatency = histogram(
  'ebpf_run_queue_latency_seconds',
  'How long threads had to wait for a processor: from when one was woken, or lost its processor while it could go on, until it ran.',
);
export const blockIoLatency = histogram(
  'ebpf_block_io_latency_seconds',
  'How long requests took from when the driver was given them until they were done; not the time in a queue before that.',
  ['device', 'operation'],
);
export const retransmits = counter(
  'ebpf_tcp_retransmits_total',
  'How often TCP sent a packet again, which may be many segments, by the port of the service (the lower one; 0 where both are above 32767) and the state of the socket.',
  ['family', 'port', 'state'],
);
export const startTime = gauge('ebpf_start_timestamp_seconds', 'UNIX time since when the other metrics of eBPF count.');
