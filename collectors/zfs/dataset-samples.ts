import { type Sample, sample, sampleOf } from '../../lib/metric.ts';
import type { Tally } from './memory.ts';
import * as m from './metrics.ts';
import { valueSamples } from './properties.ts';
import type { Dataset } from './zfs-list.ts';

/** All series of one dataset; those of its snapshots where `tally` is known. */
export function* datasetSamples(dataset: Dataset, tally: Tally | undefined): Generator<Sample> {
  const labels = { dataset: dataset.name };
  const { pool, type, encryption, encryptionRoot, canmount, mountpoint } = dataset;
  const info = { ...labels, pool, type, encryption, encryption_root: encryptionRoot, canmount, mountpoint };
  yield sample(m.datasetInfo, info, 1);
  yield* valueSamples(labels, dataset.values);
  yield* sampleOf(m.datasetSnapshots, labels, tally?.count);
  yield* sampleOf(m.datasetNewestSnapshot, labels, tally?.newest);
  yield* sampleOf(m.datasetOldestSnapshot, labels, tally?.oldest);
  // Most datasets have none: they have no series then.
  yield* sampleOf(m.datasetHeldSnapshots, labels, tally?.held || undefined);
  yield* sampleOf(m.datasetBookmarks, labels, tally?.bookmarks || undefined);
  for (const [schedule, newest] of Object.entries(tally?.schedules ?? {})) {
    yield sample(m.datasetScheduleNewest, { ...labels, schedule }, newest);
  }
}
