import { type Alert, here, levels } from '../../lib/monitoring/alert.ts';
import { type Expression, labels, promql, series, threshold } from '../../lib/monitoring/promql.ts';
import { type Recording, lastSeen } from '../../lib/monitoring/record.ts';
import * as m from './metrics.ts';
import { scanAlerts } from './scan-alerts.ts';
import * as v from './vdev-metrics.ts';

/** Disks and files, without some labels: what stands above them in the pool shows the same trouble again. */
const leaves = (without: string): Expression =>
  promql`max without (${without}) (${series(v.vdevInfo, { vdev_type: ['disk', 'file', 'unknown'] })})`;

export const disks = leaves(labels(v.vdevInfo, 'vdev_type', 'parent', 'guid', 'path', 'aux'));

const poolSeen = lastSeen(
  'pool:zfs_pool_health:last_seen_timestamp',
  ['pool'],
  promql`${m.poolHealth} unless ${m.poolOptional}`,
);

/** What the alerts read. */
export const records: readonly Recording[] = [poolSeen];

const fullPool = {
  warning: threshold('pool_full_warning_ratio', 0.8, 'Part of a pool in use.'),
  critical: threshold('pool_full_critical_ratio', 0.9, 'The same, to wake someone.'),
};
const fullDataset = {
  warning: threshold('dataset_full_warning_ratio', 0.9, 'Part of a quota in use.'),
  critical: threshold('dataset_full_critical_ratio', 0.97, 'The same, to wake someone.'),
};
const fillingSoon = threshold('pool_filling_seconds', 4 * 3600, 'Time in which a pool would be full.');

/**
 * Devices in other states than these, with the path that each has or had: the name of one that is missing may be its guid, as when
 * another device has got its path.
 */
const devices = (not: readonly string[]): Expression =>
  promql`(${series(v.vdevState, { state: { not } })} == 1)
    * ignoring (${labels(v.vdevState, 'state')}, ${labels(v.vdevInfo, 'path')})
    group_left (${labels(v.vdevInfo, 'path')}) ${leaves(labels(v.vdevInfo, 'vdev_type', 'parent', 'guid', 'aux'))}`;

/** Devices that do not do what they should. One that is offline was taken out by someone, and is told of with its pool. */
const failed = devices(['online', 'avail', 'inuse']);

/** What a missing device was, after its name. */
const was = (labelsOf: string): string =>
  `{{ if match "^[0-9]+$" ${labelsOf}.vdev }}, once {{ ${labelsOf}.path }},{{ end }}`;

/** What is said of a pool that cannot be used, and of who wants to read it. */
const unusable: Alert['mutes'] = [
  {
    alerts: [
      'ZFSPoolDegraded',
      'ZFSPoolDataErrors',
      'ZFSPoolAlmostFull',
      'ZFSPoolFillingSoon',
      'ZFSVdevFailed',
      'ZFSVdevErrors',
      'ZFSResilverStalled',
      'ZFSExpansionStalled',
      'ZFSRemovalStalled',
    ],
    on: ['instance', 'pool'],
  },
  { alerts: ['TextfileCollectorSourceFailing'], on: ['instance'], with: { collector: 'zfs' } },
  { alerts: ['TextfileCollectorSourceFailing'], on: ['instance'], with: { collector: 'replication-lag' } },
  { alerts: ['ReplicationSourceDown'], on: ['instance', 'pool'], with: { dataset: here } },
  { alerts: ['ReplicationTargetDown'], on: ['instance', 'pool'], with: { target: here } },
];

