import { type Metric, type Sample, sample, sampleOf } from '../../lib/metric.ts';
import type { Memory, RememberedScrub } from './memory.ts';
import { type PoolStatus, type Scan, unknownScan } from './pool-status.ts';
import * as m from './scan-metrics.ts';

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

/** Scrub, resilver, rebuilds, error scrub, expansion and removal of one pool. */
export function* scanSamples(
  { pool, scans, scansWhole }: PoolStatus,
  remembered: Memory['scrubs'][string] | undefined,
): Generator<Sample> {
  const last = (kind: Scan['kind']): Scan | undefined => scans.find((scan) => scan.kind === kind);
  const [scrub, resilver] = [last('scrub'), last('resilver')];
  if (scrub !== undefined || scansWhole) {
    const known = scrub ?? recalled(remembered?.last);
    yield* scanSamplesOf({ pool }, m.scrubState, scrubMetrics, known);
    yield sample(m.scrubPaused, { pool }, Number(known?.paused ?? false));
  }
  yield* sampleOf(m.scrubLastCompleted, { pool }, remembered?.completed);
  if (resilver !== undefined || scansWhole) {
    yield* scanSamplesOf({ pool }, m.resilverState, resilverMetrics, resilver);
  }
  for (const scan of scans) {
    const { kind, vdev = '' } = scan;
    if (kind === 'rebuild') yield* scanSamplesOf({ pool, vdev }, m.rebuildState, rebuildMetrics, scan);
    if (kind === 'expansion') yield* scanSamplesOf({ pool, vdev }, m.expansionState, expansionMetrics, scan);
    if (kind === 'removal') yield* scanSamplesOf({ pool }, m.removalState, removalMetrics, scan);
    if (kind === 'error scrub') yield* scanSamplesOf({ pool }, m.errorScrubState, errorScrubMetrics, scan);
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

/** What is known of a scan, and its series. */
type ScanMetrics<Label extends string> = readonly (readonly [
  Exclude<keyof Scan, 'kind' | 'state' | 'vdev'>,
  Metric<Label>,
])[];

const scrubMetrics: ScanMetrics<'pool'> = [
  ['errors', m.scrubErrors],
  ['done', m.scrubRepaired],
  ['issued', m.scrubIssued],
  ['total', m.scrubTotal],
  ['start', m.scrubStart],
  ['end', m.scrubEnd],
];
const resilverMetrics: ScanMetrics<'pool'> = [
  ['errors', m.resilverErrors],
  ['done', m.resilverDone],
  ['scanned', m.resilverScanned],
  ['issued', m.resilverIssued],
  ['total', m.resilverTotal],
  ['start', m.resilverStart],
  ['end', m.resilverEnd],
];
const rebuildMetrics: ScanMetrics<'pool' | 'vdev'> = [
  ['errors', m.rebuildErrors],
  ['done', m.rebuildDone],
  ['issued', m.rebuildIssued],
  ['total', m.rebuildTotal],
  ['start', m.rebuildStart],
  ['end', m.rebuildEnd],
];
const errorScrubMetrics: ScanMetrics<'pool'> = [
  ['paused', m.errorScrubPaused],
  ['done', m.errorScrubExamined],
  ['start', m.errorScrubStart],
  ['end', m.errorScrubEnd],
];

const expansionMetrics: ScanMetrics<'pool' | 'vdev'> = [
  ['paused', m.expansionWaiting],
  ['done', m.expansionCopied],
  ['total', m.expansionTotal],
  ['start', m.expansionStart],
  ['end', m.expansionEnd],
];
const removalMetrics: ScanMetrics<'pool'> = [
  ['done', m.removalCopied],
  ['total', m.removalTotal],
  ['start', m.removalStart],
  ['end', m.removalEnd],
];

function* scanSamplesOf<Label extends string>(
  labels: Readonly<Record<NoInfer<Label>, string>>,
  state: Metric<Label>,
  metrics: ScanMetrics<Label>,
  scan: Scan | undefined,
): Generator<Sample> {
  yield sample(state, labels, scan === undefined ? 0 : stateNumber[scan.state]);
  for (const [field, metric] of metrics) yield* sampleOf(metric, labels, scan?.[field]);
}
