import type { AlertCase } from './alert.ts';

const zfs = { collector: 'zfs' };

export const cases: readonly AlertCase[] = [
  {
    alert: 'TextfileCollectorStopped',
    what: 'zfs stops, also in a namespace; replication-lag runs every 5 minutes; one does not say how often it runs',
    series: {
      'textfile_collector_last_run_timestamp_seconds{collector="zfs"}': '0+60x9 540x30',
      'textfile_collector_interval_seconds{collector="zfs"}': '60x40',
      'textfile_collector_last_run_timestamp_seconds{collector="wireguard"}': '0+60x40',
      'textfile_collector_interval_seconds{collector="wireguard"}': '30x40',
      'textfile_collector_last_run_timestamp_seconds{collector="wireguard",netns="vpn"}': '0+60x19 1140x20',
      'textfile_collector_interval_seconds{collector="wireguard",netns="vpn"}': '30x40',
      'textfile_collector_last_run_timestamp_seconds{collector="replication-lag"}': '0x4 300x4 600x4 900x4 1200x30',
      'textfile_collector_interval_seconds{collector="replication-lag"}': '300x40',
      'textfile_collector_last_run_timestamp_seconds{collector="tcp"}': '0+60x9 540x30',
    },
    fires: {
      '23m': [],
      '24m': [{ labels: zfs, summary: 'Collector zfs on db1 last ran 15m 0s ago.' }],
      '40m': [
        { labels: zfs, summary: 'Collector zfs on db1 last ran 31m 0s ago.' },
        { labels: { collector: 'tcp' }, summary: 'Collector tcp on db1 last ran 31m 0s ago.' },
        {
          labels: { collector: 'wireguard', netns: 'vpn' },
          summary: 'Collector wireguard on db1 last ran 21m 0s ago.',
        },
      ],
    },
  },
  {
    alert: 'TextfileCollectorStopped',
    what: 'ebpf, which follows, starts bpftrace anew for a minute; later it ends, as where it counts too much',
    series: {
      'textfile_collector_last_run_timestamp_seconds{collector="ebpf"}': '0+60x9 600 600 720+60x8 1200x20',
      'textfile_collector_interval_seconds{collector="ebpf"}': '15x40',
      'textfile_collector_source_success{collector="ebpf",source="bpftrace",target=""}': '1x9 0 0 1x8 0x20',
    },
    fires: {
      '29m': [],
      '37m': [{ labels: { collector: 'ebpf' }, summary: 'Collector ebpf on db1 last ran 17m 0s ago.' }],
    },
  },
  {
    alert: 'TextfileCollectorStopped',
    what: 'a laptop wakes up, and its next run is due an interval and a delay later',
    series: {
      'textfile_collector_last_run_timestamp_seconds{collector="replication-lag"}': '0x9 _x480 0x6 29820x20',
      'textfile_collector_interval_seconds{collector="replication-lag"}': '300x9 _x480 300x30',
    },
    fires: { '496m': [] },
  },
  ...['TextfileCollectorStopped', 'TextfileCollectorClockWrong'].map((alert) => ({
    alert,
    what: 'the clock is an hour ahead; it is no collector that has stopped',
    series: {
      'textfile_collector_last_run_timestamp_seconds{collector="zfs"}': '3600+60x40',
      'textfile_collector_interval_seconds{collector="zfs"}': '60x40',
      'textfile_collector_last_run_timestamp_seconds{collector="replication-lag"}':
        '3600x4 3900x4 4200x4 4500x4 4800x4 5100x4 5400x4',
      'textfile_collector_interval_seconds{collector="replication-lag"}': '300x40',
    },
    fires: {
      '10m': [],
      '30m': alert === 'TextfileCollectorStopped' ? [] : [{ summary: 'The clock of db1 is wrong by 1h 0m 0s.' }],
    },
  })),
  ...['TextfileCollectorStopped', 'TextfileCollectorClockWrong'].map((alert) => ({
    alert,
    what: 'the clock is an hour behind; it is no collector that has stopped',
    series: {
      'textfile_collector_last_run_timestamp_seconds{collector="zfs"}': '-3600+60x40',
      'textfile_collector_interval_seconds{collector="zfs"}': '60x40',
    },
    fires: {
      '10m': [],
      '30m': alert === 'TextfileCollectorStopped' ? [] : [{ summary: 'The clock of db1 is wrong by 1h 0m 0s.' }],
    },
  })),
  {
    alert: 'TextfileCollectorGone',
    what: 'two files disappear, one of a namespace, while node_exporter answers',
    series: {
      'textfile_collector_last_run_timestamp_seconds{collector="zfs"}': '0x9 stale',
      'textfile_collector_last_run_timestamp_seconds{collector="tcp",netns="vpn"}': '0x9 stale',
      'textfile_collector_last_run_timestamp_seconds{collector="tcp"}': '0x40',
      node_textfile_scrape_error: '0x40',
    },
    fires: {
      '24m': [],
      '25m': [
        { labels: zfs, summary: 'The file of collector zfs on db1 is no longer served.' },
        {
          labels: { collector: 'tcp', netns: 'vpn' },
          summary: 'The file of collector tcp on db1 is no longer served.',
        },
      ],
    },
  },
  {
    alert: 'TextfileCollectorGone',
    what: 'the machine is gone, node_exporter and all',
    series: {
      'textfile_collector_last_run_timestamp_seconds{collector="zfs"}': '0x9 stale',
      node_textfile_scrape_error: '0x9 stale',
    },
    fires: { '40m': [] },
  },
  {
    alert: 'TextfileCollectorSourceFailing',
    what: 'one source fails for good, one two times of three, one for a few minutes',
    series: {
      'textfile_collector_source_success{collector="zfs",source="zfs list",target="tank"}': '1x9 0x50',
      'textfile_collector_source_success{collector="tcp",source="ss sockets",target=""}': '0 0 1 '.repeat(20),
      'textfile_collector_source_success{collector="zfs",source="zpool list",target="tank"}': '1x9 0x6 1x40',
    },
    fires: {
      '14m': [],
      '15m': [
        {
          labels: { collector: 'tcp' },
          summary: 'Collector tcp on db1 cannot read 1 of its sources.',
          listed: 'Not read: ss sockets. ',
        },
      ],
      '40m': [
        {
          labels: { collector: 'tcp' },
          summary: 'Collector tcp on db1 cannot read 1 of its sources.',
          listed: 'Not read: ss sockets. ',
        },
        {
          labels: zfs,
          summary: 'Collector zfs on db1 cannot read 1 of its sources.',
          listed: 'Not read: zfs list of tank. ',
        },
      ],
    },
  },
  {
    alert: 'TextfileCollectorSourceFailing',
    what: 'a target that cannot be asked is taken out of the settings',
    series: {
      'textfile_collector_source_success{collector="replication-lag",source="zfs list",target="old:tank"}':
        '0x12 stale',
    },
    fires: { '20m': [] },
  },
  {
    alert: 'TextfileCollectorParseErrors',
    what: 'values are left out, once and then in every run',
    series: { 'textfile_collector_parse_errors{collector="zfs"}': '0x4 1 0x4 2x70' },
    fires: { '70m': [], '71m': [{ labels: zfs, summary: 'Collector zfs on db1 leaves out 2 values.' }] },
  },
  {
    alert: 'TextfileCollectorSeriesDropped',
    what: 'a limit is passed, for a few runs and then for good; another collector has room',
    series: {
      'textfile_collector_series_dropped{collector="zfs"}': '0x4 9x4 0x4 12x70',
      'textfile_collector_series_dropped{collector="replication-lag"}': '0x90',
    },
    fires: { '72m': [], '76m': [{ labels: zfs, summary: 'Collector zfs on db1 leaves out 12 series.' }] },
  },
  {
    alert: 'TextfileCollectorScrapeError',
    what: 'a file cannot be read',
    series: { node_textfile_scrape_error: '0x4 1x20' },
    fires: {
      '14m': [],
      '15m': [{ summary: 'node_exporter on db1 cannot read a file of its textfile directory.' }],
    },
  },
];
