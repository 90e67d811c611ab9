import type { Seconds } from '../../lib/host.ts';
import { type Sample, sample, sampleOf } from '../../lib/metric.ts';
import { type Lag, lagsByPair, pairKey, selects } from './lags.ts';
import type { Surveyed } from './links.ts';
import { linkKey } from './memory.ts';
import * as m from './metrics.ts';
import { labelOf, maxAgeOf } from './pair.ts';
import { type Dataset, shortName } from './zfs-list.ts';

/** Of each pair what is said of it as a whole. */
export function pairSamples(surveyed: readonly Surveyed[], lags: readonly Lag[]): Sample[] {
  const lagsOf = lagsByPair(lags);
  const sources = new Map<string, boolean>();
  const targets = new Map<string, boolean>();
  const away = new Map<string, Sample>();
  const pairs: Sample[] = [];
  for (const { pair, source, target } of surveyed) {
    const { datasets, failures } = source.inventory;
    const labels = { dataset: labelOf(pair.source), target: labelOf(pair.target) };
    const isUp = datasets.has(pair.source.dataset) && !failures.has(pair.source.dataset);
    sources.set(labels.dataset, isUp);
    targets.set(labels.target, !target.inventory.failures.has(pair.target.dataset));
    if (pair.may_be_away) away.set(pairKey(pair), sample(m.mayBeAway, labels, 1));
    if (isUp && selects(pair) && lagsOf(pair).length === 0) {
      pairs.push(sample(m.selectedSnapshots, labels, 0));
    }
  }
  return [
    ...[...sources].flatMap(([dataset, up]) => [...sampleOf(m.sourceUp, { dataset }, up)]),
    ...[...targets].flatMap(([target, up]) => [...sampleOf(m.targetUp, { target }, up)]),
    ...away.values(),
    ...pairs,
  ];
}

/** All series of one dataset and its copy; `maxAge` is that of pairs which say none. Of those in `named` their pairs tell the rest. */
export function* linkSamples(lag: Lag, named: ReadonlySet<string>, maxAge: Seconds | undefined): Generator<Sample> {
  const { link, comparison, broken, times, written } = lag;
  const labels = { dataset: link.dataset, target: link.target };
  yield* sampleOf(m.lastReplication, labels, times.base);
  yield* sampleOf(m.oldestPending, labels, times.waiting);
  yield* sampleOf(m.behindSince, labels, times.behind);
  yield* sampleOf(m.maxAge, labels, maxAgeOf(link.pair) ?? maxAge);
  if (link.pair.may_be_away && !named.has(linkKey(link.dataset, link.target))) yield sample(m.mayBeAway, labels, 1);
  yield* partialSamples(lag, labels);
  if (comparison === undefined) return;
  yield* sampleOf(m.sourceNewest, labels, times.newest);
  yield* sampleOf(m.sourceWritten, labels, written);
  if (selects(link.pair) && !comparison.idle) yield sample(m.selectedSnapshots, labels, comparison.selected);
  yield* pendingSamples(lag, labels);
  yield* targetSamples(lag, labels);
  if (comparison.joined === 'unknown' || comparison.idle) return;
  yield sample(m.chainIntact, labels, Number(broken === undefined));
  if (broken !== undefined) yield sample(m.brokenInfo, { ...labels, reason: broken }, 1);
  yield sample(m.bookmarkOnly, labels, Number(comparison.joined === 'bookmark'));
}

type Labels = Record<'dataset' | 'target', string>;

function* partialSamples({ link, partial }: Lag, labels: Labels): Generator<Sample> {
  if (!link.targetKnown) return;
  yield* sampleOf(m.partialReceive, labels, partial === undefined ? 0 : partial.bytes);
  yield* sampleOf(m.partialRemaining, labels, partial?.remaining);
  yield* sampleOf(m.partialResumable, labels, partial?.resumable);
}

/** Nothing is said of what waits while it is not known since when, or while the patterns of the pair fit nothing at all. */
function* pendingSamples({ link, comparison, broken, times, pendingBytes }: Lag, labels: Labels): Generator<Sample> {
  if (comparison === undefined || (comparison.base === undefined && comparison.joined === 'unknown')) return;
  if (selects(link.pair) && comparison.selected === 0) return;
  const { base, pending } = comparison;
  yield sample(m.pendingSnapshots, labels, pending.length);
  yield* sampleOf(m.pendingBytes, labels, pendingBytes);
  if (broken === 'copy_gone') return;
  if (pending.length === 0) {
    if (base !== undefined) yield sample(m.lag, labels, 0);
  } else if (times.base !== undefined && times.newest !== undefined) {
    // Made within the same second, it waits all the same.
    yield sample(m.lag, labels, Math.max(1, times.newest - times.base));
  }
}

function* targetSamples({ link, comparison, targetNewest }: Lag, labels: Labels): Generator<Sample> {
  const { source, copy } = link;
  yield* sampleOf(m.diverged, labels, comparison?.diverged);
  if (copy === undefined || source === undefined) return;
  const foreign = foreignSyncSnapshots(source, copy);
  if (foreign > 0) yield sample(m.targetSyncSnapshots, labels, foreign);
  if ((comparison?.diverged ?? 0) === 0) return;
  yield* sampleOf(m.targetNewest, labels, targetNewest);
  yield* sampleOf(m.targetWritten, labels, copy.written);
}

function foreignSyncSnapshots(source: Dataset, copy: Dataset): number {
  const sync = copy.snapshots.filter((one) => shortName(one).startsWith('syncoid_'));
  if (sync.length === 0) return 0;
  const own = new Set(source.snapshots.map(({ guid }) => guid));
  return sync.filter(({ guid }) => !own.has(guid)).length;
}
