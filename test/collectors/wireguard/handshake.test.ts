import { expect, test } from 'vitest';
import { handshakeTime, statusOf } from '../../../collectors/wireguard/handshake.ts';

const now = 1_795_331_300.4;

test.each<[string, number | bigint | undefined, number, boolean, number | bigint | undefined]>([
  ['a time', 1_795_331_279, now, true, 1_795_331_279],
  ['never', 0, now, true, 0],
  ['never, outside the kernel', 0, now, false, 0],
  ['nothing that can be read', undefined, now, true, undefined],
  ['an age, of boringtun', 17, now, false, 1_795_331_283],
  ['a time of before the clock was set', 120, now, true, 0],
  ['the same, and the clock is not set yet', 120, 200, true, 120],
  ['a time of the future', 1_795_334_000, now, true, 1_795_334_000],
])('%s', (_name, printed, at, inKernel, expected) => {
  expect(handshakeTime(printed, at, inKernel)).toBe(expected);
});

test('how a peer is', () => {
  const of = (handshake: number): string => statusOf(handshake, now, 180);
  expect([0, now - 181, now - 180, now + 3600].map(of)).toEqual(['never', 'stale', 'recent', 'recent']);
});
