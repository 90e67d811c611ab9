import type { Run } from '../../lib/collector.ts';
import type { Host, Seconds } from '../../lib/host.ts';
import type { Value } from '../../lib/metric.ts';
import { inParallel } from '../../lib/parallel.ts';
import { type Base, type Comparison, compare } from './compare.ts';
import { type Link, type Surveyed, hasSnapshots, sitesAtOnce } from './links.ts';
import { type Memory, type RememberedLink, linkKey } from './memory.ts';
import { type Pair, isWithin, labelOf, snapshotFilter } from './pair.ts';
import { type Site, siteKey } from './site.ts';
import { type BrokenReason, type Times, before, brokenReason, firstWaiting, timesOf } from './times.ts';
import { type PartialReceive, type SnapshotFacts, readPartialReceive, readSnapshotFacts } from './zfs-get.ts';
import { type Dataset, type Snapshot, newestOf } from './zfs-list.ts';

/** A link with all that is known of it. */
export interface Lag {
  readonly link: Link;
  /** Undefined where the source could not be read. */
  readonly comparison: Comparison | undefined;
  readonly broken: BrokenReason | undefined;
  readonly times: Times;
  /** Bytes that a send up to the newest pending snapshot carries, at least. */
  readonly pendingBytes: Value | undefined;
  /** Bytes written to the source since the newest snapshot. */
  readonly written: Value | undefined;
  /** Undefined where there is none; what is in it is undefined where that could not be asked. */
  readonly partial: PartialReceive | undefined;
  /** UNIX time of creation of the newest snapshot of a target that has diverged. */
  readonly targetNewest: Seconds | undefined;
}

type Compared = Pick<Lag, 'link' | 'comparison'>;

/** Compares both sides of each link, and asks for what a listing does not tell of the few snapshots that matter. */
export async function findLags(host: Host, links: readonly Link[], memory: Memory, run: Run): Promise<Lag[]> {
  const now = host.now();
  const compared = links.map((link) => comparedLink(link, memory)).filter(isCarried);
  const facts = await readFacts(host, wantedFacts(compared, memory, now), run);
  const doubtful = compared.flatMap((one) => doubtfulSnapshots(one, facts, memory, now));
  const more = await readFacts(host, doubtful, run);
  const there = await readFacts(host, compared.flatMap(newestOfDiverged), run);
  const lags: Lag[] = [];
  for (const { link, comparison } of compared) {
    const creation = ({ name }: Snapshot): Seconds | undefined =>
      factsOf(facts, link).creations.get(name) ?? factsOf(more, link).creations.get(name);
    const onImpossible = (snapshot: Snapshot, time: Seconds): void =>
      run.note(
        `Cannot believe the creation of ${snapshot.name}, ${dateOf(time)}: it counts from when it was first seen`,
      );
    const bytes = factsOf(facts, link).written;
    const written = comparison && writtenSince(link, comparison, bytes);
    const lacked = comparison && isAllKnown(comparison, bytes, written) ? written : undefined;
    const broken = comparison && brokenReason(link, comparison);
    if (broken !== undefined) tellElsewhere(link, run);
    lags.push({
      link,
      comparison,
      broken,
      times: timesOf(link, comparison, lacked, memory, { now, creation, onImpossible }),
      pendingBytes: comparison?.passed && sum(comparison.passed.map(({ name }) => bytes.get(name))),
      written,
      partial: await partialReceive(host, link, run),
      targetNewest: newestOfDiverged({ link, comparison }).map(({ site, snapshot }) =>
        there.get(siteKey(site))?.creations.get(snapshot.name),
      )[0],
    });
  }
  return lags;
}

function comparedLink(link: Link, memory: Memory): Compared {
  const { source, copy, targetKnown, pair, known } = link;
  if (source === undefined) return { link, comparison: undefined };
  const target = targetKnown ? (copy?.snapshots ?? []) : undefined;
  return {
    link,
    comparison: compare(source, target, snapshotFilter(pair), known?.base, sentIn(source, known, memory)),
  };
}

/**
 * The newest point that an earlier run saw in common. Once the source has pruned it, what the run before saw after it is still there;
 * a rollback has taken that, too, and then the target has something of its own.
 */
function sentIn({ snapshots }: Dataset, known: RememberedLink | undefined, { creations }: Memory): Base | undefined {
  const sent = known?.sent ?? known?.base;
  if (sent === undefined) return undefined;
  const isPast = ({ guid, createtxg }: Snapshot): boolean =>
    guid === sent.guid || (createtxg > sent.createtxg && creations[guid] !== undefined);
  return snapshots.some(isPast) ? sent : undefined;
}

