import type { CollectorSlice } from '../../lib/slice.ts';
import { alerts } from './alerts.ts';
import { ebpf as collector } from './collector.ts';
import { dashboard } from './dashboard.ts';
import { records } from './records.ts';
import { unit } from './unit.ts';

export const ebpf: CollectorSlice = {
  name: collector.name,
  collector,
  unit,
  alerts,
  records,
  dashboard,
  packages: { deb: ['bpftrace'], rpm: ['bpftrace'] },
};
