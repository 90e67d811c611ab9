import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { describe, expect, test, vi } from 'vitest';
import type { Command } from '../../../lib/host.ts';
import { openSurvivors } from '../../../lib/machine/survivors.ts';
import { scratchMachine } from './scratch.ts';

const { at, noted, host } = scratchMachine();
const canUnshare = spawnSync('unshare', ['-m', 'true']).status === 0;

/** Field 22 of proc_pid_stat(5), of a process whose name is known. */
function started(pid: number | undefined): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(') ')).split(' ')[20] ?? '';
}

describe('survivors', () => {
  const list: Command = ['zpool', 'list'];

  function note(pid: number | undefined, start: string, command: Command = list): void {
    writeFileSync(noted(), JSON.stringify([{ pid, started: start, command }]));
  }

  test('one that lives keeps its command, and the same program unless endable, from being started', async () => {
    note(process.pid, started(process.pid));
    const survivors = openSurvivors(noted());
    const commands: Command[] = [list, ['zpool', 'status'], ['zpool'], ['zfs', 'list']];
    expect(commands.map((command) => [survivors.blocks(command, false), survivors.blocks(command, true)])).toEqual([
      [true, true],
      [true, false],
      [true, false],
      [false, false],
    ]);
  });

  test('one whose name holds blanks and parentheses is found, too', async () => {
    const program = at('x) (y 1 2');
    symlinkSync(spawnSync('which', ['sleep'], { encoding: 'utf8' }).stdout.trim(), program);
    const child = spawn(program, ['100'], { argv0: 'sleep' });
    note(child.pid, started(child.pid));
    expect(openSurvivors(noted()).blocks(list, false)).toBe(true);
    child.kill('SIGKILL');
    await vi.waitUntil(() => child.signalCode !== null);
    expect(openSurvivors(noted()).blocks(list, false)).toBe(false);
  });

  test('another process by its number is not one', async () => {
    note(process.pid, '1');
    expect(openSurvivors(noted()).blocks(list, false)).toBe(false);
  });

  test.each(['', '[', '{}', '[1]', '[{"pid":"1","started":"1","command":["zpool"]}]'])(
    'a file that holds %j counts as none',
    async (text) => {
      writeFileSync(noted(), text);
      expect(openSurvivors(noted()).blocks(list, false)).toBe(false);
    },
  );

  test('add is for this run and the next ones; who is gone is forgotten', async () => {
    const gone = spawnSync('true').pid;
    note(gone, '1', ['wg', 'show']);
    const survivors = openSurvivors(noted());
    survivors.add(['zfs', 'list'], gone);
    survivors.add(['zfs', 'list'], undefined);
    expect(survivors.blocks(['zfs', 'list'], false)).toBe(false);
    survivors.add(list, process.pid);
    expect(survivors.blocks(list, true)).toBe(true);
    expect(openSurvivors(noted()).blocks(list, true)).toBe(true);
    expect(JSON.parse(readFileSync(noted(), 'utf8'))).toMatchObject([{ pid: process.pid, command: list }]);
  });

  test('a blocked command is not started', async () => {
    note(process.pid, started(process.pid), ['touch', '/elsewhere']);
    const marker = at('started');
    const machine = host();
    expect(await machine.run(['touch', marker])).toEqual({ ended: 'busy', stdout: '', stderr: '' });
    expect(existsSync(marker)).toBe(false);
    expect((await machine.run(['touch', marker], { endable: true })).ended).toBe('exit');
  });
});

/** Writing to a frozen filesystem is an uninterruptible sleep; in a mount namespace of its own, and only where root can. */
describe.runIf(canUnshare)('a command that not even SIGKILL ends', () => {
  const contents = `
    import { liveHost } from './lib/machine/live-host.ts';
    import { openSurvivors } from './lib/machine/survivors.ts';
    const noted = process.argv[2] + '/survivors.json';
    const survivors = openSurvivors(noted);
    const host = liveHost({ procfs: '', sysfs: '', stateDir: '', timeout: 60, stop: new AbortController().signal, survivors });
    const [first, second] = [
      await host.run(['touch', process.cwd() + '/mnt/x'], { timeout: 1 }),
      await host.run(['touch', process.cwd() + '/mnt/y'], { timeout: 1 }),
    ];
    const next = openSurvivors(noted).blocks(['touch', process.cwd() + '/mnt/x'], true);
    console.log(JSON.stringify([first.ended, second.ended, next]));
    process.exit(0);`;
  const freeze = `
    truncate -s 16M img && mkfs.ext4 -q img && mkdir mnt && mount -o loop img mnt && fsfreeze -f mnt || exit 77
    trap 'fsfreeze -u mnt' EXIT
    "$@"`;

  test.for([
    ['is noted for the next run', 'new/state', true],
    ['costs nothing else where it cannot be noted', 'img/state', false],
  ] as const)('is left behind, is not joined, and %s', ([, stateDir, next], { skip }) => {
    const args = ['-m', 'sh', '-c', freeze, 'sh', process.execPath, bundled(contents), stateDir];
    const { status, stdout, stderr } = spawnSync('unshare', args, { cwd: at(), encoding: 'utf8' });
    skip(status === 77, 'no filesystem can be frozen here');
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual(['stuck', 'busy', next]);
  });
});

/** A program of our sources, for what needs a mount namespace of its own. */
function bundled(contents: string): string {
  const outfile = at('run.mjs');
  const stdin = { contents, resolveDir: path.join(import.meta.dirname, '../../..'), loader: 'ts' } as const;
  const js = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;
  buildSync({ stdin, bundle: true, platform: 'node', format: 'esm', outfile, banner: { js } });
  return outfile;
}
