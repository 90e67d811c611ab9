import { expect, test } from 'vitest';
import { inParallel } from '../../lib/parallel.ts';

test('keeps the order of the items and no more than the limit at work', async () => {
  let working = 0;
  let most = 0;
  const results = await inParallel([5, 1, 4, 2, 3], 2, async (item) => {
    working += 1;
    most = Math.max(most, working);
    await new Promise((resolve) => setTimeout(resolve, item));
    working -= 1;
    return item * 10;
  });
  expect(results).toEqual([50, 10, 40, 20, 30]);
  expect(most).toBe(2);
});

test('has nothing to do for no items', async () => {
  expect(await inParallel([], 2, async (item) => item)).toEqual([]);
});
