import { integer, unexpected } from '../../lib/parse.ts';
import { type Checkpoint, type Scan, unknownScan } from './pool-status.ts';

/**
 * What follows `scan:` or ` scrub:` in zpool status, with TZ=UTC (cmd/zpool/zpool_main.c print_scan_scrub_resilver_status,
 * print_rebuild_status_impl, print_err_scrub_status). Sizes are rounded to three digits, -p or not:
 *
 *     scrub repaired 0B in 00:00:01 with 0 errors on Sun Nov 22 08:47:00 2026
 *     resilvered (mirror-0) 28.8M in 1 days 00:00:15 with 0 errors on Sun Nov 22 08:46:59 2026
 *     resilver canceled on Sun Nov 22 08:46:59 2026
 *     scrub in progress since Sun Nov 22 08:47:38 2026
 *     ␉143M / 143M scanned, 22.0M / 143M issued at 1.83M/s          (2.1: 143M scanned at 1M/s, 22M issued at 1M/s, 143M total)
 *     ␉0B repaired, 15.37% done, no estimated completion time
 *     scrub paused since Sun Nov 22 08:47:52 2026
 *     ␉scrub started on Sun Nov 22 08:47:38 2026
 *     scrubbed 4 error blocks in 0 days 00:00:00 on Sun Nov 22 08:50:28 2026
 *
 * Undefined for `none requested`; throws a SyntaxError where it is none of these.
 */
export function parseScan(text: string, place: string): Scan | undefined {
  const [first = '', ...more] = text.split('\n');
  if (first === 'none requested') return undefined;
  const line = first.replace(/^thorough /, '').trimEnd();
  return (
    finished(line, place) ??
    finishedErrorScrub(line, place) ??
    cancelled(line, place) ??
    running(line, more.join('\n'), place) ??
    fail(first, place)
  );
}

function fail(line: string, place: string): never {
  throw unexpected(`${place}, scan`, 'a scan line', line);
}

function finished(line: string, place: string): Scan | undefined {
  const match = /^(scrub repaired|resilvered)(?: \((.+)\))? (\S+) in (.+) with (\d+) errors on (.+)$/.exec(line);
  if (match === null) return undefined;
  const [, verb, vdev, size, took, errors, on] = match;
  const end = parseTime(on, place);
  const kind = verb === 'scrub repaired' ? 'scrub' : kindOf('resilver', vdev);
  return {
    ...unknownScan,
    kind,
    state: 'finished',
    vdev,
    // Of a sequential resilver the duration is that of its work, which is shorter than from start to end.
    start: kind === 'rebuild' ? undefined : end - duration(took, place),
    end,
    errors: integer(errors, place),
    done: bytes(size, place),
  };
}

function finishedErrorScrub(line: string, place: string): Scan | undefined {
  const match = /^scrubbed (\d+) error blocks in (.+) on (.+)$/.exec(line);
  if (match === null) return undefined;
  const [, blocks, took, on] = match;
  const end = parseTime(on, place);
  return {
    ...unknownScan,
    kind: 'error scrub',
    state: 'finished',
    start: end - duration(took, place),
    end,
    done: integer(blocks, place),
  };
}

function cancelled(line: string, place: string): Scan | undefined {
  const match = /^(scrub|resilver|error scrub)(?: \((.+)\))? canceled on (.+)$/.exec(line);
  if (match === null) return undefined;
  const [, word, vdev, on] = match;
  return {
    ...unknownScan,
    kind: kindOf(word, vdev),
    state: 'cancelled',
    vdev,
    end: parseTime(on, place),
  };
}

function running(line: string, more: string, place: string): Scan | undefined {
  const match = /^(scrub|resilver|error scrub)(?: \((.+)\))? (in progress|paused) since (.+)$/.exec(line);
  if (match === null) return undefined;
  const [, word, vdev, how, since] = match;
  const paused = how === 'paused';
  const startedOn = /scrub started on (.+)/.exec(more)?.[1];
  return {
    ...unknownScan,
    kind: kindOf(word, vdev),
    state: 'running',
    paused,
    vdev,
    start: paused ? (startedOn === undefined ? undefined : parseTime(startedOn, place)) : parseTime(since, place),
    ...progress(more, place),
  };
}

/**
 * What follows `expand:` (print_raidz_expand_status):
 *
 *     expanded raidz1-0 copied 72.4M in 00:00:15, on Sun Nov 22 10:09:25 2026
 *     expansion of raidz1-0 in progress since Sun Nov 22 10:09:10 2026
 *     ␉19.1M / 86.1M copied at 1.73M/s, 22.14% done, 00:00:38 to go   (or: paused for resilver or clear)
 */
