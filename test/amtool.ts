import { execa } from 'execa';
import { isLeftOut, missingTool } from './tools.ts';

/** Whether the tests that need amtool are left out. */
export const withoutAmtool = isLeftOut('amtool');

/** Runs amtool; `stdout` is what it answers, `all` also what it warns of. */
export async function amtool(options: readonly string[]) {
  const { code, exitCode, stdout, all } = await execa('amtool', options, { reject: false, all: true });
  if (code !== 'ENOENT') return { exitCode, stdout, all };
  throw new Error(missingTool('amtool', 'prometheus-alertmanager', 'amtool'));
}
