import { execa } from 'execa';

/** Whether whoever runs the tests leaves these out: TEXTFILE_TEST_WITHOUT=promtool,packages. */
export function isLeftOut(word: string): boolean {
  return (process.env['TEXTFILE_TEST_WITHOUT'] ?? '').split(',').includes(word);
}

/** What to say where a tool that tests need is not there. */
export function missingTool(tool: string, debianPackage: string, word: string): string {
  return (
    `Cannot test with ${tool}: expected it on PATH, got none; install the Debian package ${debianPackage}, ` +
    `or leave these tests out with TEXTFILE_TEST_WITHOUT=${word}`
  );
}

/** Throws where the tool is not there. */
export async function demandTool(tool: string, debianPackage: string, word: string): Promise<void> {
  const { code } = await execa(tool, ['--version'], { reject: false });
  if (code === 'ENOENT') throw new Error(missingTool(tool, debianPackage, word));
}
