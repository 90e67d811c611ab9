import type { CollectorSlice } from '../../lib/slice.ts';
import { ebpf as collector } from './collector.ts';
import { unit } from './unit.ts';

export const ebpf: CollectorSlice = {
  name: collector.name,
  collector,
  unit,
  alerts: [],
  packages: { deb: ['bpftrace'], rpm: ['bpftrace'] },
};
