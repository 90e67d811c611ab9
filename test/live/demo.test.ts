import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isLeftOut } from '../tools.ts';

const root = path.join(import.meta.dirname, '../..');

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(path.join(os.tmpdir(), 'textfile-demo-test-'));
});
afterAll(() => {
  rmSync(scratch, { recursive: true });
});

/** What `npm run demo` runs after the build; as the first of a session of processes that are all its own. */
function demo(env: Readonly<Record<string, string>> = {}) {
  const words = ['--import', 'tsx', path.join(root, 'build/demo/main.ts')];
  return execa(process.execPath, words, {
    cwd: root,
    env: { TMPDIR: scratch, ...env },
    detached: true,
    reject: false,
  });
}

/** Processes of the session that `leader` began; one that has ended may still wait for whoever reads its exit status. */
async function runningOf(leader: number | undefined): Promise<string[]> {
  const { stdout } = await execa('ps', ['-o', 'args=', '--sid', String(leader)], { reject: false });
  return stdout.split('\n').filter((line) => line !== '' && !line.endsWith('<defunct>'));
}

describe.skipIf(isLeftOut('live'))('the demo', () => {
  test('tells of one thing at a time while a machine breaks, dies and comes back', async () => {
    const running = demo();
    const { stdout, stderr, exitCode } = await running;
    const lines = stdout.split('\n').map((line) => line.replace(/^ *[\d.]+ s +(\w+) +(\w+) +/, '$1 $2 '));
    expect({ lines, stderr, exitCode }).toEqual({
      lines: [
        'Everything that has to last or waits is divided by 60: a minute is a second here.',
        '--- healthy',
        '--- one disk is pulled',
        'oncall firing ZFSPoolDegraded (critical): Pool tank on localhost is degraded.',
        '--- the pool is suspended',
        'oncall firing ZFSPoolSuspended (critical): Pool tank on localhost is suspended.',
        '--- the machine is dead',
        'oncall firing NodeDown (critical): localhost does not answer.',
        '--- it is back, and healthy',
        'oncall resolved NodeDown (critical): localhost does not answer.',
        'oncall resolved ZFSPoolSuspended (critical): Pool tank on localhost is suspended.',
        'oncall resolved ZFSPoolDegraded (critical): Pool tank on localhost is degraded.',
      ],
      stderr: '',
      exitCode: 0,
    });
    expect(await runningOf(running.pid)).toEqual([]);
    expect(readdirSync(scratch).filter((name) => name.startsWith('textfile-'))).toEqual([]);
  }, 180_000);

  test('ends all that it started when it is interrupted', async () => {
    const running = demo();
    await once(running.stdout, 'data');
    expect((await runningOf(running.pid)).join(' ')).toContain('prometheus-alertmanager --config.file');
    running.kill('SIGTERM');
    expect(await running).toMatchObject({ exitCode: 143, stderr: '' });
    expect(await runningOf(running.pid)).toEqual([]);
    expect(readdirSync(scratch).filter((name) => name.startsWith('textfile-'))).toEqual([]);
  }, 60_000);

  test('names the package of a program that is missing', async () => {
    const { stdout, stderr, exitCode } = await demo({ PATH: '/nonexistent' });
    expect({ stdout, stderr, exitCode }).toEqual({
      stdout: '',
      stderr: 'demo: Cannot run prometheus: expected it on PATH, got none; install the Debian package prometheus',
      exitCode: 1,
    });
  });
});
