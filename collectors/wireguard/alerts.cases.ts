import type { AlertCase } from '../../lib/monitoring/alert.ts';

const bob = { interface: 'wg0', public_key: 'B=', friendly_name: 'bob' };

const lastRun = 'textfile_collector_last_run_timestamp_seconds{collector="wireguard"}';

function source(name: string, target: string): string {
  return `textfile_collector_source_success{collector="wireguard",source="${name}",target="${target}"}`;
}

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
      '18m': [{ labels: bob, summary: 'WireGuard peer bob on wg0 of db1 has had no handshake for 9m 0s.' }],
    },
  },
  {
    alert: 'WireGuardPeerStale',
    what: 'a peer without a name does not answer after a reboot: no handshake yet',
    series: {
      [lastRun]: '1700000000+60x60',
      ...peer('B=', '', {
        latest_handshake_seconds: '1700000000+60x9 _x4 0x40',
        persistent_keepalive_seconds: '25x9 _x4 25x40',
        sent_bytes_total: '7000x9 _x4 0+148x40',
      }),
    },
    fires: {
      '19m': [],
      '20m': [
        {
          labels: { interface: 'wg0', public_key: 'B=' },
          summary: 'WireGuard peer B= on wg0 of db1 has had no handshake yet.',
        },
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
    alert: 'WireGuardPeerStale',
    what: 'one whose keepalive is an hour has a handshake an hour, and then no more',
    series: {
      [lastRun]: '0+60x400',
      ...peer('B=', 'bob', {
        latest_handshake_seconds: '0x59 3600x340',
        persistent_keepalive_seconds: '3600x400',
        sent_bytes_total: '100x400',
      }),
    },
    fires: {
      '59m': [],
      '185m': [],
      '186m': [{ labels: bob, summary: 'WireGuard peer bob on wg0 of db1 has had no handshake for 2h 6m 0s.' }],
    },
  },
  {
    alert: 'WireGuardPeerStale',
    what: 'the time of the handshake is old, and bytes keep arriving; then they end, too',
    series: {
      [lastRun]: '0+60x60',
      ...peer('B=', 'bob', {
        latest_handshake_seconds: '41x60',
        persistent_keepalive_seconds: '25x60',
        sent_bytes_total: '0+148x60',
        received_bytes_total: '0+32x30 960x30',
      }),
    },
    fires: {
      '34m': [],
      '45m': [{ labels: bob, summary: 'WireGuard peer bob on wg0 of db1 has had no handshake for 44m 19s.' }],
    },
  },
  {
    alert: 'WireGuardPeerStale',
    what: 'the clock of the machine stands three weeks behind, and all is well',
    series: {
      [lastRun]: '-1814400+60x60',
      ...peer('B=', 'bob', {
        latest_handshake_seconds: '-1814480+60x60',
        persistent_keepalive_seconds: '25x60',
        sent_bytes_total: '0+148x60',
      }),
    },
    fires: { '30m': [], '60m': [] },
  },
  {
    alert: 'WireGuardPeerStale',
    what: 'the clock of the machine is set back by an hour, and its handshakes are refused; another peer goes on answering',
    series: {
      [lastRun]: '7200+60x9 4200+60x30',
      ...peer('B=', 'bob', {
        latest_handshake_seconds: '7200+60x9 7740x30',
        persistent_keepalive_seconds: '25x40',
        sent_bytes_total: '0+148x40',
        received_bytes_total: '0+92x9 828x30',
      }),
      ...peer('F=', 'fine', {
        latest_handshake_seconds: '7200+60x9 7740x30',
        persistent_keepalive_seconds: '25x40',
        sent_bytes_total: '0+148x40',
        received_bytes_total: '0+92x40',
      }),
    },
    fires: {
      '13m': [],
      '20m': [{ labels: bob, summary: 'WireGuard peer bob on wg0 of db1 had its latest handshake in the future.' }],
    },
  },
  {
    alert: 'WireGuardPeerStale',
    what: 'peers that need not be up, or have an alert of their own',
    series: {
      [lastRun]: '0+60x60',
      ...peer('P=', 'phone', {
        latest_handshake_seconds: '60x60',
        persistent_keepalive_seconds: '25x60',
        sent_bytes_total: '0+148x60',
        peer_required: '0x60',
      }),
      ...peer('B=', 'bob', {
        latest_handshake_seconds: '60x60',
        persistent_keepalive_seconds: '25x60',
        sent_bytes_total: '0+148x60',
        peer_required: '1x60',
      }),
    },
    fires: { '30m': [], '60m': [] },
  },
  {
    alert: 'WireGuardRequiredPeerDown',
    what: 'a branch, which keeps the link alive from its side, goes down; others are fine, optional, and kept alive once an hour',
    series: {
      [lastRun]: '0+60x60',
      ...peer('B=', 'bob', { latest_handshake_seconds: '0+60x9 540x50', peer_required: '1x60' }),
      ...peer('F=', 'fine', { latest_handshake_seconds: '0+60x60', peer_required: '1x60' }),
      ...peer('R=', 'receiving', {
        latest_handshake_seconds: '41x60',
        received_bytes_total: '0+32x60',
        peer_required: '1x60',
      }),
      ...peer('P=', 'phone', { latest_handshake_seconds: '60x60', peer_required: '0x60' }),
      ...peer('Q=', 'quiet', { latest_handshake_seconds: '60x60' }),
      ...peer('H=', 'hourly', {
        latest_handshake_seconds: '60x60',
        persistent_keepalive_seconds: '3600x60',
        peer_required: '1x60',
      }),
    },
    fires: {
      '17m': [],
      '18m': [
        { labels: bob, summary: 'WireGuard peer bob on wg0 of db1 has to be up and has had no handshake for 9m 0s.' },
      ],
      '60m': [
        { labels: bob, summary: 'WireGuard peer bob on wg0 of db1 has to be up and has had no handshake for 51m 0s.' },
      ],
    },
  },
  {
    alert: 'WireGuardRequiredPeerMissing',
    what: 'the interface of two of them goes down and comes up',
    series: { wireguard_required_peers_missing: '0x9 2x20 0x20' },
    fires: {
      '9m': [],
      '14m': [],
      '16m': [{ summary: '2 WireGuard peers that db1 has to have are not there.' }],
      '31m': [],
    },
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
    what: 'an interface goes away, two others cannot be read for a while, and a file of names never can',
    series: {
      'wireguard_peers{interface="wg0",status="never"}': '0x9 stale',
      'wireguard_peers{interface="wg0",status="recent"}': '3x9 stale',
      'wireguard_peers{interface="wg1",status="recent"}': '3x9 _x20 3x60',
      'wireguard_peers{interface="awg0",status="recent"}': '3x9 _x20 3x60',
      [source('interface list', '')]: '1x60',
      [source('wg show', 'wg0')]: '1x9 stale',
      [source('wg show', 'wg1')]: '1x9 0x20 1x60',
      [source('awg show', 'awg0')]: '1x9 0x20 1x60',
      [source('names', '/etc/wireguard/wg1.conf')]: '0x60',
      'textfile_collector_success{collector="wireguard"}': '0x60',
    },
    fires: {
      '14m': [],
      '16m': [{ labels: { interface: 'wg0' }, summary: 'WireGuard interface wg0 of db1 is gone.' }],
      '29m': [{ labels: { interface: 'wg0' }, summary: 'WireGuard interface wg0 of db1 is gone.' }],
    },
  },
  {
    alert: 'WireGuardInterfaceGone',
    what: 'of three that go away one has only optional peers, one has another besides, and one has none',
    series: {
      'wireguard_peers{interface="travel",status="recent"}': '2x9 stale',
      'wireguard_peer_required{interface="travel",public_key="P=",friendly_name="home"}': '0x9 stale',
      'wireguard_peer_required{interface="travel",public_key="Q=",friendly_name=""}': '0x9 stale',
      'wireguard_peers{interface="wg0",status="recent"}': '2x9 stale',
      'wireguard_peer_required{interface="wg0",public_key="P=",friendly_name="home"}': '0x9 stale',
      'wireguard_peer_required{interface="wg0",public_key="B=",friendly_name="bob"}': '1x9 stale',
      'wireguard_peers{interface="wg1",status="recent"}': '0x9 stale',
      [source('interface list', '')]: '1x30',
    },
    fires: {
      '16m': [
        { labels: { interface: 'wg0' }, summary: 'WireGuard interface wg0 of db1 is gone.' },
        { labels: { interface: 'wg1' }, summary: 'WireGuard interface wg1 of db1 is gone.' },
      ],
    },
  },
  {
    alert: 'WireGuardInterfaceGone',
    what: 'nobody knows: the list of interfaces cannot be read, or wg tells of none',
    series: {
      'wireguard_peers{interface="wg0",status="recent"}': '3x9 stale',
      [source('interface list', '')]: '1x9 0x20 1x20',
      [source('wg show', '')]: '_x29 0x20',
    },
    fires: { '29m': [], '49m': [] },
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
    'own-clock-set-back',
    'stale',
  ],
  WireGuardRequiredPeerDown: ['required-peers', 'peer-clock-set-back'],
  WireGuardRequiredPeerMissing: ['required-peers'],
};
