import type { Value } from '../../lib/metric.ts';
import { type Count, type Json, object, word } from './json.ts';
import { type Scan, unknownScan } from './pool-status.ts';

/**
 * What runs, or last ran, over a pool, from the JSON of `zpool status -p` (cmd/zpool/zpool_main.c scan_status_nvlist,
 * removal_status_nvlist, raidz_expand_status_nvlist): one record for scrub and resilver, one for an error scrub that came
 * after it, one per rebuilt vdev, one for a removal and one for an expansion.
 */
export function jsonScans(pool: Json, count: Count): Scan[] {
  const stats = object(pool['scan_stats']);
  const rebuilds = Object.values(object(stats['rebuild_stats'])).map((value) => rebuild(object(value), count));
  return [
    scrubOrResilver(stats, count),
    errorScrub(stats, count),
    ...rebuilds,
    removal(object(pool['removal_stats']), count),
    expansion(object(pool['raidz_expand_stats']), count),
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
const stateOf = (value: unknown): Scan['state'] | undefined => scanStates.get(word(value) ?? '');

const scanKinds = new Map(Object.entries<Scan['kind']>({ SCRUB: 'scrub', RESILVER: 'resilver' }));

function scrubOrResilver(stats: Json, count: Count): Scan | undefined {
  const kind = scanKinds.get(word(stats['function']) ?? '');
  const state = stateOf(stats['state']);
  if (kind === undefined || state === undefined) return undefined;
  return {
    ...unknownScan,
    kind,
    state,
    paused: state === 'running' && time(count(stats['scrub_pause'])) !== undefined,
    start: time(count(stats['start_time'])),
    end: time(count(stats['end_time'])),
    errors: count(stats['errors']),
    done: count(stats['processed']),
    ...(state === 'running' && {
      issued: count(stats['issued']),
      total: remaining(count(stats['to_examine']), count(stats['skipped'])),
    }),
  };
}

function errorScrub(stats: Json, count: Count): Scan | undefined {
  const state = stateOf(stats['err_scrub_state']);
  if (word(stats['err_scrub_func']) !== 'ERRORSCRUB' || state === undefined) return undefined;
  return {
    ...unknownScan,
    kind: 'error scrub',
    state,
    paused: state === 'running' && time(count(stats['err_scrub_pause'])) !== undefined,
    start: time(count(stats['err_scrub_start_time'])),
    end: time(count(stats['err_scrub_end_time'])),
    done: count(stats['err_scrub_examined']),
  };
}

function rebuild(stats: Json, count: Count): Scan | undefined {
  const state = stateOf(stats['state']);
  if (state === undefined) return undefined;
  return {
    ...unknownScan,
    kind: 'rebuild',
    state,
    vdev: word(stats['name']),
    start: time(count(stats['start_time'])),
    end: time(count(stats['end_time'])),
    errors: count(stats['errors']),
    done: count(stats['rebuilt']),
    ...(state === 'running' && {
      issued: count(stats['issued']),
      total: remaining(count(stats['to_scan']), count(stats['pass_skipped'])),
    }),
  };
}

function removal(stats: Json, count: Count): Scan | undefined {
  const state = stateOf(stats['state']);
  if (state === undefined) return undefined;
  return {
    ...unknownScan,
    kind: 'removal',
    state,
    start: time(count(stats['start_time'])),
    end: time(count(stats['end_time'])),
    done: count(stats['copied']),
    ...(state === 'running' && { total: count(stats['to_copy']) }),
  };
}

function expansion(stats: Json, count: Count): Scan | undefined {
  const state = stateOf(stats['state']);
  if (state === undefined) return undefined;
  return {
    ...unknownScan,
    kind: 'expansion',
    state,
    // `raidz1` and 0 for what the rest of zpool status calls raidz1-0.
    vdev: [word(stats['name']), word(stats['expanding_vdev'])].join('-'),
    paused: state === 'running' && word(stats['waiting_for_resilver']) === '1',
    start: time(count(stats['start_time'])),
    end: time(count(stats['end_time'])),
    done: count(stats['reflowed']),
    ...(state === 'running' && { total: count(stats['to_reflow']) }),
  };
}

/** zpool takes the skipped bytes off the total. Where the kernel's two counters have crossed it prints 16.0E; this is below 0. */
function remaining(total: Value | undefined, skipped: Value | undefined): Value | undefined {
  return total === undefined || skipped === undefined ? total : BigInt(total) - BigInt(skipped);
}

function time(value: Value | undefined): number | undefined {
  return value === undefined || Number(value) === 0 ? undefined : Number(value);
}
