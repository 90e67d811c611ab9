import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, test, vi } from 'vitest';
import { type Machine, alone, envOf, optionsOf, recordedMachine, supported, tool } from './machine.ts';

describe.each(supported.slice(0, 2))('a run that is stopped on Node.js %s', (_release, runtime) => {
  // As systemd does with KillMode=process: the signal is for the collector alone.
  test.each([
    ['SIGTERM', 'a command that takes it', 'exec sleep 40'],
    ['SIGTERM', 'a command that ignores it', "trap '' TERM INT HUP; sleep 40; sleep 40"],
    ['SIGINT', 'a command that ignores it', "trap '' TERM INT HUP; exec sleep 40"],
    ['SIGHUP', 'a command', 'exec sleep 40'],
  ] as const)('by %s ends %s, and leaves the file as it was', async (signal, _what, script) => {
    const machine = await recordedMachine();
    for (const name of ['zpool', 'zfs']) await tool(machine, name, `echo $$ >> '${machine.folder}/pids'\n${script}`);
    const file = path.join(machine.folder, 'out/zfs.prom');
    await writeFile(file, 'zfs_module_loaded 1\n');
    const { env, extendEnv } = envOf(machine);
    const child = execa(runtime, [await alone('zfs'), ...optionsOf(machine)], { env, extendEnv, reject: false });
    const pids = await startedBy(machine, 4);
    child.kill(signal);
    const result = await child;
    expect({ signal: result.signal, stdout: result.stdout, stderr: result.stderr }).toEqual({
      signal,
      stdout: '',
      stderr: `zfs: stopped by ${signal}: the file stays as it was`,
    });
    expect(pids.filter((pid) => existsSync(`/proc/${pid}/exe`))).toEqual([]);
    expect(await readFile(file, 'utf8')).toBe('zfs_module_loaded 1\n');
    expect(existsSync(path.join(machine.folder, 'state/zfs.json'))).toBe(false);
  });

  test('leaves a note of a command that nothing ends', async ({ skip }) => {
    const machine = await recordedMachine();
    const { folder } = machine;
    // Writing to a frozen filesystem is an uninterruptible sleep.
    for (const name of ['zpool', 'zfs'])
      await tool(machine, name, `echo $$ >> '${folder}/pids'; : > '${folder}/mnt/${name}'`);
    const script = [
      'cd "$0" && truncate -s 16M img && mkfs.ext4 -q img && mkdir mnt && mount -o loop img mnt || exit 77',
      'fsfreeze -f mnt || exit 77',
      `trap 'fsfreeze -u mnt' EXIT`,
      'PATH=$0/bin:$PATH "$@" & until [ "$(wc -l < pids)" -ge 4 ]; do sleep 0.1; done 2> /dev/null',
      'kill -TERM $!; wait $!; echo "status $?"; cat state/zfs.survivors.json',
    ].join('\n');
    const words = [runtime, await alone('zfs'), ...optionsOf(machine)];
    const { stdout, exitCode } = await execa('unshare', ['-m', 'sh', '-c', script, folder, ...words], {
      reject: false,
    });
    skip(exitCode === 77 || process.getuid?.() !== 0 || stdout === '', 'no filesystem can be frozen here');
    const [status, note = ''] = stdout.split('\n');
    expect(status).toBe('status 143');
    expect(JSON.parse(note)).toHaveLength(4);
  });
});

/** The process numbers of `count` commands that run. */
async function startedBy({ folder }: Machine, count: number): Promise<string[]> {
  const read = async (): Promise<string[]> => (await readFile(path.join(folder, 'pids'), 'utf8')).trim().split('\n');
  await vi.waitFor(async () => expect((await read()).length).toBe(count), { timeout: 10_000, interval: 50 });
  return read();
}
