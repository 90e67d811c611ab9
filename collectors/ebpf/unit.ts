import type { Unit } from '../../lib/unit.ts';

export const unit: Unit = {
  interval: 15,
  root: 'bpftrace runs for nobody else, and tracefs is for root alone.',
  capabilities: [
    'CAP_BPF CAP_PERFMON',
    'the first loads programs into the kernel, the second attaches them and lets them read.',
  ],
  systemCalls: ['bpf perf_event_open', 'To load the programs and to attach them.'],
  exceptions: {
    ProcSubset: ['all', 'The names of devices are in /proc/partitions, and bpftrace reads the list of processors.'],
  },
};
