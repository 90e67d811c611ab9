import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { collectors } from '../../collectors/index.ts';
import { promtool, withoutPromtool } from '../promtool.ts';
import { fixture, replayOptions, readFixture } from '../replay.ts';

/** Names that existing rules and dashboards use, so that they stay as they are. */
const documented = [
  ...['zfs_snapshot_count', 'tcp_connection_count'].map(
    (name) => `${name} non-histogram and non-summary metrics should not have "_count" suffix`,
  ),
  // Only with the setting tcp_info: quantiles over the sockets of the moment, which no summary can hold.
  'tcp_rtt_seconds non-summary metrics should not have "quantile" label',
];

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

/** All that promtool says but for what is documented. It ends with 3 where it only finds fault with the style. */
async function complaints(text: string): Promise<string[]> {
  const { all, exitCode } = await promtool(['check', 'metrics'], text);
  const lines = all.split('\n').filter((line) => line !== '');
  const unexpected = lines.filter((line) => !documented.includes(line));
  if (unexpected.length > 0) return unexpected;
  return exitCode === (lines.length === 0 ? 0 : 3) ? [] : [`exit status ${exitCode}`];
}
