import type { Seconds } from '../../lib/host.ts';
import { type Sample, sample, sampleOf } from '../../lib/metric.ts';
import type { Interface, Peer } from './dump.ts';
import { statusOf } from './handshake.ts';
import * as m from './metrics.ts';

export interface PeerOptions {
  readonly endpoints: boolean;
  /** Of a peer's allowed IPs this many are shown. */
  readonly allowed_ips_limit: number;
}

export function* peerSamples(
  peer: Peer,
  name: string,
  required: boolean | undefined,
  options: PeerOptions,
): Generator<Sample> {
  const labels = { interface: peer.interface, public_key: peer.publicKey, friendly_name: name };
  yield* sampleOf(m.sentBytes, labels, peer.sent);
  yield* sampleOf(m.receivedBytes, labels, peer.received);
  yield* sampleOf(m.latestHandshake, labels, peer.latestHandshake);
  yield* sampleOf(m.persistentKeepalive, labels, peer.keepalive);
  yield* sampleOf(m.peerRequired, labels, required);
  yield sample(m.peerInfo, { ...labels, allowed_ips: shortened(peer.allowedIps, options.allowed_ips_limit) }, 1);
  if (options.endpoints && peer.endpoint !== undefined) {
    yield sample(m.peerEndpointInfo, { ...labels, endpoint: peer.endpoint }, 1);
  }
}

/** Sorted, since the kernel's order changes when one is moved between peers. */
function shortened(allowedIps: readonly string[], limit: number): string {
  const shown = [...allowedIps].sort().slice(0, limit);
  const more = allowedIps.length - shown.length;
  return (more === 0 ? shown : [...shown, `+${more}`]).join(',');
}

export function* interfaceSamples(
  { name, publicKey, listenPort, fwmark }: Interface,
  peers: readonly Peer[],
  staleAfter: Seconds,
  now: Seconds,
): Generator<Sample> {
  const labels = { interface: name, public_key: publicKey, listen_port: listenPort, fwmark };
  yield sample(m.interfaceInfo, labels, 1);
  const counts = { never: 0, recent: 0, stale: 0 };
  for (const { interface: at, latestHandshake } of peers) {
    if (at === name && latestHandshake !== undefined) counts[statusOf(latestHandshake, now, staleAfter)] += 1;
  }
  for (const [status, count] of Object.entries(counts)) yield sample(m.peers, { interface: name, status }, count);
}
