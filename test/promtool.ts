import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { isLeftOut, missingTool } from './tools.ts';

/** Whether the tests that need promtool are left out. */
export const withoutPromtool = isLeftOut('promtool');

/** Runs promtool; `all` is what it prints on both streams. */
export async function promtool(options: readonly string[], input = '') {
  const { code, exitCode, all, stdout } = await execa('promtool', options, { input, reject: false, all: true });
  if (code !== 'ENOENT') return { exitCode, all, stdout };
  throw new Error(missingTool('promtool', 'prometheus', 'promtool'));
}

/** Names that existing rules and dashboards use, so that they stay as they are. */
const documented = [
  ...['zfs_snapshot_count', 'tcp_connection_count'].map(
    (name) => `${name} non-histogram and non-summary metrics should not have "_count" suffix`,
  ),
  // Only with the setting tcp_info: quantiles over the sockets of the moment, which no summary can hold.
  'tcp_rtt_seconds non-summary metrics should not have "quantile" label',
];

/** All that promtool says of a text but for what is documented. It ends with 3 where it only finds fault with the style. */
export async function complaints(text: string): Promise<string[]> {
  const { all, exitCode } = await promtool(['check', 'metrics'], text);
  const lines = all.split('\n').filter((line) => line !== '');
  const unexpected = lines.filter((line) => !documented.includes(line));
  if (unexpected.length > 0) return unexpected;
  return exitCode === (lines.length === 0 ? 0 : 3) ? [] : [`exit status ${exitCode}`];
}

/** Runs `promtool test rules`, which wants a file; what it says where it does not succeed. */
export async function promtoolTest(test: unknown): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'textfile-promtool-'));
  try {
    const file = path.join(folder, 'test.yml');
    await writeFile(file, stringify(test));
    const { exitCode, all } = await promtool(['test', 'rules', file]);
    return exitCode === 0 ? '' : all;
  } finally {
    await rm(folder, { recursive: true });
  }
}
