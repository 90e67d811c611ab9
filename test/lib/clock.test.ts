import { expect, test } from 'vitest';
import { isRecent } from '../../lib/clock.ts';

const now = 1_795_000_000;
const hour = 3600;

test.each([
  ['just now', now, true],
  ['a moment later than now', now + 2, true],
  ['within the span', now - hour + 1, true],
  ['a span ago', now - hour, false],
  ['by a clock that stood at 1970', 12, false],
  ['by a clock that stood an hour ahead', now + hour, false],
  ['by a clock that stood in 2038', 2 ** 31, false],
  ['by a clock that stood ten years ahead', now + 10 * 365 * 86_400, false],
])('what was %s', (_, time, expected) => {
  expect(isRecent(time, hour, now)).toBe(expected);
});
