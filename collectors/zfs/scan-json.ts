import type { Value } from '../../lib/metric.ts';
import type { Json, Reader } from './json.ts';
import { type Scan, unknownScan } from './pool-status.ts';

/**
 * What runs, or last ran, over a pool, from the JSON of `zpool status -p` (cmd/zpool/zpool_main.c scan_status_nvlist,
 * removal_status_nvlist, raidz_expand_status_nvlist): one record for scrub and resilver, one for an error scrub that came
 * after it, one per rebuilt vdev, one for a removal and one for an expansion.
 */
export function jsonScans(pool: Json, read: Reader): Scan[] {
  const stats = read.object(pool, 'scan_stats');
  const rebuilds = read.objects(stats, 'rebuild_stats').map(([vdev, one]) => rebuild(vdev, one, read));
  return [
    scrubOrResilver(stats, read),
    errorScrub(stats, read),
    ...rebuilds,
    removal(read.object(pool, 'removal_stats'), read),
    expansion(read.object(pool, 'raidz_expand_stats'), read),
  ].filter((scan) => scan !== undefined);
}

const scanStates = new Map(
  Object.entries<Scan['state']>({
    SCANNING: 'running',
    ERRORSCRUBBING: 'running',
    ACTIVE: 'running',
    FINISHED: 'finished',
    COMPLETE: 'finished',
    CANCELED: 'cancelled',
  }),
);
const scanKinds = new Map(Object.entries<Scan['kind']>({ SCRUB: 'scrub', RESILVER: 'resilver' }));

function scrubOrResilver(stats: Json, read: Reader): Scan | undefined {
  const kind = read.oneOf(stats, 'function', scanKinds);
  const state = read.oneOf(stats, 'state', scanStates);
  if (kind === undefined || state === undefined) return undefined;
  return {
    ...unknownScan,
    kind,
    state,
    paused: state === 'running' && time(read.count(stats, 'scrub_pause')) !== undefined,
    start: time(read.count(stats, 'start_time')),
    end: time(read.count(stats, 'end_time')),
    errors: read.count(stats, 'errors'),
    done: read.count(stats, 'processed'),
    ...(state === 'running' && {
      scanned: read.count(stats, 'examined'),
      issued: read.count(stats, 'issued'),
      total: remaining(read.count(stats, 'to_examine'), read.count(stats, 'skipped')),
    }),
  };
}

function errorScrub(stats: Json, read: Reader): Scan | undefined {
  const state = read.oneOf(stats, 'err_scrub_state', scanStates);
  if (read.text(stats, 'err_scrub_func') !== 'ERRORSCRUB' || state === undefined) return undefined;
  return {
    ...unknownScan,
    kind: 'error scrub',
    state,
    paused: state === 'running' && time(read.count(stats, 'err_scrub_pause')) !== undefined,
    start: time(read.count(stats, 'err_scrub_start_time')),
    end: time(read.count(stats, 'err_scrub_end_time')),
    done: read.count(stats, 'err_scrub_examined'),
  };
}

function rebuild(vdev: string, stats: Json, read: Reader): Scan | undefined {
  const state = read.oneOf(stats, 'state', scanStates);
  if (state === undefined) return undefined;
  return {
    ...unknownScan,
    kind: 'rebuild',
    state,
    vdev,
    start: time(read.count(stats, 'start_time')),
    end: time(read.count(stats, 'end_time')),
    errors: read.count(stats, 'errors'),
    done: read.count(stats, 'rebuilt'),
    ...(state === 'running' && {
      issued: read.count(stats, 'issued'),
      total: remaining(read.count(stats, 'to_scan'), read.count(stats, 'pass_skipped')),
    }),
  };
}

function removal(stats: Json, read: Reader): Scan | undefined {
  const state = read.oneOf(stats, 'state', scanStates);
  if (state === undefined) return undefined;
  return {
    ...unknownScan,
    kind: 'removal',
    state,
    start: time(read.count(stats, 'start_time')),
    end: time(read.count(stats, 'end_time')),
    done: read.count(stats, 'copied'),
    ...(state === 'running' && { total: read.count(stats, 'to_copy') }),
  };
}

function expansion(stats: Json, read: Reader): Scan | undefined {
  const state = read.oneOf(stats, 'state', scanStates);
  if (state === undefined) return undefined;
  const [name, index] = [read.demandedText(stats, 'name'), read.count(stats, 'expanding_vdev')];
  if (name === undefined || index === undefined) return undefined;
  return {
    ...unknownScan,
    kind: 'expansion',
    state,
    // `raidz1` and 0 for what the rest of zpool status calls raidz1-0.
    vdev: `${name}-${index}`,
    paused: state === 'running' && read.flag(stats, 'waiting_for_resilver'),
    start: time(read.count(stats, 'start_time')),
    end: time(read.count(stats, 'end_time')),
    done: read.count(stats, 'reflowed'),
    ...(state === 'running' && { total: read.count(stats, 'to_reflow') }),
  };
}

/** zpool takes the skipped bytes off the total. Where the kernel's two counters have crossed it prints 16.0E; this is below 0. */
function remaining(total: Value | undefined, skipped: Value | undefined): Value | undefined {
  return total === undefined || skipped === undefined ? total : BigInt(total) - BigInt(skipped);
}

function time(value: Value | undefined): number | undefined {
  return value === undefined || Number(value) === 0 ? undefined : Number(value);
}
