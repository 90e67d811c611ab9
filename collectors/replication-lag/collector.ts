import { defineCollector } from '../../lib/collector.ts';

/** Nothing is read yet: the file holds what every file says about its own making, and no more. */
export const replicationLag = defineCollector({
  name: 'replication-lag',
  summary: 'How far the replicas of ZFS datasets are behind (not implemented yet: reads nothing)',
  metrics: [],
  settings: {},
  timeout: 15,
  needs: [],
  present: async () => true,
  collect: async () => [],
});
