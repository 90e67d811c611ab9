import type { AlertCase } from '../../alerts/alert-case.ts';

const tank = { pool: 'tank' };
const disk = { ...tank, vdev: '/dev/sda1', class: 'normal' };
const diskLabels = 'pool="tank",vdev="/dev/sda1",class="normal"';
const diskInfo = `zfs_vdev_info{${diskLabels},vdev_type="disk",parent="mirror-0",guid="1"}`;

export const zfsAlertCases: readonly AlertCase[] = [
  {
    alert: 'ZFSPoolSuspended',
    what: 'a pool is suspended after 5 minutes, another is not',
    series: {
      'zfs_pool_state{pool="tank",state="suspended"}': '0x4 1x10',
      'zfs_pool_state{pool="okay",state="suspended"}': '0x14',
    },
    fires: { '5m': [], '6m': [{ labels: { ...tank, state: 'suspended' }, summary: 'Pool tank on db1 is suspended.' }] },
  },
  {
    alert: 'ZFSPoolUnavailable',
    what: 'a pool gets into a state of which nobody has heard',
    series: {
      'zfs_pool_state{pool="tank",state="online"}': '1x4 0x10',
      'zfs_pool_state{pool="tank",state="unknown"}': '0x4 1x10',
    },
    fires: { '6m': [], '7m': [{ labels: { ...tank, state: 'unknown' }, summary: 'Pool tank on db1 is unknown.' }] },
  },
  {
    alert: 'ZFSPoolUnavailable',
    what: 'states with an alert of their own, and faulted',
    series: Object.fromEntries(
      ['online', 'degraded', 'suspended', 'faulted'].map((state) => [
        `zfs_pool_state{pool="${state}",state="${state}"}`,
        '1x9',
      ]),
    ),
    fires: { '9m': [{ labels: { pool: 'faulted', state: 'faulted' }, summary: 'Pool faulted on db1 is faulted.' }] },
  },
  {
    alert: 'ZFSPoolDegraded',
    what: 'a disk is away for 3 minutes, later for good',
    series: { 'zfs_pool_state{pool="tank",state="degraded"}': '0x4 1x2 0x4 1x20' },
    fires: {
      '8m': [],
      '17m': [],
      '18m': [{ labels: { ...tank, state: 'degraded' }, summary: 'Pool tank on db1 is degraded.' }],
    },
  },
  {
    alert: 'ZFSPoolNotImported',
    what: 'an expected pool is missing from the start',
    series: { 'zfs_pool_imported{pool="tank"}': '0x20', 'zfs_pool_imported{pool="rpool"}': '1x20' },
    fires: { '4m': [], '5m': [{ labels: tank, summary: 'Pool tank on db1 is not imported.' }] },
  },
  {
    alert: 'ZFSPoolGone',
    what: 'after a reboot of 4 minutes one of three pools is not imported, and another missing one is expected',
    series: {
      'zfs_pool_health{pool="rpool"}': '0x9 _x4 0x500',
      'zfs_pool_health{pool="tank"}': '0x9 stale',
      'zfs_pool_health{pool="vault"}': '0x9 stale',
      'zfs_pool_imported{pool="vault"}': '1x9 _x4 0x500',
      zfs_module_loaded: '1x9 _x4 1x500',
    },
    fires: {
      '13m': [],
      '20m': [{ labels: tank, summary: 'Pool tank on db1 was imported within the last 6 hours and is no more.' }],
      '380m': [],
    },
  },
  {
    alert: 'ZFSPoolGone',
    what: 'the machine is gone, and all of its series',
    series: { 'zfs_pool_health{pool="tank"}': '0x9 stale', zfs_module_loaded: '1x9 stale' },
    fires: { '30m': [] },
  },
  {
    alert: 'ZFSPoolDataErrors',
    what: 'errors come, and go with a scrub; those of a suspended pool wait',
    series: {
      'zfs_pool_data_errors{pool="tank"}': '0x4 3x10 0x10',
      'zfs_pool_state{pool="tank",state="suspended"}': '0x30',
      'zfs_pool_data_errors{pool="sus"}': '25x30',
      'zfs_pool_state{pool="sus",state="suspended"}': '1x30',
    },
    fires: { '9m': [], '10m': [{ labels: tank, summary: 'Pool tank on db1 has 3 data errors.' }], '16m': [] },
  },
  {
    alert: 'ZFSPoolAlmostFull',
    what: 'a pool fills up to 85 and to 95 %; a full one is read-only, one has no size',
    series: {
      'zfs_pool_size_bytes{pool="tank"}': '1000x60',
      'zfs_pool_allocated_bytes{pool="tank"}': '800x19 850x19 950x20',
      'zfs_pool_readonly{pool="tank"}': '0x60',
      'zfs_pool_size_bytes{pool="old"}': '1000x60',
      'zfs_pool_allocated_bytes{pool="old"}': '990x60',
      'zfs_pool_readonly{pool="old"}': '1x60',
      'zfs_pool_size_bytes{pool="faulted"}': '0x60',
      'zfs_pool_allocated_bytes{pool="faulted"}': '0x60',
    },
    fires: {
      '34m': [],
      '35m': [{ severity: 'warning', labels: tank, summary: 'Pool tank on db1 is 85% full.' }],
      '55m': [
        { severity: 'warning', labels: tank, summary: 'Pool tank on db1 is 95% full.' },
        { severity: 'critical', labels: tank, summary: 'Pool tank on db1 is 95% full.' },
      ],
    },
  },
  {
    alert: 'ZFSDatasetAlmostFull',
    what: 'a quota and a refquota are nearly used, another is not, one dataset has none',
    series: {
      'zfs_dataset_used_bytes{dataset="tank/a"}': '95x20',
      'zfs_dataset_quota_bytes{dataset="tank/a"}': '100x20',
      'zfs_dataset_used_bytes{dataset="tank/b"}': '50x20',
      'zfs_dataset_quota_bytes{dataset="tank/b"}': '100x20',
      'zfs_dataset_referenced_bytes{dataset="tank/b"}': '49x20',
      'zfs_dataset_refquota_bytes{dataset="tank/b"}': '50x20',
      'zfs_dataset_used_bytes{dataset="tank/c"}': '85x20',
      'zfs_dataset_quota_bytes{dataset="tank/c"}': '100x20',
      'zfs_dataset_used_bytes{dataset="tank/d"}': '1000x20',
    },
    fires: {
      '14m': [],
      '15m': [
        {
          severity: 'warning',
          labels: { dataset: 'tank/a' },
          summary: 'Dataset tank/a on db1 has used 95% of its quota.',
        },
        {
          severity: 'warning',
          labels: { dataset: 'tank/b' },
          summary: 'Dataset tank/b on db1 has used 98% of its quota.',
        },
        {
          severity: 'critical',
          labels: { dataset: 'tank/b' },
          summary: 'Dataset tank/b on db1 has used 98% of its quota.',
        },
      ],
    },
  },
  {
    alert: 'ZFSVdevFailed',
    what: 'a disk of a mirror fails, and the mirror with it; others are offline or spare',
    series: {
      [`zfs_vdev_state{${diskLabels},state="online"}`]: '1x4 0x10',
      [`zfs_vdev_state{${diskLabels},state="faulted"}`]: '0x4 1x10',
      [diskInfo]: '1x14',
      'zfs_vdev_state{pool="tank",vdev="mirror-0",class="normal",state="degraded"}': '0x4 1x10',
      'zfs_vdev_info{pool="tank",vdev="mirror-0",class="normal",vdev_type="mirror",parent="tank",guid="2"}': '1x14',
      'zfs_vdev_state{pool="tank",vdev="/dev/sdb1",class="normal",state="offline"}': '1x14',
      'zfs_vdev_info{pool="tank",vdev="/dev/sdb1",class="normal",vdev_type="disk",parent="mirror-0",guid="3"}': '1x14',
      'zfs_vdev_state{pool="tank",vdev="/dev/sdc1",class="spare",state="avail"}': '1x14',
      'zfs_vdev_info{pool="tank",vdev="/dev/sdc1",class="spare",vdev_type="disk",parent="",guid="4"}': '1x14',
    },
    fires: {
      '9m': [],
      '10m': [{ labels: { ...disk, state: 'faulted' }, summary: 'Device /dev/sda1 of pool tank on db1 is faulted.' }],
    },
  },
  {
    alert: 'ZFSVdevErrors',
    what: 'a disk has errors until they are cleared; the mirror above it, too; another disk is faulted',
    series: {
      [`zfs_vdev_errors_total{${diskLabels},type="read"}`]: '0x4 1x10 0x10',
      [`zfs_vdev_errors_total{${diskLabels},type="checksum"}`]: '0x4 2x10 0x10',
      [`zfs_vdev_state{${diskLabels},state="online"}`]: '1x30',
      [diskInfo]: '1x30',
      'zfs_vdev_errors_total{pool="tank",vdev="mirror-0",class="normal",type="checksum"}': '7x30',
      'zfs_vdev_state{pool="tank",vdev="mirror-0",class="normal",state="online"}': '1x30',
      'zfs_vdev_info{pool="tank",vdev="mirror-0",class="normal",vdev_type="mirror",parent="tank",guid="2"}': '1x30',
      'zfs_vdev_errors_total{pool="tank",vdev="/dev/sdb1",class="normal",type="write"}': '9x30',
      'zfs_vdev_state{pool="tank",vdev="/dev/sdb1",class="normal",state="online"}': '0x30',
      'zfs_vdev_state{pool="tank",vdev="/dev/sdb1",class="normal",state="faulted"}': '1x30',
      'zfs_vdev_info{pool="tank",vdev="/dev/sdb1",class="normal",vdev_type="disk",parent="mirror-0",guid="3"}': '1x30',
    },
    fires: {
      '9m': [],
      '10m': [{ labels: disk, summary: 'Device /dev/sda1 of pool tank on db1 has 3 errors.' }],
      '16m': [],
    },
  },
  {
    alert: 'ZFSScrubOverdue',
    what: 'the last scrub ended on day 0; on day 37 one starts, is paused on day 38, and ends on day 39',
    step: '1h',
    series: {
      'zfs_scrub_last_completed_timestamp_seconds{pool="tank"}': '0x935 3369600x24',
      'zfs_scrub_state{pool="tank"}': '2x887 1x47 2x24',
      'zfs_scrub_paused{pool="tank"}': '0x911 1x23 0x24',
    },
    fires: {
      '865h': [],
      '866h': [{ labels: tank, summary: 'Pool tank on db1 was scrubbed 36d 2h 0m 0s ago.' }],
      '900h': [],
      '920h': [{ labels: tank, summary: 'Pool tank on db1 was scrubbed 38d 8h 0m 0s ago.' }],
      '940h': [],
    },
  },
  {
    alert: 'ZFSScrubNeverCompleted',
    what: 'a pool is never scrubbed, one is, one is being scrubbed, of one the status cannot be read',
    step: '1h',
    series: {
      'zfs_pool_info{pool="tank",guid="1"}': '1x400',
      'zfs_scrub_state{pool="tank"}': '0x400',
      'zfs_scrub_paused{pool="tank"}': '0x400',
      'zfs_pool_info{pool="fine",guid="2"}': '1x400',
      'zfs_scrub_state{pool="fine"}': '3x400',
      'zfs_scrub_last_completed_timestamp_seconds{pool="fine"}': '0x400',
      'zfs_pool_info{pool="late",guid="3"}': '1x400',
      'zfs_scrub_state{pool="late"}': '1x400',
      'zfs_scrub_paused{pool="late"}': '0x400',
      'zfs_pool_info{pool="sick",guid="4"}': '1x400',
    },
    fires: {
      '336h': [],
      '337h': [{ labels: tank, summary: 'Pool tank on db1 is two weeks old, and no scrub of it has ever ended.' }],
    },
  },
  {
    alert: 'ZFSScrubErrors',
    what: 'errors are listed, then cleared, then a scrub finds none',
    series: {
      'zfs_scrub_errors{pool="tank"}': '3x29 0x10',
      'zfs_pool_data_errors{pool="tank"}': '3x9 0x30',
    },
    fires: {
      '14m': [],
      '15m': [{ labels: tank, summary: 'The last scrub of pool tank on db1 had 3 errors.' }],
      '30m': [],
    },
  },
  {
    alert: 'ZFSResilverStalled',
    what: 'a resilver and a rebuild stand still, another resilver goes on, one is done',
    step: '5m',
    series: {
      'zfs_resilver_state{pool="tank"}': '1x50',
      'zfs_resilver_issued_bytes{pool="tank"}': '0+100x9 1000x40',
      'zfs_resilver_state{pool="fine"}': '1x50',
      'zfs_resilver_issued_bytes{pool="fine"}': '0+100x50',
      'zfs_resilver_state{pool="done"}': '2x50',
      'zfs_resilver_issued_bytes{pool="done"}': '9x50',
      'zfs_rebuild_state{pool="seq",vdev="mirror-0"}': '1x50',
      'zfs_rebuild_issued_bytes{pool="seq",vdev="mirror-0"}': '0+100x9 1000x40',
    },
    fires: {
      '160m': [],
      '175m': [
        { labels: tank, summary: 'The resilver of pool tank on db1 has made no progress for an hour.' },
        {
          labels: { pool: 'seq', vdev: 'mirror-0' },
          summary: 'The resilver of pool seq on db1 has made no progress for an hour.',
        },
      ],
    },
  },
];
