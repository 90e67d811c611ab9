import type { CollectorSlice } from '../../lib/slice.ts';
import { alerts, records } from './alerts.ts';
import { zfs as collector } from './collector.ts';
import { dashboard } from './dashboard.ts';
import { unit } from './unit.ts';

export const zfs: CollectorSlice = {
  name: collector.name,
  collector,
  unit,
  alerts,
  records,
  dashboard,
  packages: { deb: ['zfsutils-linux'], rpm: ['zfs'] },
};
