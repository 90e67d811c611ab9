import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { collectors } from '../../collectors/index.ts';
import { complaints, withoutPromtool } from '../promtool.ts';
import { fixture, replayOptions, readFixture } from '../replay.ts';

const goldens = readdirSync(fixture()).flatMap((collector) =>
  readdirSync(fixture(collector))
    .map((name) => path.join(collector, name, 'expected.prom'))
    .filter((file) => existsSync(fixture(file))),
);

describe.skipIf(withoutPromtool)('promtool check metrics', () => {
  test.each(goldens)('%s', async (file) => {
    expect(await complaints(readFixture(file))).toEqual([]);
  });

  test.each(collectors)('what the bundle of $name prints', async ({ name }) => {
    const bundle = path.join(import.meta.dirname, '../../dist', `${name}.js`);
    const { stdout } = await execa(process.execPath, [bundle, '--stdout', ...replayOptions(name, 'healthy')], {
      stripFinalNewline: false,
    });
    expect(await complaints(stdout)).toEqual([]);
  });

  test('complains about what is wrong', async () => {
    const text = '# HELP zfs_pool_size Size.\n# TYPE zfs_pool_size counter\nzfs_pool_size 1\n';
    expect(await complaints(text)).toEqual([expect.stringContaining('_total')]);
    expect(await complaints('zfs_pool_size{ 1\n')).toEqual([expect.stringContaining('parsing')]);
  });
});