/** A dataset of which a pair selects nothing, and which has and had no copy, is none that it is meant to carry. */
function isCarried({ link: { pair, source, copy }, comparison }: Compared): boolean {
  if (comparison === undefined || !selects(pair)) return true;
  const isNew = pair.include.length === 0 && source?.snapshots.length === 0;
  return comparison.selected > 0 || comparison.base !== undefined || hasSnapshots(copy) || isNew;
}

/** Whether the pair has patterns for snapshots. */
export function selects({ include, exclude }: Pair): boolean {
  return include.length > 0 || exclude.length > 0;
}

/** What a pair names itself, and not as one of the datasets below. */
export function pairKey({ source, target }: Pair): string {
  return linkKey(labelOf(source), labelOf(target));
}

/** Those of each pair; what it names itself may be one of a pair before it, which counts. */
export function lagsByPair(lags: readonly Lag[]): (pair: Pair) => readonly Lag[] {
  const byPair = new Map<Pair, Lag[]>();
  const byKey = new Map<string, Lag>();
  for (const lag of lags) {
    const { pair, dataset, target } = lag.link;
    const own = byPair.get(pair) ?? [];
    byPair.set(pair, own);
    own.push(lag);
    byKey.set(linkKey(dataset, target), lag);
  }
  return (pair) => {
    const own = byPair.get(pair) ?? [];
    const named = byKey.get(pairKey(pair));
    return named === undefined || named.link.pair === pair ? own : [named, ...own];
  };
}

