import { type Sample, type Value, sample, sampleOf } from '../../lib/metric.ts';
import type { Comparison } from './compare.ts';
import type { Lag } from './lags.ts';
import type { Surveyed } from './links.ts';
import * as m from './metrics.ts';
import { labelOf } from './pair.ts';

/** Of each pair whether its two sides could be asked, once for each of them. */
export function upSamples(surveyed: readonly Surveyed[]): Sample[] {
  const sources = new Map<string, number>();
  const targets = new Map<string, number>();
  for (const { pair, source, target } of surveyed) {
    const { datasets, failures } = source.inventory;
    const { dataset } = pair.source;
    sources.set(labelOf(pair.source), Number(datasets.has(dataset) && !failures.has(dataset)));
    targets.set(labelOf(pair.target), Number(!target.inventory.failures.has(pair.target.dataset)));
  }
  return [
    ...[...sources].map(([dataset, up]) => sample(m.sourceUp, { dataset }, up)),
    ...[...targets].map(([target, up]) => sample(m.targetUp, { target }, up)),
  ];
}

/** All series of one dataset and its copy. */
export function* linkSamples(lag: Lag): Generator<Sample> {
  const { link, comparison, base, newest, waiting, partial } = lag;
  const labels = { dataset: link.dataset, target: link.target };
  yield* sampleOf(m.lastReplication, labels, base);
  yield* sampleOf(m.oldestPending, labels, waiting);
  yield* sampleOf(m.partialReceive, labels, partial);
  if (comparison === undefined) return;
  yield* sampleOf(m.sourceNewest, labels, newest);
  yield* pendingSamples(lag, comparison, labels);
  yield* sampleOf(m.diverged, labels, comparison.diverged);
  if (comparison.joined === 'unknown' || comparison.idle) return;
  yield* sampleOf(m.chainIntact, labels, comparison.joined !== 'nothing');
  yield* sampleOf(m.bookmarkOnly, labels, comparison.joined === 'bookmark');
}

/** Nothing is said of what waits while it is not known since when. */
function* pendingSamples(
  { base, newest, written }: Lag,
  { joined, pending, ...comparison }: Comparison,
  labels: Record<'dataset' | 'target', string>,
): Generator<Sample> {
  if (comparison.base === undefined && joined === 'unknown') return;
  yield* sampleOf(m.pendingSnapshots, labels, pending.length);
  if (pending.length === 0) {
    if (comparison.base !== undefined) yield sample(m.lag, labels, 0);
    if (comparison.passed !== undefined) yield sample(m.pendingBytes, labels, 0);
    return;
  }
  if (base !== undefined && newest !== undefined) yield* sampleOf(m.lag, labels, Math.max(0, newest - base));
  const bytes = comparison.passed?.map(({ name }) => written.get(name));
  if (bytes !== undefined) yield* sampleOf(m.pendingBytes, labels, sum(bytes));
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
