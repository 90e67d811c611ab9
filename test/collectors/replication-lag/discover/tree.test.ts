import { describe, expect, test } from 'vitest';
import { excludedBelow } from '../../../../collectors/replication-lag/discover/tree.ts';

const names = ['r', 'r/a', 'r/a/x', 'r/a/y', 'r/b', 'r/b/x', 'rest'];

describe('what is left out below a root', () => {
  test.each([
    [['r', 'r/a', 'r/a/x', 'r/a/y', 'r/b', 'r/b/x'], []],
    [
      ['r', 'r/b', 'r/b/x'],
      ['r/a', 'r/a/**'],
    ],
    [
      ['r/a/x', 'r/b'],
      ['r', 'r/a', 'r/a/y', 'r/b/x'],
    ],
    [[], ['r', 'r/**']],
  ])('of those that are carried, %j', (carried, expected) => {
    expect(excludedBelow('r', names, (name) => carried.includes(name))).toStrictEqual(expected);
  });
});
