import { type Sample, sample, sampleOf, stateSet } from '../../lib/metric.ts';
import * as m from './metrics.ts';
import type { PoolStatus, Vdev } from './pool-status.ts';
import { valueSamples } from './properties.ts';
import { isUpgradable } from './status-reason.ts';
import * as v from './vdev-metrics.ts';
import type { PoolRow } from './zpool-list.ts';

/** In the order of `zfs_pool_health`: the number of a state is its place here. */
const healthWords = ['ONLINE', 'DEGRADED', 'FAULTED', 'OFFLINE', 'UNAVAIL', 'REMOVED', 'SUSPENDED'] as const;

const poolStates = [...healthWords.map((word) => word.toLowerCase()), 'split', 'transitioning', 'unknown'];

/** From one word of the kernel or of zpool; a new one is `unknown` and 7. */
export function* healthSamples(pool: string, word: string): Generator<Sample> {
  const number = (healthWords as readonly string[]).indexOf(word);
  yield sample(m.poolHealth, { pool }, number < 0 ? healthWords.length : number);
  const state = word.toLowerCase();
  yield* stateSet(m.poolState, { pool }, poolStates, poolStates.includes(state) ? state : 'unknown');
}

export function* poolRowSamples({ pool, guid, values }: PoolRow): Generator<Sample> {
  if (guid !== undefined) yield sample(m.poolInfo, { pool, guid }, 1);
  yield* valueSamples({ pool }, values);
}

export function* statusSamples(status: PoolStatus): Generator<Sample> {
  const { pool, reason } = status;
  if (reason !== undefined) {
    yield sample(m.poolStatusInfo, { pool, reason: reason.name, msgid: reason.msgid }, 1);
  }
  yield* sampleOf(m.poolDataErrors, { pool }, status.dataErrors);
  yield* sampleOf(m.poolUpgradable, { pool }, isUpgradable(reason));
  yield* sampleOf(m.poolCheckpointCreated, { pool }, status.checkpoint?.created);
  yield* sampleOf(m.poolCheckpointDiscarding, { pool }, status.checkpoint?.discarding);
  yield* sampleOf(m.poolDedupTableEntries, { pool }, status.dedupTable?.entries);
  yield* sampleOf(m.poolDedupTableCore, { pool }, status.dedupTable?.core);
  for (const vdev of status.vdevs) yield* vdevSamples(pool, vdev);
}

function* vdevSamples(pool: string, vdev: Vdev): Generator<Sample> {
  const labels = { pool, vdev: vdev.name, class: vdev.class };
  const { type, parent, guid = '', path = '', aux } = vdev;
  yield sample(v.vdevInfo, { ...labels, vdev_type: type, parent, guid, path, aux }, 1);
  yield sample(v.vdevState, { ...labels, state: vdev.state }, 1);
  yield* sampleOf(v.vdevErrors, { ...labels, type: 'read' }, vdev.read);
  yield* sampleOf(v.vdevErrors, { ...labels, type: 'write' }, vdev.write);
  yield* sampleOf(v.vdevErrors, { ...labels, type: 'checksum' }, vdev.checksum);
  yield* sampleOf(v.vdevSlowIos, labels, vdev.slow);
  if (type !== 'root') {
    yield* sampleOf(v.vdevSize, labels, vdev.size);
    yield* sampleOf(v.vdevAllocated, labels, vdev.allocated);
  }
  // zpool status -j goes on saying so of a disk that has failed since (the text, before OpenZFS 2.1.6).
  if (vdev.resilver !== undefined && (vdev.state === 'online' || vdev.state === 'degraded')) {
    yield sample(v.vdevResilver, labels, vdev.resilver === 'running' ? 1 : 2);
  }
  yield* sampleOf(v.vdevResilvered, labels, vdev.resilvered);
  if (vdev.noalloc) yield sample(v.vdevNoalloc, labels, 1);
  if (type === 'root' || Number(vdev.dioVerifyErrors ?? 0) > 0) {
    yield* sampleOf(v.vdevDioVerifyErrors, labels, vdev.dioVerifyErrors);
  }
  // A hot spare in use stands in two places; its TRIM is told once.
  if (vdev.trim !== undefined && vdev.class !== 'spare') {
    yield sample(v.vdevTrimState, { pool, vdev: vdev.name, state: vdev.trim }, 1);
    yield* sampleOf(v.vdevTrimCompleted, { pool, vdev: vdev.name }, vdev.trimmed);
  }
}