export function parseExpansion(text: string, place: string): Scan {
  const finish = /^expanded (\S+) copied (\S+) in (.+), on (.+)/.exec(text);
  if (finish !== null) {
    const [, vdev, size, took, on] = finish;
    const end = parseTime(on, place);
    const start = end - duration(took, place);
    return { ...unknownScan, kind: 'expansion', state: 'finished', vdev, start, end, done: bytes(size, place) };
  }
  const [, vdev, since, copied, total] =
    /^expansion of (\S+) in progress since (.+)\n\s*(\S+) \/ (\S+) copied/.exec(text) ?? fail(text, place);
  return {
    ...unknownScan,
    kind: 'expansion',
    state: 'running',
    vdev,
    paused: text.includes('paused for resilver'),
    start: parseTime(since, place),
    done: bytes(copied, place),
    total: bytes(total, place),
  };
}

/**
 * What follows `remove:` (print_removal_status):
 *
 *     Removal of vdev 1 copied 29.0M in 0h0m, completed on Sun Nov 22 10:09:02 2026
 *     Removal of /dev/sdc1 canceled on Sun Nov 22 10:09:02 2026
 *     Evacuation of /dev/sdc1 in progress since Sun Nov 22 10:08:55 2026
 *     ␉26.5K copied out of 29.0M at 4.42K/s, 0.09% done, 1h51m to go
 */
export function parseRemoval(text: string, place: string): Scan {
  const [, size, completed] = /^Removal of vdev \d+ copied (\S+) in \S+, completed on (.+)/.exec(text) ?? [];
  if (completed !== undefined) {
    return {
      ...unknownScan,
      kind: 'removal',
      state: 'finished',
      end: parseTime(completed, place),
      done: bytes(size, place),
    };
  }
  const canceled = /^Removal of .+ canceled on (.+)/.exec(text)?.[1];
  if (canceled !== undefined)
    return { ...unknownScan, kind: 'removal', state: 'cancelled', end: parseTime(canceled, place) };
  const [, since, copied, total] =
    /^Evacuation of .+ in progress since (.+)\n\s*(\S+) copied out of (\S+)/.exec(text) ?? fail(text, place);
  return {
    ...unknownScan,
    kind: 'removal',
    state: 'running',
    start: parseTime(since, place),
    done: bytes(copied, place),
    total: bytes(total, place),
  };
}

/** What follows `checkpoint:`: `created Sun Nov 22 10:23:52 2026, consumes 19.2M` or `discarding, 1.2M remaining.` */
export function parseCheckpoint(text: string | undefined, place: string): Checkpoint | undefined {
  if (text === undefined) return undefined;
  if (text.startsWith('discarding')) return { created: undefined, discarding: true };
  const created = /^created (.+), consumes/.exec(text)?.[1];
  if (created === undefined) throw unexpected(`${place}, checkpoint`, 'a time of creation', text);
  return { created: parseTime(created, place), discarding: false };
}

function progress(text: string, place: string): Pick<Scan, 'done' | 'scanned' | 'issued' | 'total'> {
  const size = (word: string | undefined): number | undefined => (word === undefined ? undefined : bytes(word, place));
  const [, issued, total] = /(\S+) \/ (\S+) issued/.exec(text) ?? /(\S+) issued.*, (\S+) total/.exec(text) ?? [];
  const scanned = /(\S+) (?:\/ \S+ )?scanned/.exec(text)?.[1];
  const done = /(\S+) (?:repaired|resilvered),/.exec(text)?.[1];
  const blocks = /issued I\/O for (\d+) error blocks/.exec(text)?.[1];
  return {
    done: size(done) ?? integer(blocks, place),
    scanned: size(scanned),
    issued: size(issued),
    total: size(total),
  };
}

/** A resilver that names a vdev is a sequential one. */
function kindOf(word: string | undefined, vdev: string | undefined): Scan['kind'] {
  if (word === 'error scrub' || word === 'scrub') return word;
  return vdev === undefined ? 'resilver' : 'rebuild';
}

/** `28.8M`, `0B`: powers of 1024. The decimal sign is the locale's in principle; ours is C.UTF-8. */
function bytes(text: string | undefined, place: string): number {
  const match = /^(\d+(?:\.\d+)?)([BKMGTPEZ])?$/.exec(text ?? '');
  if (match === null) throw unexpected(`${place}, scan`, 'a size', text);
  return Math.round(Number(match[1]) * 1024 ** Math.max(0, 'BKMGTPEZ'.indexOf(match[2] ?? 'B')));
}

/** `00:00:15`, `2 days 03:04:05`. */
function duration(text: string | undefined, place: string): number {
  const match = /^(?:(\d+) days )?(\d+):(\d+):(\d+)$/.exec(text ?? '');
  if (match === null) throw unexpected(`${place}, scan`, 'a duration', text);
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
}

/** ctime(3) in UTC: `Sun Nov 22 08:47:00 2026`, the day padded with a space. */
export function parseTime(text: string | undefined, place: string): number {
  const match = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d+) (\d\d:\d\d:\d\d) (\d{4})$/.exec(text?.trim() ?? '');
  const at = match === null ? Number.NaN : Date.parse(`${match[2]} ${match[1]} ${match[4]} ${match[3]} UTC`);
  if (Number.isNaN(at)) throw unexpected(`${place}, scan`, 'a date', text);
  return at / 1000;
}
