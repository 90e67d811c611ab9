import { type Metric, type Sample, type Value, sample, sampleOf } from '../../lib/metric.ts';
import type { Tally } from './memory.ts';
import * as m from './metrics.ts';
import type { Dataset } from './zfs-list.ts';

const values: readonly (readonly [Metric<'dataset'>, (dataset: Dataset) => Value | boolean | undefined])[] = [
  [m.datasetUsed, ({ used }) => used],
  [m.datasetAvailable, ({ available }) => available],
  [m.datasetReferenced, ({ referenced }) => referenced],
  [m.datasetLogicalUsed, ({ logicalUsed }) => logicalUsed],
  [m.datasetLogicalReferenced, ({ logicalReferenced }) => logicalReferenced],
  [m.datasetUsedBySnapshots, ({ usedBySnapshots }) => usedBySnapshots],
  [m.datasetUsedByDataset, ({ usedByDataset }) => usedByDataset],
  [m.datasetUsedByChildren, ({ usedByChildren }) => usedByChildren],
  [m.datasetUsedByRefreservation, ({ usedByRefreservation }) => usedByRefreservation],
  [m.datasetWritten, ({ written }) => written],
  [m.datasetQuota, ({ quota }) => quota],
  [m.datasetRefquota, ({ refquota }) => refquota],
  [m.datasetReservation, ({ reservation }) => reservation],
  [m.datasetRefreservation, ({ refreservation }) => refreservation],
  [m.datasetVolumeSize, ({ volumeSize }) => volumeSize],
  [m.datasetCompressionRatio, ({ compressionRatio }) => compressionRatio],
  [m.datasetReferencedCompressionRatio, ({ referencedCompressionRatio }) => referencedCompressionRatio],
  [m.datasetMounted, ({ mounted }) => mounted],
  [m.datasetReadonly, (dataset) => dataset.readonly],
  [m.datasetKeyAvailable, ({ keyAvailable }) => keyAvailable],
];

/** All series of one dataset; those of its snapshots where `tally` is known. */
export function* datasetSamples(dataset: Dataset, tally: Tally | undefined): Generator<Sample> {
  const labels = { dataset: dataset.name };
  const { pool, type, encryption, mountpoint } = dataset;
  yield sample(m.datasetInfo, { ...labels, pool, type, encryption, mountpoint }, 1);
  for (const [metric, valueOf] of values) yield* sampleOf(metric, labels, valueOf(dataset));
  yield* sampleOf(m.datasetSnapshots, labels, tally?.count);
  yield* sampleOf(m.datasetNewestSnapshot, labels, tally?.newest);
  yield* sampleOf(m.datasetOldestSnapshot, labels, tally?.oldest);
}
