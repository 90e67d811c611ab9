import { type Dashboard, type Row, legend } from '../../lib/monitoring/dashboard.ts';
import { promql, series } from '../../lib/monitoring/promql.ts';
import { selfRow } from '../../lib/monitoring/self-row.ts';
import { age, requiredDown, silent } from './alerts.ts';
import * as m from './metrics.ts';

const peerLegend = legend(m.latestHandshake, 'interface', 'friendly_name', 'public_key');

const now: Row = {
  title: 'Now',
  panels: [
    {
      title: 'Peers by their latest handshake',
      kind: 'stat',
      width: 12,
      queries: [{ expr: promql`${m.peers}`, legend: legend(m.peers, 'interface', 'status') }],
    },
    {
      title: 'Silent peers',
      description:
        'They have keepalives or have to be up, and neither a handshake for 3 minutes nor a byte for 5. ' +
        'Of more than 30, the 30 that are silent for longest.',
      kind: 'names',
      width: 12,
      limits: { warning: 0 },
      queries: [{ expr: promql`topk(30, ${silent} or ${requiredDown})`, legend: peerLegend }],
    },
  ],
};

/** Of peers that ever had one. */
const sinceHandshake = promql`${age} and ${m.latestHandshake} > 0`;

/** A peer by its name, or by the beginning of its key; as many as a table can show. */
const named = promql`label_replace(label_replace(topk(100, ${sinceHandshake}),
  "peer", "$1…", "public_key", "(.{8}).*"), "peer", "$1", "friendly_name", "(.+)")`;

const peers: Row = {
  title: 'Peers',
  panels: [
    {
      title: 'Since the latest handshake, by interface and peer',
      description:
        'Of more than 100, the 100 oldest. Empty: no such peer there, or never a handshake. WireGuard gives a session up after 3 minutes; ' +
        'a quiet peer without keepalives may be fine with an older one.',
      kind: 'matrix',
      width: 24,
      unit: 's',
      limits: { warning: 180 },
      expr: promql`label_join(${named}, "link", " ", "instance", "netns", "interface")`,
      row: 'peer',
      column: 'link',
    },
    {
      title: 'Received',
      kind: 'graph',
      width: 12,
      unit: 'binBps',
      queries: [{ expr: promql`topk(10, rate(${m.receivedBytes}[$__rate_interval]))`, legend: peerLegend }],
    },
    {
      title: 'Sent',
      kind: 'graph',
      width: 12,
      unit: 'binBps',
      queries: [{ expr: promql`topk(10, rate(${m.sentBytes}[$__rate_interval]))`, legend: peerLegend }],
    },
    {
      title: 'Since the latest handshake',
      description: 'Without the peers that never had one. A quiet peer without keepalives may have an old one.',
      kind: 'graph',
      width: 12,
      unit: 's',
      queries: [{ expr: promql`topk(10, ${sinceHandshake})`, legend: peerLegend }],
    },
    {
      title: 'Peers with a recent handshake',
      kind: 'graph',
      width: 12,
      queries: [{ expr: series(m.peers, { status: 'recent' }), legend: legend(m.peers, 'interface') }],
    },
  ],
};

export const dashboard: Dashboard = {
  uid: 'textfile-wireguard',
  title: 'WireGuard Mesh',
  machines: 'one',
  presence: promql`${m.moduleLoaded}`,
  now,
  rows: [peers, selfRow('wireguard')],
};
