import { counter, gauge } from '../../lib/metric.ts';

export const moduleLoaded = gauge('wireguard_module_loaded', 'Whether the WireGuard kernel module is loaded.');
export const interfaceInfo = gauge(
  'wireguard_interface_info',
  'Identity of the interface; listen_port and fwmark are empty where there is none.',
  ['interface', 'public_key', 'listen_port', 'fwmark'],
);
export const peers = gauge(
  'wireguard_peers',
  'Peers of the interface by their latest handshake: never, recent, or stale (older than stale_after).',
  ['interface', 'status'],
);

const peer = ['interface', 'public_key', 'friendly_name'] as const;
export const sentBytes = counter(
  'wireguard_sent_bytes_total',
  'Bytes sent to the peer, with the overhead of WireGuard.',
  peer,
);
export const receivedBytes = counter(
  'wireguard_received_bytes_total',
  'Bytes received from the peer, with the overhead of WireGuard.',
  peer,
);
export const latestHandshake = gauge(
  'wireguard_latest_handshake_seconds',
  'UNIX time of the latest handshake with the peer; 0 where there was none.',
  peer,
);
export const persistentKeepalive = gauge(
  'wireguard_persistent_keepalive_seconds',
  'Interval of the keepalives sent to the peer; absent where they are off.',
  peer,
);
export const peerRequired = gauge(
  'wireguard_peer_required',
  'Whether the peer has to be up: 1 by required_peers, 0 by optional_peers, absent where neither names it.',
  peer,
);
export const requiredPeersMissing = gauge(
  'wireguard_required_peers_missing',
  'Entries of required_peers that no peer fits; absent where there are none, or where peers may be missing in what was read.',
);
export const peerInfo = gauge(
  'wireguard_peer_info',
  'Identity of the peer; allowed_ips is sorted and ends in +N where N more are left out.',
  [...peer, 'allowed_ips'],
);
export const peerEndpointInfo = gauge(
  'wireguard_peer_endpoint_info',
  'Address that the peer was last seen at, without the port; only with the setting endpoints.',
  [...peer, 'endpoint'],
);
