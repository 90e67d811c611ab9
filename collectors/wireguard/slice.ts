import type { CollectorSlice } from '../../lib/slice.ts';
import { alerts, records } from './alerts.ts';
import { wireguard as collector } from './collector.ts';
import { dashboard } from './dashboard.ts';
import { unit } from './unit.ts';

export const wireguard: CollectorSlice = {
  name: collector.name,
  collector,
  unit,
  alerts,
  records,
  dashboard,
  packages: { deb: ['wireguard-tools'], rpm: ['wireguard-tools'] },
};
