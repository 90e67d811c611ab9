import { type Attempt, unexpected } from '../../lib/parse.ts';
import type { Scan } from './pool-status.ts';

/**
 * A scan without what makes no sense, in JSON as in text: after a clock that was wrong, or a counter of the kernel that
 * went below zero (openzfs/zfs#17990), zpool prints a scrub of 213503982334601 days or 16.0E issued.
 */
export function plausible(scan: Scan, place: string, attempt: Attempt): Scan {
  const end = attempt(() => moment(scan.end, `${place}, end of the ${scan.kind}`));
  const started = attempt(() => moment(scan.start, `${place}, start of the ${scan.kind}`));
  const total = attempt(() => below64(scan.total, `${place}, total of the ${scan.kind}`));
  return {
    ...scan,
    end,
    start: attempt(() => beforeEnd(started, end, `${place}, start of the ${scan.kind}`)),
    total,
    done: attempt(() => below64(scan.done, `${place}, bytes done by the ${scan.kind}`)),
    scanned: attempt(() => below64(scan.scanned, `${place}, bytes scanned by the ${scan.kind}`)),
    issued: attempt(() => issuedOf(scan.issued, total, `${place}, bytes issued by the ${scan.kind}`)),
  };
}

type Value = Scan['done'];

/** No scan is from a time before or long after ours. */
function moment(time: number | undefined, place: string): number | undefined {
  if (time !== undefined && !(time >= 0 && time < 2 ** 34)) throw unexpected(place, 'a UNIX time', String(time));
  return time;
}

function beforeEnd(start: number | undefined, end: number | undefined, place: string): number | undefined {
  if (start !== undefined && end !== undefined && start > end) {
    throw unexpected(place, `a time before its end ${end}`, String(start));
  }
  return start;
}

function below64(bytes: Value, place: string): Value {
  if (bytes !== undefined && !(bytes >= 0 && bytes < 2 ** 63)) throw unexpected(place, '0 to 8 EiB', String(bytes));
  return bytes;
}

/** A bit more than the total is usual, ten times as much is not. */
function issuedOf(issued: Value, total: Value, place: string): Value {
  if (issued !== undefined && total !== undefined && total > 0 && Number(issued) > 10 * Number(total)) {
    throw unexpected(place, `not much more than the total of ${total}`, String(issued));
  }
  return below64(issued, place);
}
