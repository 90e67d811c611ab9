import type { Run } from '../../lib/collector.ts';
import { type Command, type Host, explain, succeeded } from '../../lib/host.ts';
import { type Sample, sample, sampleOf } from '../../lib/metric.ts';
import { kstatFolder } from '../zfs/kstat.ts';
import type { Dataset } from './dataset.ts';
import { takeInventory } from './inventory.ts';
import { isWithin } from './location.ts';
import type { Memory } from './memory.ts';
import * as m from './metrics.ts';
import type { Site } from './site.ts';
import { askSnapshotFacts } from './snapshot-facts.ts';
import { byAge } from './snapshot.ts';

interface Settings {
  readonly pair: readonly unknown[];
  readonly received_roots: readonly string[];
}

/** What a backup node knows by itself: how new its copies are, and how many snapshots they have. */
export async function receivedSnapshots(
  host: Host,
  site: Site,
  { pair, received_roots: roots }: Settings,
  memory: Memory,
  run: Run,
): Promise<{ samples: Sample[][]; creations: Memory['creations'] }> {
  const detect = pair.length === 0 && (await host.list(kstatFolder)) !== undefined;
  const datasets = detect || roots.length > 0 ? await receivedDatasets(host, site, detect, roots, run) : [];
  const copies = datasets.map(({ name, snapshots }) => ({ name, snapshots, newest: byAge(snapshots).at(-1) }));
  const unknown = copies.flatMap(({ newest }) =>
    newest === undefined || memory.creations[newest.guid] !== undefined ? [] : [newest],
  );
  const facts = await askSnapshotFacts(host, site, unknown, run.skip);
  for (const failure of facts.failures) run.report('zfs get', '', failure);
  const creations: Memory['creations'] = {};
  const samples = copies.map(({ name: dataset, snapshots, newest }) => {
    const creation = newest && (memory.creations[newest.guid] ?? facts.creations.get(newest.name));
    if (newest !== undefined && creation !== undefined) creations[newest.guid] = creation;
    return [
      ...sampleOf(m.receivedNewest, { dataset }, creation),
      sample(m.receivedSnapshots, { dataset }, snapshots.length),
    ];
  });
  return { samples, creations };
}

/**
 * The datasets of this machine that were received into: those that have a received property, where `detect` asks for them, and
 * those with snapshots below one of these (`zfs send -R` has the children inherit it) or below `roots`. `zfs send` without -p
 * and -R leaves no such property: then only the roots tell.
 */
async function receivedDatasets(
  host: Host,
  site: Site,
  detect: boolean,
  roots: readonly string[],
  run: Run,
): Promise<readonly Dataset[]> {
  const detected = detect ? await detectReceived(host) : [];
  const names = detected instanceof Error ? [] : detected;
  run.report('received datasets', '', detected instanceof Error ? detected.message : undefined);
  const tops = [...new Set([...roots, ...names])];
  const asked = tops.map((dataset) => ({ dataset, recursive: true }));
  const { datasets, failures } = await takeInventory(host, site, asked, run.skip);
  for (const reason of new Set(failures.values())) run.report('received datasets', '', reason);
  for (const root of roots.filter((one) => !datasets.has(one) && !failures.has(one))) {
    run.report('received datasets', '', `Cannot report received_roots: expected a dataset, got none called ${root}`);
  }
  const isBelow = (name: string): boolean => tops.some((top) => isWithin(name, top) && !failures.has(top));
  return [...datasets.values()].filter(
    ({ name, snapshots }) => isBelow(name) && (snapshots.length > 0 || names.includes(name)),
  );
}

/**
 * A property that came with a stream has the source `received`; one that was overridden here has the source `local`, and its
 * received value still (zfs-get(8)). The name stands last, since a value may hold tabs and newlines:
 *
 *     gzip	tank/backup/pr
 *     -	tank/backup/pr
 */
async function detectReceived(host: Host): Promise<string[] | Error> {
  const what = ['-s', 'local,received', '-o', 'received,name', '-t', 'filesystem,volume'];
  const words: Command = ['zfs', 'get', '-Hp', ...what, 'all'];
  const names = new Set<string>();
  const onLine = (line: string): void => {
    const tab = line.lastIndexOf('\t');
    if (tab > 0 && line.slice(0, tab) !== '-') names.add(line.slice(tab + 1));
  };
  const output = await host.lines(words, onLine, { timeout: 60, endable: true });
  return succeeded(output) ? [...names] : new Error(explain(words, output));
}
