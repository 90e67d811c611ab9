import type { Run } from '../../lib/collector.ts';
import type { Host } from '../../lib/host.ts';
import type { Value } from '../../lib/metric.ts';
import { inParallel } from '../../lib/parallel.ts';
import { type Comparison, compare } from './compare.ts';
import { type Link, sitesAtOnce } from './links.ts';
import { type Memory, linkKey } from './memory.ts';
import { isWithin, labelOf, snapshotFilter } from './pair.ts';
import { type Site, siteKey } from './site.ts';
import { type SnapshotFacts, readReceivedBytes, readSnapshotFacts } from './zfs-get.ts';
import type { Snapshot } from './zfs-list.ts';

/** A link with all that is known of it. */
export interface Lag {
  readonly link: Link;
  /** Undefined where the source could not be read. */
  readonly comparison: Comparison | undefined;
  /** UNIX times; undefined where there is no such snapshot, or it could not be asked. */
  readonly base: number | undefined;
  readonly newest: number | undefined;
  readonly waiting: number | undefined;
  /** Bytes written in snapshots, by name. */
  readonly written: SnapshotFacts['written'];
  /** Bytes of an interrupted receive. */
  readonly partial: Value | undefined;
}

type Compared = Pick<Lag, 'link' | 'comparison'>;

/** Compares both sides of each link, and asks for what a listing does not tell of the few snapshots that matter. */
export async function findLags(host: Host, links: readonly Link[], memory: Memory, run: Run): Promise<Lag[]> {
  const compared = links.map(comparedLink);
  const facts = await readFacts(host, compared, memory, run);
  const lags: Lag[] = [];
  for (const { link, comparison } of compared) {
    if (comparison?.joined === 'nothing') tellElsewhere(link, run);
    const { creations, written } = facts.get(siteKey(link.sourceSite)) ?? noFacts;
    const creationOf = (one: Snapshot | undefined): number | undefined =>
      one === undefined ? undefined : (memory.creations[one.guid] ?? creations.get(one.name));
    lags.push({
      link,
      comparison,
      base: comparison === undefined ? link.known?.base?.creation : baseCreation(link, comparison, creationOf),
      newest: creationOf(comparison?.newest),
      waiting: comparison === undefined ? link.known?.waiting : waitingSince(link, comparison, creationOf),
      written,
      partial: await partialReceive(host, link, run),
    });
  }
  return lags;
}

const noFacts: SnapshotFacts = { creations: new Map(), written: new Map() };

function comparedLink(link: Link): Compared {
  const { source, copy, targetKnown, pair, known } = link;
  if (source === undefined) return { link, comparison: undefined };
  const target = targetKnown ? (copy?.snapshots ?? []) : undefined;
  return { link, comparison: compare(source, target, snapshotFilter(pair), known?.base) };
}

/** The base may be one that only the memory still has. */
function baseCreation(
  { known }: Link,
  { base, own }: Comparison,
  creationOf: (one: Snapshot | undefined) => number | undefined,
): number | undefined {
  return base?.guid === known?.base?.guid ? known?.base?.creation : creationOf(own);
}

/** A dataset that was renamed or promoted may have left its copy under the old name. */
function tellElsewhere({ dataset, pair, source, targets }: Link, run: Run): void {
  const own = new Set(source?.snapshots.map(({ guid }) => guid));
  const root = pair.target.dataset;
  const other = [...targets.values()].find(
    ({ name, snapshots }) => isWithin(name, root) && snapshots.some(({ guid }) => own.has(guid)),
  );
  if (other === undefined) return;
  const place = labelOf({ ...pair.target, dataset: other.name });
  run.note(`Snapshots of ${dataset} are in ${place}: it may have been renamed or promoted since they were sent`);
}

/**
 * Since when something waits: since the first snapshot that the target lacks, which the source may have pruned by now. Not known
 * where the target has snapshots of another history only.
 */
function waitingSince(
  { copy, known }: Link,
  { base, joined, pending }: Comparison,
  creationOf: (one: Snapshot | undefined) => number | undefined,
): number | undefined {
  const never = joined === 'nothing' && (copy?.snapshots ?? []).length === 0;
  if (pending.length === 0 || (base === undefined && !never)) return undefined;
  const oldest = creationOf(pending[0]);
  const earlier = base?.guid === known?.base?.guid ? known?.waiting : undefined;
  return earlier === undefined || oldest === undefined ? (oldest ?? earlier) : Math.min(earlier, oldest);
}

async function readFacts(
  host: Host,
  compared: readonly Compared[],
  memory: Memory,
  run: Run,
): Promise<ReadonlyMap<string, SnapshotFacts>> {
  const wanted = new Map<string, { site: Site; snapshots: Snapshot[] }>();
  for (const { link, comparison } of compared) {
    const key = siteKey(link.sourceSite);
    const entry = wanted.get(key) ?? { site: link.sourceSite, snapshots: [] };
    wanted.set(key, entry);
    if (comparison !== undefined) entry.snapshots.push(...unknownSnapshots(link, comparison, memory));
  }
  const answers = await inParallel(
    [...wanted],
    sitesAtOnce,
    async ([key, { site, snapshots }]) => [key, await readSnapshotFacts(host, site, snapshots, run)] as const,
  );
  return new Map(answers);
}

/** Those whose creation, or bytes to be sent, are needed and not remembered. */
function unknownSnapshots({ known }: Link, comparison: Comparison, memory: Memory): Snapshot[] {
  const { own, newest, pending, passed = [] } = comparison;
  const points = [own?.guid === known?.base?.guid ? undefined : own, newest, pending[0]];
  const dated = points.filter((one) => one !== undefined);
  return [...dated.filter(({ guid }) => memory.creations[guid] === undefined), ...passed];
}

/** Bytes of an interrupted receive; 0 for none, undefined where that is not known. */
async function partialReceive(
  host: Host,
  { targetKnown, targetSite, copy }: Link,
  run: Run,
): Promise<Value | undefined> {
  if (!targetKnown) return undefined;
  return copy?.resumeToken === undefined ? 0 : readReceivedBytes(host, targetSite, copy.resumeToken, run);
}

/** What the next run needs to know of this one. */
export function memoryOf(lags: readonly Lag[], before: Memory): Memory {
  const links: Memory['links'] = {};
  const creations: Memory['creations'] = {};
  for (const { link, comparison, base, newest, waiting } of lags) {
    const key = linkKey(link.dataset, link.target);
    const kept = before.links[key];
    if (comparison === undefined || link.source === undefined) {
      if (kept !== undefined) links[key] = kept;
      continue;
    }
    const at = comparison.base;
    links[key] = {
      source: link.source.guid,
      base:
        at === undefined || base === undefined ? undefined : { guid: at.guid, createtxg: at.createtxg, creation: base },
      waiting,
    };
    if (comparison.newest !== undefined && newest !== undefined) creations[comparison.newest.guid] = newest;
  }
  return { links, creations };
}
