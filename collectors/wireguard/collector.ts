import { defineCollector } from '../../lib/collector.ts';

/** Nothing is read yet: the file holds what every file says about its own making, and no more. */
export const wireguard = defineCollector({
  name: 'wireguard',
  summary: 'Peers, handshakes and traffic of WireGuard (not implemented yet: reads nothing)',
  metrics: [],
  settings: {},
  timeout: 15,
  needs: [],
  present: async () => true,
  collect: async () => [],
});
