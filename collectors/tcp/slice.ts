import type { CollectorSlice } from '../../lib/slice.ts';
import { alerts } from './alerts.ts';
import { tcp as collector } from './collector.ts';
import { dashboard } from './dashboard.ts';
import { unit } from './unit.ts';

export const tcp: CollectorSlice = {
  name: collector.name,
  collector,
  unit,
  alerts,
  dashboard,
  packages: { deb: ['iproute2'], rpm: ['iproute'] },
};
