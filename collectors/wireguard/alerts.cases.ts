import type { AlertCase } from '../../lib/monitoring/alert.ts';

const bob = { interface: 'wg0', public_key: 'B=', friendly_name: 'bob' };

const lastRun = 'textfile_collector_last_run_timestamp_seconds{collector="wireguard"}';

/** The series of one peer of wg0, by what begins their names. */
function peer(key: string, name: string, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([metric, value]) => [
      `wireguard_${metric}{interface="wg0",public_key="${key}",friendly_name="${name}"}`,
      value,
    ]),
  );
}

export const cases: readonly AlertCase[] = [
  {
    alert: 'WireGuardPeerStale',
    what: 'peers with keepalives fall silent; another is fine, one has none, and one was never seen anywhere',
    series: {
      [lastRun]: '0+60x39',
      ...peer('B=', 'bob', {
        latest_handshake_seconds: '0+60x9 540x30',
        persistent_keepalive_seconds: '25x39',
        sent_bytes_total: '100+10x39',
      }),
      ...peer('F=', 'fine', {
        latest_handshake_seconds: '0+60x39',
        persistent_keepalive_seconds: '25x39',
        sent_bytes_total: '100+10x39',
      }),
      ...peer('Q=', 'quiet', { latest_handshake_seconds: '0+60x9 540x30', sent_bytes_total: '100x39' }),
      ...peer('N=', 'nowhere', {
        latest_handshake_seconds: '0x39',
        persistent_keepalive_seconds: '25x39',
        sent_bytes_total: '0x39',
      }),
    },
    fires: {
      '17m': [],
      '18m': [{ labels: bob, summary: 'WireGuard peer bob on wg0 of db1 does not answer.' }],
    },
  },
  {
    alert: 'WireGuardPeerStale',
    what: 'a peer without a name does not answer after a reboot: no handshake yet',
    series: {
      [lastRun]: '0+60x60',
      ...peer('B=', '', {
        latest_handshake_seconds: '540x9 _x4 0x40',
        persistent_keepalive_seconds: '25x9 _x4 25x40',
        sent_bytes_total: '7000x9 _x4 0+148x40',
      }),
    },
    fires: {
      '19m': [],
      '20m': [
        { labels: { interface: 'wg0', public_key: 'B=' }, summary: 'WireGuard peer B= on wg0 of db1 does not answer.' },
      ],
    },
  },
  {
    alert: 'WireGuardPeerStale',
    what: 'the collector stands still: nobody knows how old the handshake is',
    series: {
      [lastRun]: '0+60x9 600x90',
      ...peer('B=', 'bob', {
        latest_handshake_seconds: '0+60x9 540x90',
        persistent_keepalive_seconds: '25x99',
        sent_bytes_total: '100x99',
      }),
    },
    fires: { '90m': [] },
  },
  {
    alert: 'WireGuardPeerUnanswered',
    what: 'one peer sends nothing back, one is quiet, one has keepalives, one answers; then the first does, too',
    series: {
      ...peer('B=', 'bob', { sent_bytes_total: '0+100x90', received_bytes_total: '500x60 600+100x30' }),
      ...peer('Q=', 'quiet', { sent_bytes_total: '900x90', received_bytes_total: '900x90' }),
      ...peer('K=', 'keep', {
        sent_bytes_total: '0+100x90',
        received_bytes_total: '500x90',
        persistent_keepalive_seconds: '25x90',
      }),
      ...peer('F=', 'fine', { sent_bytes_total: '0+100x90', received_bytes_total: '0+100x90' }),
    },
    fires: {
      '15m': [],
      '17m': [{ labels: bob, summary: 'WireGuard peer bob on wg0 of db1 is sent traffic and sends nothing back.' }],
      '62m': [],
    },
  },
  {
    alert: 'WireGuardInterfaceGone',
    what: 'an interface goes away, another cannot be read for a while',
    series: {
      'wireguard_peers{interface="wg0",status="never"}': '0x9 stale',
      'wireguard_peers{interface="wg0",status="recent"}': '3x9 stale',
      'wireguard_peers{interface="wg1",status="recent"}': '3x9 _x20 3x500',
      'textfile_collector_success{collector="wireguard"}': '1x9 0x20 1x500',
      'textfile_collector_success{collector="zfs"}': '1x500',
    },
    fires: {
      '29m': [],
      '36m': [{ labels: { interface: 'wg0' }, summary: 'WireGuard interface wg0 of db1 is gone.' }],
      '380m': [],
    },
  },
];

/** The recorded machines of fixtures/ that an alert fires on; on all others it does not. */
export const firing: Readonly<Record<string, readonly string[]>> = {
  WireGuardPeerStale: [
    'clock-set-back',
    'many-allowed-ips',
    'names',
    'names-unreadable',
    'namespace-foreign-sys',
    'stale',
  ],
};
