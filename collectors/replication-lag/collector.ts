import * as z from 'zod/mini';
import { type Run, type ValuesOf, defineCollector, setting } from '../../lib/collector.ts';
import type { Host } from '../../lib/host.ts';
import type { Sample } from '../../lib/metric.ts';
import { kstatFolder } from '../zfs/kstat.ts';
import { discover } from './discover.ts';
import { findLags, memoryOf } from './findings.ts';
import { type Link, linksOf } from './link.ts';
import { linkKey, emptyMemory, memorySchema } from './memory.ts';
import * as metrics from './metrics.ts';
import { pairsSchema, sshSchemas } from './pair.ts';
import { receivedSnapshots } from './received.ts';
import { linkSamples, upSamples } from './samples.ts';
import { reportMissingSources, survey } from './survey.ts';

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
  metrics: Object.values(metrics),
  settings,
  timeout: 120,
  needs: [{ kind: 'tool', name: 'zfs', why: 'snapshots of this machine' }],
  present: async (host) => (await host.list(kstatFolder)) !== undefined,
  discover,
  collect,
});

async function collect(host: Host, settings: Settings, run: Run): Promise<Iterable<Sample>> {
  const ssh = { identity: settings.ssh_identity, knownHosts: settings.ssh_known_hosts, timeout: settings.ssh_timeout };
  const memory = (await run.recall(memorySchema)) ?? emptyMemory;
  const { surveyed, hung } = await survey(host, settings.pair, ssh, memory, run);
  reportMissingSources(run, surveyed);
  const links = uniqueLinks(surveyed.flatMap((one) => linksOf(one, memory)));
  const findings = await findLags(host, links, memory, run);
  const received = await receivedSnapshots(host, { ssh }, settings, memory, run);
  const next = memoryOf(findings, memory);
  run.remember({ ...next, creations: { ...next.creations, ...received.creations }, hung });
  const samples = [...findings.map((one) => [...linkSamples(one)]), ...received.samples];
  run.drop(samples.slice(settings.dataset_limit).flat().length);
  return [...upSamples(surveyed), ...samples.slice(0, settings.dataset_limit).flat()];
}

/** Of two pairs that name the same dataset and target, the first in the file counts. */
function uniqueLinks(links: readonly Link[]): Link[] {
  const byKey = new Map<string, Link>();
  for (const link of links) {
    const key = linkKey(link.dataset, link.target);
    if (!byKey.has(key)) byKey.set(key, link);
  }
  return [...byKey.values()];
}
