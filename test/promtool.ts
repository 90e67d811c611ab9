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
  const { code, exitCode, all } = await execa('promtool', options, { input, reject: false, all: true });
  if (code !== 'ENOENT') return { exitCode, all };
  throw new Error(missingTool('promtool', 'prometheus', 'promtool'));
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