/** Patterns that fit nothing would make a pair look healthy for ever. */
export function tellUnselected(surveyed: readonly Surveyed[], lags: readonly Lag[], run: Run): void {
  const lagsOf = lagsByPair(lags);
  for (const { pair, source } of surveyed) {
    const { dataset } = pair.source;
    if (!selects(pair) || !source.inventory.datasets.has(dataset) || source.inventory.failures.has(dataset)) continue;
    const own = lagsOf(pair);
    const without = own.filter(({ comparison }) => comparison?.selected === 0 && !comparison.idle);
    const names = own.length === 0 ? [labelOf(pair.source)] : without.map(({ link }) => link.dataset);
    if (names.length === 0) continue;
    const shown = names.length > 3 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
    run.note(`Cannot select snapshots of ${shown.join(', ')}: expected include and exclude to fit some, got none`);
  }
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

function dateOf(time: Seconds): string {
  const date = new Date(time * 1000);
  return Number.isNaN(date.getTime()) ? String(time) : date.toISOString();
}

type Facts = ReadonlyMap<string, SnapshotFacts>;
const noFacts: SnapshotFacts = { creations: new Map(), written: new Map() };

function factsOf(facts: Facts, { sourceSite }: Link): SnapshotFacts {
  return facts.get(siteKey(sourceSite)) ?? noFacts;
}

interface Wanted {
  readonly site: Site;
  readonly snapshot: Snapshot;
}

async function readFacts(host: Host, wanted: readonly Wanted[], run: Run): Promise<Facts> {
  const bySite = new Map<string, { site: Site; snapshots: Snapshot[] }>();
  for (const { site, snapshot } of wanted) {
    const entry = bySite.get(siteKey(site)) ?? { site, snapshots: [] };
    bySite.set(siteKey(site), entry);
    entry.snapshots.push(snapshot);
  }
  const answers = await inParallel(
    [...bySite],
    sitesAtOnce,
    async ([key, { site, snapshots }]) => [key, await readSnapshotFacts(host, site, snapshots, run)] as const,
  );
  return new Map(answers);
}

const day: Seconds = 86_400;
/** Of so many snapshots that a pair does not carry it is asked what was written. */
const maxUnselected = 50;

/** Those whose creation, or bytes, are needed and not remembered. */
function wantedFacts(compared: readonly Compared[], memory: Memory, now: Seconds): Wanted[] {
  return compared.flatMap(({ link, comparison }) => {
    if (comparison === undefined) return [];
    const { own, newest, passed = [], unselected } = comparison;
    const points = [own?.guid === link.known?.base?.guid ? undefined : own, newest, firstWaiting(link, comparison)];
    const dated = points.filter((one) => one !== undefined && memory.creations[one.guid] === undefined);
    const isOld = now - (memory.creations[newest?.guid ?? ''] ?? now) > day;
    const other = isOld ? unselected.slice(0, maxUnselected) : [];
    return [...dated, ...passed, ...other].flatMap((snapshot) =>
      snapshot === undefined ? [] : [{ site: link.sourceSite, snapshot }],
    );
  });
}

/** What was made before a common point that claims to be older than its dataset, or from the future: that tells whether it can be. */
function doubtfulSnapshots({ link, comparison }: Compared, facts: Facts, memory: Memory, now: Seconds): Wanted[] {
  const own = comparison?.own;
  if (own === undefined || memory.creations[own.guid] !== undefined) return [];
  const creation = factsOf(facts, link).creations.get(own.name) ?? now;
  const isOdd = creation < (link.source?.creation ?? 0) || creation > now;
  const snapshot = isOdd ? before(link, own) : undefined;
  return snapshot === undefined ? [] : [{ site: link.sourceSite, snapshot }];
}

function newestOfDiverged({ link, comparison }: Compared): Wanted[] {
  if (comparison?.diverged === undefined || comparison.diverged === 0) return [];
  const snapshot = newestOf(link.copy?.snapshots ?? []);
  return snapshot === undefined ? [] : [{ site: link.targetSite, snapshot }];
}

/** Since the newest snapshot that the pair carries; of others that came later it is asked once that one is a day old. */
function writtenSince({ source }: Link, comparison: Comparison, bytes: SnapshotFacts['written']): Value | undefined {
  const known = comparison.unselected.flatMap(({ name }) => bytes.get(name) ?? []);
  return sum([source?.written, ...known]);
}

/** Of other snapshots that nobody asked about something may be in one, though nothing was written since. */
function isAllKnown(comparison: Comparison, bytes: SnapshotFacts['written'], written: Value | undefined): boolean {
  return Number(written) > 0 || comparison.unselected.every(({ name }) => bytes.has(name));
}

/** Undefined where one of them is: a part of the sum would pass for all of it. */
function sum(values: readonly (Value | undefined)[]): Value | undefined {
  let total = 0n;
  for (const value of values) {
    if (value === undefined) return undefined;
    total += BigInt(value);
  }
  return total;
}

async function partialReceive(host: Host, link: Link, run: Run): Promise<PartialReceive | undefined> {
  const { source, sourceSite, targetSite, copy } = link;
  if (copy?.resumeToken === undefined) return undefined;
  return readPartialReceive(host, { token: copy.resumeToken, sourceSite, targetSite, source }, run);
}

/** What has or had a copy first: a limit must not cost it. */
export function byWorth(lags: readonly Lag[]): Lag[] {
  const isCopied = ({ link, comparison }: Lag): boolean =>
    comparison === undefined || comparison.base !== undefined || hasSnapshots(link.copy);
  return [...lags].sort((a, b) => Number(isCopied(b)) - Number(isCopied(a)));
}

/** What the next run needs to know of this one. */
export function memoryOf(lags: readonly Lag[], before: Memory): Pick<Memory, 'links' | 'others' | 'creations'> {
  const links: Memory['links'] = {};
  const creations: Memory['creations'] = {};
  for (const { link, comparison, broken, times } of lags) {
    const key = linkKey(link.dataset, link.target);
    const kept = before.links[key];
    const { source, known } = link;
    Object.assign(creations, times.creations);
    if (comparison === undefined || source === undefined) {
      if (kept !== undefined) links[key] = kept;
      continue;
    }
    const { base: at, sent, joined } = comparison;
    const isUnknown = joined === 'unknown';
    const creation = times.base;
    links[key] = {
      source: source.guid,
      on: link.on ?? known?.on,
      base: at && creation !== undefined ? { guid: at.guid, createtxg: at.createtxg, creation } : undefined,
      sent: sent && sent.guid !== at?.guid ? { guid: sent.guid, createtxg: sent.createtxg } : undefined,
      waiting: times.waiting,
      caughtUp: times.caughtUp,
      broken: (isUnknown ? known?.broken : broken !== undefined) || undefined,
      gone: broken === 'copy_gone' ? times.waiting : isUnknown ? known?.gone : undefined,
      joined: times.joined,
      complete: times.complete,
      behind: times.behind,
      anew: (isUnknown ? known?.anew : broken === 'source_made_anew') || undefined,
    };
  }
  return { links, others: displaced(links, before), creations };
}

/** One for each day of the week, and that of the month. */
const maxOthers = 8;

/** What is known of target datasets whose place others have taken, and of those that are still away. */
function displaced(links: Memory['links'], before: Memory): Memory['others'] {
  const others = new Map((before.others ?? []).map((one) => [one.on, { ...one.links }]));
  for (const [key, { on }] of Object.entries(links)) {
    const old = before.links[key];
    if (old?.on === undefined || old.on === on) continue;
    const group = others.get(old.on) ?? {};
    others.set(old.on, group);
    group[key] = old;
  }
  for (const { on = '' } of Object.values(links)) others.delete(on);
  return others.size === 0 ? undefined : [...others].slice(-maxOthers).map(([on, own]) => ({ on, links: own }));
}
