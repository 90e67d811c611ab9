import { defineCollector } from '../../lib/collector.ts';

/** Nothing is read yet: the file holds what every file says about its own making, and no more. */
export const tcp = defineCollector({
  name: 'tcp',
  summary: 'Sockets by state and port, accept queues and ephemeral ports (not implemented yet: reads nothing)',
  metrics: [],
  settings: {},
  timeout: 15,
  needs: [],
  present: async () => true,
  collect: async () => [],
});
