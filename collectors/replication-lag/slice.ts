import type { CollectorSlice } from '../../lib/slice.ts';
import { alerts, records } from './alerts.ts';
import { replicationLag as collector } from './collector.ts';
import { dashboard } from './dashboard.ts';
import { unit } from './unit.ts';

export const replicationLag: CollectorSlice = {
  name: collector.name,
  collector,
  unit,
  alerts,
  records,
  dashboard,
  packages: { deb: ['zfsutils-linux', 'openssh-client'], rpm: ['zfs', 'openssh-clients'] },
  // What a key in authorized_keys may run on a replication target.
  programs: [{ file: 'forced-command.sh', name: 'replication-lag-forced-command' }],
};
