import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'given-up-'));
});
afterAll(async () => rm(folder, { recursive: true }));

test('a command that ignores SIGTERM is not left behind by a run that does not wait for it, nor are many', async () => {
  const [pidFile, program] = [path.join(folder, 'pid'), path.join(folder, 'run.mts')];
  await writeFile(
    program,
    [
      `import { existsSync } from 'node:fs';`,
      `import { runCommand } from ${JSON.stringify(path.resolve('lib/machine/command.ts'))};`,
      `const script = 'trap "" TERM; echo $$ >${pidFile}.new; mv ${pidFile}.new ${pidFile}; while :; do sleep 0.1; done';`,
      `const options = () => ({ timeout: 60, stop: new AbortController().signal, onOutput: () => undefined, onStuck: () => {} });`,
      `void runCommand(['/bin/sh', '-c', script], options());`,
      // Node.js warns of more than ten that listen to one thing.
      `for (let n = 0; n < 15; n += 1) void runCommand(['/bin/sleep', '60'], options());`,
      `setInterval(() => existsSync(${JSON.stringify(pidFile)}) && process.exit(1), 20);`,
    ].join('\n'),
  );
  const { exitCode, stderr } = await execa('node_modules/.bin/tsx', [program], { reject: false });
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
  const pid = Number(await readFile(pidFile, 'utf8'));
  for (let round = 0; round < 100 && isRunning(pid); round += 1) await setTimeout(50);
  expect(isRunning(pid)).toBe(false);
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
