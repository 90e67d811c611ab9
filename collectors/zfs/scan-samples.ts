import { type Sample, sample, sampleOf } from '../../lib/metric.ts';
import type { Memory, RememberedScrub } from './memory.ts';
import * as m from './metrics.ts';
import { type PoolStatus, type Scan, unknownScan } from './pool-status.ts';

const stateNumber: Record<Scan['state'], number> = { running: 1, finished: 2, cancelled: 3 };

/** What is to be remembered of a pool's scrubs after this status. */
export function rememberScrub(status: PoolStatus, before: Memory['scrubs'][string] | undefined) {
  const scrub = status.scans.find(({ kind }) => kind === 'scrub');
  if (scrub === undefined || scrub.state === 'running') return before;
  const last: RememberedScrub = {
    state: scrub.state,
    ...(scrub.start !== undefined && { start: scrub.start }),
    ...(scrub.end !== undefined && { end: scrub.end }),
    ...(scrub.errors !== undefined && { errors: String(scrub.errors) }),
    ...(scrub.done !== undefined && { repaired: String(scrub.done) }),
  };
  const completed = scrub.state === 'finished' ? scrub.end : before?.completed;
  return { last, ...(completed !== undefined && { completed }) };
}

/** Scrub, resilver, rebuilds and error scrub of one pool. */
export function* scanSamples(
  { pool, scans }: PoolStatus,
  remembered: Memory['scrubs'][string] | undefined,
): Generator<Sample> {
  const scrub = scans.find(({ kind }) => kind === 'scrub') ?? recalled(remembered?.last);
  yield* scrubSamples(pool, scrub);
  yield* sampleOf(m.scrubLastCompleted, { pool }, remembered?.completed);
  yield* resilverSamples(
    pool,
    scans.find(({ kind }) => kind === 'resilver'),
  );
  for (const scan of scans) {
    if (scan.kind === 'rebuild') yield* rebuildSamples(pool, scan);
    if (scan.kind === 'error scrub') yield* errorScrubSamples(pool, scan);
  }
}

/** A resilver has taken the one scan record: the scrub before it is known from memory only. */
function recalled(last: RememberedScrub | undefined): Scan | undefined {
  if (last === undefined) return undefined;
  const { state, start, end, errors, repaired } = last;
  return {
    ...unknownScan,
    kind: 'scrub',
    state,
    start,
    end,
    errors: errors === undefined ? undefined : BigInt(errors),
    done: repaired === undefined ? undefined : BigInt(repaired),
  };
}

function* scrubSamples(pool: string, scrub: Scan | undefined): Generator<Sample> {
  yield sample(m.scrubState, { pool }, scrub === undefined ? 0 : stateNumber[scrub.state]);
  yield sample(m.scrubPaused, { pool }, Number(scrub?.paused ?? false));
  yield* sampleOf(m.scrubErrors, { pool }, scrub?.errors);
  yield* sampleOf(m.scrubRepaired, { pool }, scrub?.done);
  yield* sampleOf(m.scrubIssued, { pool }, scrub?.issued);
  yield* sampleOf(m.scrubTotal, { pool }, scrub?.total);
  yield* sampleOf(m.scrubStart, { pool }, scrub?.start);
  yield* sampleOf(m.scrubEnd, { pool }, scrub?.end);
}

function* resilverSamples(pool: string, resilver: Scan | undefined): Generator<Sample> {
  yield sample(m.resilverState, { pool }, resilver === undefined ? 0 : stateNumber[resilver.state]);
  yield* sampleOf(m.resilverErrors, { pool }, resilver?.errors);
  yield* sampleOf(m.resilverDone, { pool }, resilver?.done);
  yield* sampleOf(m.resilverIssued, { pool }, resilver?.issued);
  yield* sampleOf(m.resilverTotal, { pool }, resilver?.total);
  yield* sampleOf(m.resilverStart, { pool }, resilver?.start);
  yield* sampleOf(m.resilverEnd, { pool }, resilver?.end);
}

function* rebuildSamples(pool: string, rebuild: Scan): Generator<Sample> {
  const labels = { pool, vdev: rebuild.vdev ?? '' };
  yield sample(m.rebuildState, labels, stateNumber[rebuild.state]);
  yield* sampleOf(m.rebuildErrors, labels, rebuild.errors);
  yield* sampleOf(m.rebuildDone, labels, rebuild.done);
  yield* sampleOf(m.rebuildIssued, labels, rebuild.issued);
  yield* sampleOf(m.rebuildTotal, labels, rebuild.total);
  yield* sampleOf(m.rebuildStart, labels, rebuild.start);
  yield* sampleOf(m.rebuildEnd, labels, rebuild.end);
}

function* errorScrubSamples(pool: string, scrub: Scan): Generator<Sample> {
  yield sample(m.errorScrubState, { pool }, stateNumber[scrub.state]);
  yield sample(m.errorScrubPaused, { pool }, Number(scrub.paused));
  yield* sampleOf(m.errorScrubExamined, { pool }, scrub.done);
  yield* sampleOf(m.errorScrubStart, { pool }, scrub.start);
  yield* sampleOf(m.errorScrubEnd, { pool }, scrub.end);
}
