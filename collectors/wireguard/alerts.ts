import { ageAtLastRun } from '../../lib/monitoring/age.ts';
import type { Alert } from '../../lib/monitoring/alert.ts';
import { labels, promql, series, threshold } from '../../lib/monitoring/promql.ts';
import { type Recording, lastSeen } from '../../lib/monitoring/record.ts';
import { success } from '../../lib/self-metrics.ts';
import * as m from './metrics.ts';

const peer = '{{ or $labels.friendly_name $labels.public_key }}';

const stale = threshold('wireguard_peer_stale_seconds', 180, 'Age of the handshake of a peer with keepalives.');

/**
 * With keepalives there is a handshake every 2 minutes, and after 3 WireGuard gives the session up. Without a handshake since
 * the interface came up the time is 0, and the peer silent too, if its address is known: it is sent something.
 */
export const silent = promql`${ageAtLastRun('wireguard', m.latestHandshake)} > ${stale} and ${m.persistentKeepalive} and ${m.sentBytes} > 0`;

const interfaceSeen = lastSeen(
  'interface:wireguard_peers:last_seen_timestamp',
  ['interface'],
  promql`sum without (${labels(m.peers, 'status')}) (${m.peers})`,
  6 * 3600,
);

/** What the alerts read. */
export const records: readonly Recording[] = [interfaceSeen];

export const alerts: readonly Alert[] = [
  {
    name: 'WireGuardPeerStale',
    severity: 'warning',
    expr: silent,
    for: '5m',
    summary: `WireGuard peer ${peer} on {{ $labels.interface }} of {{ $labels.instance }} does not answer.`,
    description:
      'Keepalives are sent to it, and for 8 minutes no handshake has come about. Is the machine up, does UDP reach it, has ' +
      'its address changed (a name in Endpoint is looked up only once)? "wg show {{ $labels.interface }}" tells the endpoint.',
  },
  {
    name: 'WireGuardPeerUnanswered',
    severity: 'info',
    // A quiet peer is no trouble, and one with keepalives has an alert of its own.
    expr: promql`increase(${m.sentBytes}[15m]) > 0 and increase(${m.receivedBytes}[15m]) == 0
      unless ${m.persistentKeepalive}`,
    for: '15m',
    summary:
      `WireGuard peer ${peer} on {{ $labels.interface }} of {{ $labels.instance }} is sent traffic and ` +
      'sends nothing back.',
    description:
      'Something here wants to reach it and gets not even a handshake. A notebook that sleeps looks the same: then find ' +
      'out what talks to it. "wg show {{ $labels.interface }}" tells the endpoint.',
  },
  {
    name: 'WireGuardInterfaceGone',
    severity: 'warning',
    // Only a run that could read everything knows. It ends by itself: an interface may be taken down on purpose.
    expr: promql`${interfaceSeen}
      unless sum without (${labels(m.peers, 'status')}) (${m.peers})
      and ignoring (${labels(m.peers, 'interface')}, ${labels(success, 'collector')})
      ${series(success, { collector: 'wireguard' })} == 1`,
    for: '5m',
    summary: 'WireGuard interface {{ $labels.interface }} of {{ $labels.instance }} is gone.',
    description:
      'It was there within the last 6 hours. "systemctl status wg-quick@{{ $labels.interface }}" and the journal say why; ' +
      'bring it up with "wg-quick up {{ $labels.interface }}".',
  },
];
