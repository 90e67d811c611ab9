import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Command } from '../../../lib/host.ts';
import { openFollowed } from '../../../lib/machine/followed.ts';
import { liveHost } from '../../../lib/machine/live-host.ts';
import { openSurvivors } from '../../../lib/machine/survivors.ts';
import { scratchMachine, sh } from './scratch.ts';

const { at, noted } = scratchMachine();

/** A machine whose runs share what they follow, as with --follow. */
function following(stop = new AbortController().signal) {
  const followed = openFollowed(stop);
  const host = liveHost({
    procfs: at('proc'),
    sysfs: at('sys'),
    stateDir: at('state'),
    timeout: 60,
    stop,
    survivors: openSurvivors(noted()),
    followed,
  });
  const isLast = (line: string): boolean => line === 'end';
  return { followed, frame: async (command: Command, timeout = 20) => host.frame(command, isLast, { timeout }) };
}

const whole = (stdout: string) => ({ ended: 'exit', exitCode: 0, stdout, stderr: '' });
const alive = (pid: string): boolean => existsSync(`/proc/${pid.trim()}/exe`);

describe('frames', () => {
  test('come one after the other from one command, and the next one begins where the last one ended', async () => {
    const { frame, followed } = following();
    const wait = `until [ -e '${at('go')}' ]; do sleep 0.05; done`;
    const command = sh(`echo $$; echo end; ${wait}; echo 2; echo end; exec sleep 100`);
    const first = await frame(command);
    expect(first.stdout).toMatch(/^\d+\nend\n$/);
    const second = frame(command);
    writeFileSync(at('go'), '');
    expect(await second).toEqual(whole('2\nend\n'));
    expect(followed.outlook()).toBe('wait');
    await followed.end();
    expect(alive(first.stdout.split('\n')[0] ?? '')).toBe(false);
  });

  test('that nobody asks for are replaced by the newest', async () => {
    const { frame, followed } = following();
    const wait = `until [ -e '${at('go')}' ]; do sleep 0.05; done`;
    const command = sh(`echo 1; echo end; ${wait}; echo 2; echo end; echo 3; echo end; echo cut; exec sleep 100`);
    await frame(command);
    writeFileSync(at('go'), '');
    await delay(500);
    expect(await frame(command)).toEqual(whole('3\nend\n'));
    await followed.end();
  });

  test('that are cut short are dropped, and the answer says how it ended', async () => {
    const { frame, followed } = following();
    const command = sh('echo 1; echo end; echo 2; echo no >&2; exit 3');
    expect(await frame(command)).toEqual(whole('1\nend\n'));
    expect(await frame(command)).toMatchObject({ ended: 'exit', exitCode: 3, cut: true, stdout: '', stderr: 'no\n' });
    expect(followed.outlook()).toBe('again');
    expect(await frame(command)).toEqual(whole('1\nend\n'));
    await followed.end();
  });

  test.each<[string, Command, object, string]>([
    ['is not installed', ['no-such-program-here'], { ended: 'missing' }, 'end'],
    ['fails before its first', sh('echo 1; echo no >&2; exit 1'), { exitCode: 1, stderr: 'no\n' }, 'end'],
    ['ends well without one', sh('echo 1'), { exitCode: 0, cut: true }, 'end'],
    ['is killed', sh('echo 1; kill -9 $$'), { ended: 'signal' }, 'again'],
    ['prints too much', ['yes', 'x'], { ended: 'signal', stderr: 'printed a frame of more than 256 KiB' }, 'again'],
  ])('of a command that %s: none', async (_, command, expected, outlook) => {
    const { frame, followed } = following();
    expect(await frame(command)).toMatchObject({ ...expected, stdout: '' });
    expect(followed.outlook()).toBe(outlook);
  });

  test('that do not come in time: the command is ended, and started anew', async () => {
    const { frame, followed } = following();
    const command = sh('echo 1; exec sleep 100');
    expect(await frame(command, 1)).toMatchObject({ ended: 'timeout', stdout: '' });
    expect(followed.outlook()).toBe('again');
  });

  test('the time is from one to the next, whoever waits', async () => {
    const { frame, followed } = following();
    const command = sh('echo 1; echo end; exec sleep 100');
    await frame(command, 1);
    await followed.news();
    const start = performance.now();
    expect((await frame(command, 1)).ended).toBe('timeout');
    expect(performance.now() - start).toBeLessThan(900);
  });

  test('that are refused end the command, and are an error', async () => {
    const { followed } = following();
    const refuse = (line: string): boolean => {
      throw new TypeError(`no ${line}`);
    };
    const options = { timeout: 20, onStuck: () => {} };
    await expect(followed.next('/usr/bin/yes', ['yes'], refuse, options)).rejects.toThrow('no y');
    expect(followed.outlook()).toBe('end');
  });

  test('end with the run that is stopped', async () => {
    const stop = new AbortController();
    const { frame, followed } = following(stop.signal);
    const command = sh('echo $$; echo end; exec sleep 100');
    const { stdout } = await frame(command);
    const next = frame(command);
    stop.abort();
    expect((await next).ended).toBe('timeout');
    expect(alive(stdout.split('\n')[0] ?? '')).toBe(false);
    await followed.news();
  });
});
