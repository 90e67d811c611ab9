import type { CollectorSlice } from '../../lib/slice.ts';
import { alerts } from './alerts.ts';
import { ebpf as collector } from './collector.ts';
import { records } from './records.ts';
import { unit } from './unit.ts';

export const ebpf: CollectorSlice = {
  name: collector.name,
  collector,
  unit,
  alerts,
  records,
  packages: { deb: ['bpftrace'], rpm: ['bpftrace'] },
};
