import type { Run } from '../../lib/collector.ts';
import type { Host, Seconds } from '../../lib/host.ts';
import { inParallel } from '../../lib/parallel.ts';
import { type Inventory, type Root, takeInventory, unknownInventory } from './inventory.ts';
import type { Surveyed } from './link.ts';
import { type Location, labelOf } from './location.ts';
import type { Memory } from './memory.ts';
import { type Pair, sshOptionsOf } from './pair.ts';
import { type Site, siteKey, siteLabel } from './site.ts';
import type { SshOptions } from './ssh.ts';

/**
 * A machine whose zfs hangs is left alone for so long: where that sleeps in the kernel, each question would add a process there
 * that nobody can end (seen on OpenZFS 2.1.11, whatever is asked, and on 2.3.9, where a dataset is named).
 */
const leftAlone: Seconds = 3600;

/** So many machines are asked at the same time. */
export const sitesAtOnce = 8;

/** Asks each site once for all that pairs name there; one that does not answer costs only its own pairs. */
export async function survey(
  host: Host,
  pairs: readonly Pair[],
  ssh: SshOptions,
  known: Memory,
  run: Run,
): Promise<{ surveyed: Surveyed[]; hung: Record<string, Seconds> }> {
  const siteOf = (pair: Pair, { host: machine }: Location): Site => ({
    ...(machine === undefined ? {} : { host: machine }),
    ssh: sshOptionsOf(pair, ssh),
  });
  const asked = new Map<string, { site: Site; roots: Root[] }>();
  for (const pair of pairs) {
    for (const location of [pair.source, pair.target]) {
      const site = siteOf(pair, location);
      const entry = asked.get(siteKey(site)) ?? { site, roots: [] };
      asked.set(siteKey(site), entry);
      entry.roots.push({ dataset: location.dataset, recursive: pair.recursive });
    }
  }
  const hung: Record<string, Seconds> = {};
  const answers = await inParallel([...asked], sitesAtOnce, async ([key, { site, roots }]) => {
    const label = siteLabel(site);
    const since = known.hung?.[label] ?? 0;
    const age = host.now() - since;
    const isSpared = age >= 0 && age < leftAlone;
    const inventory = isSpared
      ? unknownInventory(roots, `zfs on ${label} did not answer within ssh_timeout: it is asked again an hour later`)
      : await takeInventory(host, site, roots, run.skip);
    if (isSpared || inventory.hung) hung[label] = isSpared ? since : host.now();
    return [key, { site, inventory }] as const;
  });
  for (const [, { site, inventory }] of answers) report(run, site, inventory);
  const bySite = new Map<string, { site: Site; inventory: Inventory }>(answers);
  const surveyed = pairs.flatMap((pair) => {
    const source = bySite.get(siteKey(siteOf(pair, pair.source)));
    const target = bySite.get(siteKey(siteOf(pair, pair.target)));
    return source === undefined || target === undefined ? [] : [{ pair, source, target }];
  });
  return { surveyed, hung };
}

function report(run: Run, site: Site, { failures }: Inventory): void {
  run.report('zfs list', siteLabel(site));
  for (const reason of new Set(failures.values())) run.report('zfs list', siteLabel(site), reason);
}

/** A source that is gone is no healthy one, whatever its copy says. */
export function reportMissingSources(run: Run, surveyed: readonly Surveyed[]): void {
  for (const { pair, source } of surveyed) {
    const { dataset } = pair.source;
    if (source.inventory.datasets.has(dataset) || source.inventory.failures.has(dataset)) continue;
    run.report(
      'zfs list',
      siteLabel(source.site),
      `Cannot compare ${labelOf(pair.source)}: expected a dataset, got none of this name`,
    );
  }
}