const pools: readonly Alert[] = [
  {
    name: 'ZFSPoolSuspended',
    severity: 'critical',
    expr: promql`max without (${labels(m.poolState, 'state')}) (${series(m.poolState, { state: 'suspended' })}) == 1`,
    for: '1m',
    summary: 'Pool {{ $labels.pool }} on {{ $labels.instance }} is suspended.',
    description:
      'Too many of its devices do not answer: whatever writes to the pool waits for ever. ' +
      'See "zpool status {{ $labels.pool }}" and the kernel log, bring the devices back, then "zpool clear {{ $labels.pool }}".',
    mutes: unusable,
  },
  {
    name: 'ZFSPoolUnavailable',
    severity: 'critical',
    // All but the states that have an alert of their own, so that a state that OpenZFS adds is not overlooked.
    expr: promql`${series(m.poolState, { state: { not: ['online', 'degraded', 'suspended'] } })} == 1`,
    for: '2m',
    summary: 'Pool {{ $labels.pool }} on {{ $labels.instance }} is {{ $labels.state }}.',
    description: 'Its data cannot be read. "zpool status -v {{ $labels.pool }}" says which devices it lacks.',
    mutes: unusable,
  },
  {
    name: 'ZFSPoolDegraded',
    severity: 'critical',
    expr: promql`${series(m.poolState, { state: 'degraded' })} == 1`,
    for: '1m',
    summary: 'Pool {{ $labels.pool }} on {{ $labels.instance }} is degraded.',
    lists: {
      expr: failed,
      shared: ['instance', 'pool'],
      text: `{{ .Labels.vdev }}${was('.Labels')} is {{ .Labels.state }}. `,
    },
    description:
      'All data can be read, with less redundancy or none: one more failure may lose the pool. ' +
      '"zpool status {{ $labels.pool }}" tells more.',
    mutes: [{ alerts: ['ZFSVdevFailed'], on: ['instance', 'pool'] }],
  },
  {
    name: 'ZFSPoolNotImported',
    severity: 'critical',
    expr: promql`${m.poolImported} == 0`,
    for: '5m',
    summary: 'Pool {{ $labels.pool }} on {{ $labels.instance }} is not imported.',
    description:
      'The collector is configured to expect it (expected_pools). "zpool import" lists what could be imported. ' +
      'Until then, services may be writing to the empty mount points.',
  },
  {
    name: 'ZFSPoolGone',
    severity: 'warning',
    // Expected pools have an alert that lasts. This one ends by itself, since a pool may have been exported on purpose.
    expr: promql`${poolSeen} unless ${m.poolHealth} unless ${m.poolImported}
      and ignoring (${labels(m.poolHealth, 'pool')}) ${m.moduleLoaded}`,
    for: '5m',
    summary: 'Pool {{ $labels.pool }} on {{ $labels.instance }} was imported within the last 3 days and is no more.',
    description:
      'It was exported, destroyed, or not imported after a reboot. If nobody meant that: "zpool import", and ' +
      '"zpool history" of a pool on the same machine.',
  },
  {
    name: 'ZFSPoolDataErrors',
    severity: 'critical',
    // What a suspended pool could not write counts, too, and is mostly gone when the pool goes on.
    expr: promql`${m.poolDataErrors} > 0
      unless ignoring (${labels(m.poolState, 'state')}) ${series(m.poolState, { state: 'suspended' })} == 1`,
    for: '5m',
    summary: 'Pool {{ $labels.pool }} on {{ $labels.instance }} has {{ $value }} data errors.',
    description:
      'No copy or parity could repair them: files are damaged. "zpool status -v {{ $labels.pool }}" lists which; ' +
      'restore them from a backup, then scrub.',
    mutes: [{ alerts: ['ZFSVdevErrors', 'ZFSScrubErrors'], on: ['instance', 'pool'] }],
  },
  // Growing a pool takes days. OpenZFS keeps up to 3 % for itself, and needs free space even to delete.
  ...levels(fullPool, (ratio) => ({
    name: 'ZFSPoolAlmostFull',
    expr: promql`${m.poolAllocated} / ${m.poolSize} > ${ratio} unless ${m.poolReadonly} == 1`,
    for: '15m',
    summary: 'Pool {{ $labels.pool }} on {{ $labels.instance }} is {{ $value | humanizePercentage }} full.',
    description:
      'A pool that fills up gets slow and then refuses writes. ' +
      '"zfs list -o space -r {{ $labels.pool }}" shows what takes the space, snapshots included.',
  })),
  {
    name: 'ZFSPoolFillingSoon',
    severity: 'warning',
    // When a vdev has been removed, its free space is gone at once, and nothing fills the pool.
    expr: promql`predict_linear(${m.poolFree}[1h], ${fillingSoon}) < 0
      and ${m.poolFree} / ${m.poolSize} < 0.4 unless ${m.poolReadonly} == 1 unless changes(${m.poolSize}[1h]) > 0`,
    for: '15m',
    summary: 'Pool {{ $labels.pool }} on {{ $labels.instance }} is full within hours.',
    lists: {
      expr: promql`${m.poolFree}`,
      shared: ['instance', 'pool'],
      text: '{{ .Value | humanize1024 }}B are left. ',
    },
    description:
      'If it goes on as in the last hour. "zfs list -o space -r {{ $labels.pool }}" shows who takes the space, and ' +
      '"zpool iostat {{ $labels.pool }} 5" whether it still grows.',
  },
  ...levels(fullDataset, (ratio) => ({
    name: 'ZFSDatasetAlmostFull',
    expr: promql`${m.datasetUsed} / ${m.datasetQuota} > ${ratio}
      or ${m.datasetReferenced} / ${m.datasetRefquota} > ${ratio}`,
    for: '15m',
    summary:
      'Dataset {{ $labels.dataset }} on {{ $labels.instance }} has used {{ $value | humanizePercentage }} of its quota.',
    description:
      'At 100 % writes fail with "Disk quota exceeded", however empty the pool is. ' +
      `"zfs list -o space,quota,refquota '{{ $labels.dataset }}'"; snapshots count for quota, not for refquota.`,
  })),
];

