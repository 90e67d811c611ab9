import type { AlertCase } from '../../lib/monitoring/alert.ts';

const disk = { device: 'sda' };

export const cases: readonly AlertCase[] = [
  {
    alert: 'Watchdog',
    what: 'nothing is wrong',
    series: { up: '1x10' },
    fires: { '5m': [{ ofMachine: false, summary: 'Prometheus and Alertmanager work.' }] },
  },
  {
    alert: 'NodeDown',
    what: 'a machine dies, and comes back; another target of Prometheus fails',
    series: { 'up{job="node"}': '1x9 0x10 1x20', 'up{job="prometheus"}': '0x40' },
    fires: { '11m': [], '12m': [{ summary: 'db1 does not answer.' }], '30m': [] },
  },
  {
    alert: 'NodeFlapping',
    what: 'each fourth scrape of a machine fails, another boots, another is down',
    step: '30s',
    series: {
      'up{job="node"}': `1x20 ${'1 1 1 0 '.repeat(20)}1x60`,
      'up{job="node",env="test"}': '1x30 0x6 1x200',
      'up{job="node",env="old"}': '1x30 0x200',
    },
    fires: {
      '20m': [],
      '45m': [{ summary: 'db1 answers, and does not, again and again.' }],
      '75m': [],
    },
  },
  {
    alert: 'NodeForgotten',
    what: 'a target leaves the configuration on Friday evening, and is remembered until Monday is over',
    step: '4m',
    series: { 'up{job="node"}': '1x24 stale' },
    fires: {
      '110m': [],
      '120m': [{ summary: 'db1 is scraped no more.' }],
      '62h': [{ summary: 'db1 is scraped no more.' }],
      '74h': [],
    },
  },
  {
    alert: 'NodeForgotten',
    what: 'a machine is moved from one environment to another',
    series: { 'up{job="node",env="staging"}': '1x99 stale', 'up{job="node",env="production"}': '_x100 1x100' },
    fires: { '120m': [] },
  },
  {
    alert: 'HighCPU',
    what: 'both processors have work from the start on, then one waits for a disk',
    series: {
      'node_cpu_seconds_total{cpu="0",mode="idle"}': '0+2x60 120+30x40',
      'node_cpu_seconds_total{cpu="0",mode="iowait"}': '0x100',
      'node_cpu_seconds_total{cpu="1",mode="idle"}': '0+1x100',
      'node_cpu_seconds_total{cpu="1",mode="iowait"}': '0x60 0+55x40',
    },
    fires: { '10m': [], '40m': [{ summary: 'db1 uses 97.5% of its processors.' }], '90m': [] },
  },
  {
    alert: 'MemoryLow',
    what: 'the ARC would give back what is needed, and then does not',
    series: {
      node_memory_MemTotal_bytes: '100x60',
      node_memory_MemAvailable_bytes: '3x60',
      node_zfs_arc_size: '80x29 11x30',
      node_zfs_arc_c_min: '10x60',
    },
    fires: { '25m': [], '36m': [{ summary: 'db1 has 4% of its memory left.' }] },
  },
  {
    alert: 'MemoryLow',
    what: 'a machine without ZFS has memory, and then none',
    series: { node_memory_MemTotal_bytes: '100x60', node_memory_MemAvailable_bytes: '20x29 2x30' },
    fires: { '25m': [], '36m': [{ summary: 'db1 has 2% of its memory left.' }] },
  },
  {
    alert: 'MemoryLow',
    what: 'a database has its memory as huge pages, and has what it needs beside them; then it has not',
    series: {
      node_memory_MemTotal_bytes: '512x60',
      node_memory_Hugetlb_bytes: '480x60',
      node_memory_MemAvailable_bytes: '12x29 1x30',
    },
    fires: { '25m': [], '36m': [{ summary: 'db1 has 3.125% of its memory left.' }] },
  },
  {
    alert: 'MemoryLow',
    what: 'a container sees the ARC of its host, which is none of its own memory',
    series: {
      node_memory_MemTotal_bytes: '4x60',
      node_memory_MemAvailable_bytes: '2x29 0.1x30',
      node_zfs_arc_size: '50x60',
      node_zfs_arc_c_min: '10x60',
    },
    fires: { '25m': [], '36m': [{ summary: 'db1 has 2.5% of its memory left.' }] },
  },
  {
    alert: 'ZFSARCHitRatioLow',
    what: 'half of a lot is missed, then half of little',
    series: {
      node_zfs_arc_hits: '0+12000x90 1080000+60x60',
      node_zfs_arc_misses: '0+12000x90 1080000+60x60',
    },
    fires: { '30m': [], '60m': [{ summary: 'The ARC of db1 has 50% of what is read.' }], '150m': [] },
  },
  {
    alert: 'DiskFillingSoon',
    what: 'a file system fills within hours, one slowly, one is far from full, a pool is not told of',
    series: Object.fromEntries(
      [
        ['/var', 'ext4', '30-0.1x140'],
        ['/srv', 'ext4', '30-0.001x140'],
        ['/new', 'ext4', '80-0.3x140'],
        ['/tank', 'zfs', '30-0.1x140'],
        ['/cd', 'ext4', '30-0.1x140'],
      ].flatMap(([mountpoint, fstype, available = '']) => {
        const labels = `{device="d",fstype="${fstype}",mountpoint="${mountpoint}"}`;
        return [
          [`node_filesystem_avail_bytes${labels}`, available],
          [`node_filesystem_size_bytes${labels}`, '100x140'],
          [`node_filesystem_readonly${labels}`, mountpoint === '/cd' ? '1x140' : '0x140'],
        ];
      }),
    ),
    fires: {
      '10m': [],
      '120m': [
        {
          labels: { device: 'd', fstype: 'ext4', mountpoint: '/var' },
          summary: '/var on db1 is full within hours.',
          listed: '18B are left. ',
        },
      ],
    },
  },
  {
    alert: 'DiskAlmostFull',
    what: 'a file system runs full and stays so for a day, another has room again; a CD and a pool are not told of',
    step: '4m',
    series: Object.fromEntries(
      [
        ['/var', 'ext4', '30-1x29 0x370'],
        ['/srv', 'ext4', '3x29 20x370'],
        ['/tank', 'zfs', '0x400'],
        ['/cd', 'ext4', '0x400'],
      ].flatMap(([mountpoint, fstype, free = '']) => {
        const labels = `{device="d",fstype="${fstype}",mountpoint="${mountpoint}"}`;
        return [
          [`node_filesystem_avail_bytes${labels}`, free],
          [`node_filesystem_size_bytes${labels}`, '100x400'],
          [`node_filesystem_readonly${labels}`, mountpoint === '/cd' ? '1x400' : '0x400'],
        ];
      }),
    ),
    fires: {
      '8m': [],
      '20m': [{ labels: { device: 'd', fstype: 'ext4', mountpoint: '/srv' }, summary: '/srv on db1 is 97% full.' }],
      '26h': (['warning', 'critical'] as const).map((severity) => ({
        severity,
        labels: { device: 'd', fstype: 'ext4', mountpoint: '/var' },
        summary: '/var on db1 is 100% full.',
      })),
    },
  },
  {
    alert: 'DiskLatencyHigh',
    what: 'writes of a disk take long, as do those of a volume on it; another disk is hardly used, and one is busy and fast',
    series: Object.fromEntries(
      [
        ['sda', 300],
        ['zd16', 300],
        ['sdb', 3],
        ['sdc', 6000],
      ].flatMap(([device, requests]) => [
        [`node_disk_reads_completed_total{device="${device}"}`, '0x60'],
        [`node_disk_read_time_seconds_total{device="${device}"}`, '0x60'],
        [`node_disk_writes_completed_total{device="${device}"}`, `0+${requests}x60`],
        [`node_disk_write_time_seconds_total{device="${device}"}`, '0+60x60'],
      ]),
    ),
    fires: { '10m': [], '30m': [{ labels: disk, summary: 'sda of db1 takes 200ms for a request.' }] },
  },
  {
    alert: 'SystemdUnitFailed',
    what: 'a unit fails, one of a collector too, and one is reset; one tries again and again',
    series: {
      'node_systemd_unit_state{name="backup.service",state="failed",type="oneshot"}': '0x4 1x20',
      'node_systemd_unit_state{name="textfile-collector-zfs.service",state="failed",type="oneshot"}': '0x4 1x20',
      'node_systemd_unit_state{name="web.service",state="failed",type="simple"}': '0x4 1x3 0x20',
      // Each 5 minutes it tries for one, in which it is activating.
      'node_systemd_unit_state{name="sync.service",state="failed",type="oneshot"}': `0x4 ${'1 1 1 1 0 '.repeat(4)}`,
    },
    fires: {
      '9m': [],
      '15m': ['backup.service', 'sync.service'].map((name) => ({
        labels: { name, state: 'failed', type: 'oneshot' },
        summary: `${name} on db1 has failed.`,
      })),
    },
  },
];
