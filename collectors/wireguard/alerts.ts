import { ageAtLastRun } from '../../lib/monitoring/age.ts';
import type { Alert } from '../../lib/monitoring/alert.ts';
import { labels, promql, series, threshold } from '../../lib/monitoring/promql.ts';
import { type Recording, lastSeen } from '../../lib/monitoring/record.ts';
import { sourceSuccess } from '../../lib/self-metrics.ts';
import * as m from './metrics.ts';

const peer = '{{ or $labels.friendly_name $labels.public_key }}';
const since =
  '{{ if gt $value 1e9 }}has had no handshake yet{{ else if lt $value 0.0 }}had its latest handshake in the future' +
  '{{ else }}has had no handshake for {{ $value | humanizeDuration }}{{ end }}';

const stale = threshold(
  'wireguard_peer_stale_seconds',
  180,
  'Age of the handshake of a peer that has to have a new one.',
);

/** Without a handshake since the interface came up the time is 0, and the age that of the epoch. */
export const age = ageAtLastRun('wireguard', m.latestHandshake);

/** It has to be of after the run, and not a moment after: then the clock was set back, and no age tells anything. */
const future = promql`${age} < -60`;

/** Bytes are counted only after they were authenticated: who sends some is there, whatever is known of the handshake. */
const receiving = promql`increase(${m.receivedBytes}[5m]) > 0`;

/**
 * With keepalives there is a handshake every 2 minutes, or with each keepalive where those are further apart, and after 3
 * minutes WireGuard gives a session up. It is sent something only if its address is known.
 */
export const silent = promql`((${age} > ${stale}) > 2 * ${m.persistentKeepalive} or ${future} and ${m.persistentKeepalive})
  and ${m.sentBytes} > 0 unless ${receiving} unless ${m.peerRequired}`;

/** The same of peers that the other side has to keep alive. */
export const requiredDown = promql`(${age} > ${stale} unless ${age} <= 2 * ${m.persistentKeepalive} or ${future})
  and ${m.peerRequired} == 1 unless ${receiving}`;

const interfacePeers = promql`sum without (${labels(m.peers, 'status')}) (${m.peers})`;
const optionalPeers = promql`count without (${labels(m.peerRequired, 'public_key', 'friendly_name')}) (${m.peerRequired} == 0)`;

/** Where all peers need not be up, the interface need not be there: a tunnel that is brought up for a journey. */
const interfaceSeen = lastSeen(
  'interface:wireguard_peers:last_seen_timestamp',
  ['interface'],
  promql`${interfacePeers} unless ${interfacePeers} == ${optionalPeers}`,
);

const own = labels(sourceSuccess, 'collector', 'source', 'target');
const tools = { collector: 'wireguard', source: ['wg show', 'awg show'] };
const unread = promql`(${series(sourceSuccess, tools)} == 0)`;

/** What the alerts read. */
export const records: readonly Recording[] = [interfaceSeen];

export const alerts: readonly Alert[] = [
  {
    name: 'WireGuardPeerStale',
    severity: 'warning',
    expr: silent,
    for: '5m',
    summary: `WireGuard peer ${peer} on {{ $labels.interface }} of {{ $labels.instance }} ${since}.`,
    description:
      'Keepalives are sent to it, and nothing comes back. Is the machine up, does UDP reach it, has its address changed (a ' +
      'name in Endpoint is looked up only once), was its clock set back? "wg show {{ $labels.interface }}" tells the endpoint.',
  },
  {
    name: 'WireGuardRequiredPeerDown',
    severity: 'critical',
    expr: requiredDown,
    for: '5m',
    summary: `WireGuard peer ${peer} on {{ $labels.interface }} of {{ $labels.instance }} has to be up and ${since}.`,
    description:
      'required_peers says that it has to be up, and nothing comes from it. Is the machine up, does UDP get through, was its ' +
      'clock set back? "wg show {{ $labels.interface }}" tells the endpoint that it was last seen at.',
  },
  {
    name: 'WireGuardRequiredPeerMissing',
    severity: 'critical',
    expr: promql`${m.requiredPeersMissing} > 0`,
    for: '5m',
    summary: '{{ $value }} WireGuard peers that {{ $labels.instance }} has to have are not there.',
    description:
      'No interface has a peer that fits these entries of required_peers: an interface is down, or a peer was removed. ' +
      '"textfile-collector-wireguard --stdout >/dev/null" names them.',
    mutes: [{ alerts: ['WireGuardInterfaceGone'], on: ['instance', 'netns'] }],
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
    // The list of interfaces tells of those of the kernel, and wg of its own. It ends by itself: it may be meant.
    expr: promql`${interfaceSeen}
      unless ${interfacePeers}
      and ignoring (interface, ${own}) ${series(sourceSuccess, { collector: 'wireguard', source: 'interface list' })} == 1
      unless ignoring (${own}) label_replace(${unread}, "interface", "$1", "target", "(.+)")
      unless ignoring (interface, ${own}) ${series(sourceSuccess, { ...tools, target: '' })} == 0`,
    for: '5m',
    summary: 'WireGuard interface {{ $labels.interface }} of {{ $labels.instance }} is gone.',
    description:
      'It was there within the last 3 days. "systemctl status wg-quick@{{ $labels.interface }}" and the journal say why; ' +
      'bring it up with "wg-quick up {{ $labels.interface }}".',
  },
];
