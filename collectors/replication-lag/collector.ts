import * as z from 'zod/mini';
import { type Run, type ValuesOf, defineCollector, setting } from '../../lib/collector.ts';
import type { Host } from '../../lib/host.ts';
import type { Sample } from '../../lib/metric.ts';
import { discover } from './discover/discover.ts';
import { findLags, memoryOf } from './lags.ts';
import { linksOf, survey } from './links.ts';
import { emptyMemory, memorySchema } from './memory.ts';
import * as m from './metrics.ts';
import { pairsSchema, sshSchemas } from './pair.ts';
import { receivedSnapshots } from './received.ts';
import { linkSamples, upSamples } from './samples.ts';
import { hasModule } from './site.ts';

const settings = {
  pair: setting(
    pairsSchema,
    'What is replicated, a table [[pair]] for each; without any, the datasets that this machine received are reported',
    ['[[pair]]', 'source = "rpool/data"', 'target = "ssh://backup@nas/tank/backup/data"', 'recursive = true'].join(
      '\n',
    ),
  ),
  received_roots: setting(
    z._default(z.array(z.string()), []),
    'Datasets below which every one with snapshots counts as received, as tank/backup',
  ),
  ssh_identity: setting(sshSchemas.identity, 'Private key for ssh'),
  ssh_known_hosts: setting(sshSchemas.knownHosts, 'Host keys for ssh; a host that is not in it is refused'),
  ssh_timeout: setting(sshSchemas.timeout, 'Seconds that a command on another machine may take'),
  dataset_limit: setting(z._default(z.int().check(z.minimum(0)), 2000), 'Report at most this many datasets'),
};
type Settings = ValuesOf<typeof settings>;

export const replicationLag = defineCollector({
  name: 'replication-lag',
  summary: 'How far the replicas of ZFS datasets are behind, by the GUIDs of their snapshots',
  metrics: Object.values(m),
  settings,
  timeout: 120,
  needs: [{ kind: 'tool', name: 'zfs', why: 'snapshots of this machine' }],
  present: hasModule,
  discover,
  collect,
});

async function* collect(host: Host, settings: Settings, run: Run): AsyncGenerator<Iterable<Sample>> {
  const ssh = { identity: settings.ssh_identity, knownHosts: settings.ssh_known_hosts, timeout: settings.ssh_timeout };
  const memory = (await run.recall(memorySchema)) ?? emptyMemory;
  const { surveyed, hung } = await survey(host, settings.pair, ssh, memory, run);
  const lags = await findLags(host, linksOf(surveyed, memory), memory, run);
  const received = await receivedSnapshots(host, { host: undefined, ssh }, settings, memory, run);
  const next = memoryOf(lags, memory);
  run.remember({ ...next, creations: { ...next.creations, ...received.creations }, hung });
  const datasets = [...lags.map((lag) => [...linkSamples(lag)]), ...received.samples];
  yield upSamples(surveyed);
  yield run.limited(datasets, settings.dataset_limit, (samples) => samples);
}
