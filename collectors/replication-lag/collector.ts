import * as z from 'zod/mini';
import { type Run, type ValuesOf, defineCollector, setting } from '../../lib/collector.ts';
import type { Host } from '../../lib/host.ts';
import type { Sample } from '../../lib/metric.ts';
import { receivedSchema } from './clients.ts';
import { discover } from './discover/discover.ts';
import { byWorth, findLags, memoryOf, pairKey, tellUnselected } from './lags.ts';
import { hostnameFor, linksOf, survey } from './links.ts';
import { emptyMemory, memorySchema } from './memory.ts';
import * as m from './metrics.ts';
import { duration, pairsSchema, sshSchemas, timeoutSchema } from './pair.ts';
import { receivedSnapshots } from './received.ts';
import { linkSamples, pairSamples } from './samples.ts';
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
  received: setting(
    receivedSchema,
    'The same with what is expected of them, a table [[received]] for each; the nearest one counts',
    ['[[received]]', 'root = "tank/backup"', 'max_age = "26h"'].join('\n'),
  ),
  ssh_identity: setting(sshSchemas.identity, 'Private key for ssh'),
  ssh_known_hosts: setting(sshSchemas.knownHosts, 'Host keys for ssh; a host that is not in it is refused'),
  ssh_timeout: setting(sshSchemas.timeout, 'Seconds that a command on another machine may take'),
  local_timeout: setting(z.optional(timeoutSchema), 'The same on this machine; half of timeout unless set'),
  max_age: setting(
    z.optional(duration),
    'How old what a target lacks may get, as 26h, where a pair does not say it; without, rules for daily jobs hold',
    'max_age = "26h"',
  ),
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
  const { pair: pairs, dataset_limit: limit, max_age: maxAge } = settings;
  const ssh = { identity: settings.ssh_identity, knownHosts: settings.ssh_known_hosts, timeout: settings.ssh_timeout };
  const options = { ssh, localTimeout: settings.local_timeout ?? run.timeout / 2 };
  const memory = (await run.recall(memorySchema)) ?? emptyMemory;
  const { surveyed, hung, down } = await survey(host, pairs, options, memory, run);
  const links = linksOf(surveyed, memory, await hostnameFor(host, surveyed));
  const lags = byWorth(await findLags(host, links, memory, run));
  tellUnselected(surveyed, lags, run);
  const received = await receivedSnapshots(host, { host: undefined, ...options }, settings, memory, run);
  const next = memoryOf(lags, memory);
  run.remember({ ...next, creations: { ...next.creations, ...received.creations }, hung, down });
  const named = new Set(pairs.map(pairKey));
  const datasets = [...lags.map((lag) => [...linkSamples(lag, named, maxAge)]), ...received.datasets];
  yield pairSamples(surveyed, lags);
  yield run.limited(received.clients, limit, (samples) => samples);
  yield run.limited(datasets, limit, (samples) => samples);
}
