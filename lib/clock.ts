import type { Seconds } from './host.ts';

/** What was read a moment after `now` may be a little later. */
const ahead: Seconds = 60;

/**
 * Whether less than `span` has passed from `time` to `now`, both UNIX times. A time that is still to come was told by a
 * clock that was wrong, and counts as long ago: nothing that was remembered then holds us up now.
 */
export function isRecent(time: Seconds, span: Seconds, now: Seconds): boolean {
  return now - time < span && time - now < ahead;
}
