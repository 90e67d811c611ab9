import { expect, test } from 'vitest';
import { okay } from '../../lib/host.ts';

test('what went well is handed on', () => {
  const output = { ended: 'exit', exitCode: 0, stdout: 'tank\n', stderr: '' } as const;
  expect(okay(['zpool', 'list'], output)).toBe(output);
});

test.each([
  [{ ended: 'exit', exitCode: 1 }, "cannot open 'x'\nusage:", "zpool list: exit status 1: cannot open 'x'"],
  [{ ended: 'timeout' }, '', 'zpool list: did not answer in time and was ended'],
  [{ ended: 'missing' }, '', 'zpool is not installed'],
] as const)('%o is thrown in one line', (end, stderr, message) => {
  expect(() => okay(['zpool', 'list'], { ...end, stdout: '', stderr })).toThrow(new Error(message));
});