const vdevs: readonly Alert[] = [
  {
    name: 'ZFSVdevFailed',
    severity: 'warning',
    // An offline device was taken out by someone, and ZFSPoolDegraded tells of it.
    expr: devices(['online', 'offline', 'avail', 'inuse']),
    for: '5m',
    summary: `Device {{ $labels.vdev }}${was('$labels')} of pool {{ $labels.pool }} on {{ $labels.instance }} is {{ $labels.state }}.`,
    description:
      'Spares, logs and caches are told of too, whose loss leaves the pool online. See "zpool status {{ $labels.pool }}" ' +
      'and the kernel log; bring it back ("zpool online") or replace it ("zpool replace").',
  },
  {
    name: 'ZFSSpareInUse',
    severity: 'warning',
    // Where a disk has failed the pool is degraded, which says more. A spare that pools share is in use in the lists of all.
    expr: promql`${series(v.vdevState, { class: 'spare', state: 'inuse' })} == 1
      and on (instance, ${labels(v.vdevState, 'pool', 'vdev')}) ${series(v.vdevState, { class: { not: ['spare'] } })}
      unless on (instance, ${labels(m.poolState, 'pool')}) ${series(m.poolState, { state: { not: ['online'] } })} == 1`,
    for: '1h',
    summary: 'Spare {{ $labels.vdev }} of pool {{ $labels.pool }} on {{ $labels.instance }} is in use.',
    description:
      'The pool is online and whole, with one spare less for the next failure. "zpool status {{ $labels.pool }}" shows whose ' +
      'place it takes: replace that device ("zpool replace"), or "zpool detach" it to keep the spare there for good.',
  },
  {
    name: 'ZFSVdevErrors',
    severity: 'warning',
    // Not their rate: errors stand until "zpool clear", however they came, as ZFS itself wants them looked at.
    expr: promql`sum without (${labels(v.vdevErrors, 'type')}) (${v.vdevErrors}) > 0
      and ignoring (${labels(v.vdevState, 'state')}) ${series(v.vdevState, { state: 'online' })} == 1 and ${disks}`,
    for: '5m',
    summary: 'Device {{ $labels.vdev }} of pool {{ $labels.pool }} on {{ $labels.instance }} has {{ $value }} errors.',
    description:
      'It failed to read or write, or gave wrong data, and is still in use. See "zpool status {{ $labels.pool }}" and ' +
      '"smartctl -a"; replace it, or "zpool clear {{ $labels.pool }}" if the reason is known and gone.',
  },
];

export const alerts: readonly Alert[] = [...pools, ...vdevs, ...scanAlerts];
