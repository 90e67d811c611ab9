import { expect, test } from 'vitest';
import { nameOf, places, tryPlace } from './matrix.ts';

// What does not apply is in the table of `npm run test:faults`, with its reason.
const tried = places(false).filter(({ reason }) => reason === undefined);

// Some run a collector many times, on a machine that may have other things to do.
test.concurrent.each(tried.map((place) => [nameOf(place), place] as const))(
  '%s',
  async (_, place) => {
    expect(await tryPlace(place, false)).toEqual([]);
  },
  180_000,
);
