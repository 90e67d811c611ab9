import { existsSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Command, RunOptions } from '../../../lib/host.ts';
import { node, scratchMachine, sh } from './scratch.ts';

const { at, noted, host } = scratchMachine();
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a command', () => {
  test.each<[string, Command, object]>([
    ['that is done', sh('printf "a\\n\\nb"'), { ended: 'exit', exitCode: 0, stdout: 'a\n\nb', stderr: '' }],
    [
      'that fails',
      sh('echo out; echo no >&2; exit 3'),
      { ended: 'exit', exitCode: 3, stdout: 'out\n', stderr: 'no\n' },
    ],
    ['that is killed', sh('kill -9 $$'), { ended: 'signal', stdout: '', stderr: '' }],
    ['that reads stdin', ['cat'], { ended: 'exit', exitCode: 0, stdout: '', stderr: '' }],
    ['that is not installed', ['no-such-program-here', 'x'], { ended: 'missing', stdout: '' }],
    ['that is no program', ['/'], { ended: 'signal', stdout: '' }],
    ['with more arguments than fit', ['true', 'x'.repeat(300_000)], { ended: 'signal', stdout: '' }],
    ['with a NUL in an argument', ['true', 'a\0b'], { ended: 'signal', stdout: '' }],
  ])('%s', async (_, command, expected) => {
    const output = await host().run(command);
    expect(output).toMatchObject(expected);
    expect('exitCode' in output).toBe('exitCode' in expected);
  });

  test('gets its arguments as they are, without a shell', async () => {
    const names = [
      'tank/my data',
      '"',
      "it's",
      '%s%n',
      '$HOME',
      '`id`',
      '*',
      '; exit 1',
      'Zürich/日本🦊',
      'a\nb',
      '\\',
      '',
      '-n',
    ];
    const { stdout } = await host().run(node('console.log(JSON.stringify(process.argv.slice(1)))', ...names));
    expect(JSON.parse(stdout)).toEqual(names);
  });

  test.each([
    ['/opt/zfs/bin', '/opt/zfs/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    ['', '/usr/sbin:/usr/bin:/sbin:/bin'],
  ])('gets no more of our environment than PATH (%j) and HOME', async (ours, expected) => {
    const given = { PATH: ours, HOME: '/root', LC_ALL: 'de_DE.UTF-8', LANG: 'de', TZ: 'Asia/Tokyo', ZFS_COLOR: '1' };
    for (const [name, value] of Object.entries(given)) vi.stubEnv(name, value);
    const { stdout } = await host().run(node('console.log(JSON.stringify(process.env))'));
    expect(JSON.parse(stdout)).toEqual({ PATH: expected, HOME: '/root', LC_ALL: 'C.UTF-8', TZ: 'UTC' });
  });

  test('may say more on stderr than is kept', async () => {
    const output = await host().run(node('process.stderr.write("é".repeat(1e6), () => console.log("done"))'));
    expect(output).toMatchObject({ ended: 'exit', exitCode: 0, stdout: 'done\n' });
    expect(output.stderr).toMatch(/^é{1000}/);
    expect(output.stderr.length).toBeLessThan(200_000);
  });
});

describe('a time limit', () => {
  test.each([
    ['a command that takes SIGTERM', 'echo $$; exec sleep 100'],
    ['a command that ignores SIGTERM', 'trap "" TERM; echo $$; exec sleep 100'],
    ['a command that ends well on SIGTERM', 'echo $$; trap "exit 0" TERM; while :; do sleep 0.1; done'],
  ])('ends %s', async (_, script) => {
    const output = await host().run(sh(script), { timeout: 1 });
    expect(output.ended).toBe('timeout');
    expect(output).not.toHaveProperty('exitCode');
    expect(output.stdout).toMatch(/^\d+\n$/);
    expect(alive(output.stdout.trim())).toBe(false);
    expect(existsSync(noted())).toBe(false);
  });

  test.each<[string, Command, Partial<RunOptions>, string]>([
    ['would fill the memory', ['cat', '/dev/zero'], {}, 'printed more than 256 KiB'],
    [
      'prints more than its text can be',
      ['head', '-c', '1048577', '/dev/zero'],
      { maxText: 1_048_576 },
      'printed more than 1024 KiB',
    ],
  ])('ends a command that %s', async (_, command, options, stderr) => {
    expect(await host().run(command, options)).toMatchObject({ ended: 'signal', stderr });
  });

  test.each([
    ['has ended by itself', 'sleep 20 & echo $!; exit 0'],
    ['is ended', 'sleep 20 & echo $!; wait'],
  ])('counts for what holds the pipes of a command that %s', async (_, script) => {
    const output = await host().run(sh(script), { timeout: 1 });
    expect(output.ended).toBe('timeout');
    expect(Number(output.stdout)).toBeGreaterThan(1);
    process.kill(Number(output.stdout), 'SIGKILL');
  });

  test('is never longer than what is left of the run', async () => {
    expect((await host(3).run(['sleep', '100'], { timeout: 100 })).ended).toBe('timeout');
  });

  test.each([-1, 0, 2])('nothing is started with %d seconds left', async (seconds) => {
    const marker = at('started');
    expect(await host(seconds).run(['touch', marker])).toEqual({ ended: 'late', stdout: '', stderr: '' });
    expect(existsSync(marker)).toBe(false);
  });
});

describe('a run that is stopped', () => {
  test.each([
    ['a command', 'echo $$; exec sleep 100'],
    ['a command that ignores SIGTERM', 'trap "" TERM; echo $$; exec sleep 100'],
  ])('ends %s, and starts no other', async (_, script) => {
    const stop = new AbortController();
    const machine = host(60, stop.signal);
    const pids: string[] = [];
    const output = await machine.lines(sh(script), (pid) => {
      pids.push(pid);
      stop.abort();
    });
    expect(output.ended).toBe('timeout');
    expect(pids.map(alive)).toEqual([false]);
    expect((await machine.run(['touch', at('started')])).ended).toBe('late');
    expect(existsSync(at('started'))).toBe(false);
  });
});

/** Whether there is such a process, other than as a zombie. */
function alive(pid: string): boolean {
  return existsSync(`/proc/${pid}/exe`);
}
