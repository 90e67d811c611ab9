import { existsSync } from 'node:fs';
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { fixture, readFixture, seriesOf } from '../replay.ts';
import {
  alone,
  collect,
  collected,
  envOf,
  expectOnlyTheKernelsWord,
  newMachine,
  optionsOf,
  ownSeries,
  quiet,
  recordedMachine,
  scriptOf,
  sourceOf,
  supported,
  tool,
} from './machine.ts';

describe.each(supported.slice(0, 2))('the bundle of zfs on Node.js %s', (_release, runtime) => {
  test('a machine without ZFS: a valid file, and no command is run', async () => {
    const machine = await newMachine();
    await tool(machine, 'zpool', `echo ran >> '${machine.folder}/mark'`);
    await tool(machine, 'zfs', `echo ran >> '${machine.folder}/mark'`);
    expect(await collect(runtime, machine)).toEqual(quiet(''));
    const series = await collected(machine);
    expect(series.get('zfs_module_loaded')).toBe('0');
    expect(series.get('textfile_collector_success{collector="zfs"}')).toBe('1');
    expect(await readdir(machine.folder)).not.toContain('mark');
  });

  test('a healthy machine: real commands give what their recording gives', async () => {
    const machine = await recordedMachine();
    expect(await collect(runtime, machine)).toEqual(quiet(''));
    const golden = seriesOf(readFixture('zfs', 'healthy', 'expected.prom'));
    expect(ownSeries(await collected(machine))).toEqual(ownSeries(golden));
  });

  test.each([
    ['waits in a shell', 'sleep 40'],
    ['waits and ignores SIGTERM', "trap '' TERM; sleep 40; sleep 40"],
    ['waits by itself', 'exec sleep 40'],
  ])('a tool that %s costs its own samples and not the run', async (_how, script) => {
    const machine = await recordedMachine();
    await tool(machine, 'zpool', script);
    await tool(machine, 'zfs', script);
    const start = Date.now();
    const { stdout, stderr, exitCode } = await collect(runtime, machine, ['--timeout', '4']);
    expect((Date.now() - start) / 1000).toBeLessThan(20);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 0 });
    expect(stderr).toMatch(/^(zfs: .+\n)+$/);
    expectOnlyTheKernelsWord(await collected(machine));
  });

  test('a tool that not even SIGKILL ends costs its own samples and not the run', async ({ skip }) => {
    const machine = await recordedMachine();
    const { folder } = machine;
    // Writing to a frozen filesystem is an uninterruptible sleep; in a mount namespace of its own, where root can make one.
    for (const name of ['zpool', 'zfs']) await tool(machine, name, `: > '${folder}/mnt/${name}'`);
    const freeze = [
      'cd "$0" && truncate -s 16M img && mkfs.ext4 -q img && mkdir mnt && mount -o loop img mnt || exit 77',
      'fsfreeze -f mnt || exit 77',
      `trap 'fsfreeze -u mnt' EXIT`,
      `PATH=$0/bin:$PATH "$@"`,
    ].join('\n');
    const words = [runtime, await alone('zfs'), ...optionsOf(machine), '--timeout', '5'];
    const { stderr, exitCode } = await execa('unshare', ['-m', 'sh', '-c', freeze, folder, ...words], {
      reject: false,
    });
    const isRefused = exitCode === 77 || process.getuid?.() !== 0 || stderr.startsWith('unshare: ');
    skip(isRefused, 'no filesystem can be frozen here');
    expect({ stderr, exitCode }).toEqual({ stderr: expect.stringMatching(/^(zfs: .+(\n|$))+$/), exitCode: 0 });
    expectOnlyTheKernelsWord(await collected(machine));
  });

  test('a tool that prints garbage', async () => {
    const machine = await recordedMachine();
    await tool(machine, 'zpool', String.raw`printf '\001\377\tgarbage {"pools": [}\n\n%%'`);
    await tool(machine, 'zfs', String.raw`printf 'no\tsuch\tthing\n\200\n'`);
    const { stdout, stderr, exitCode } = await collect(runtime, machine);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 0 });
    expect(stderr).toMatch(/^(zfs: .+\n)+$/);
    expectOnlyTheKernelsWord(await collected(machine));
  });

  test('JSON that stops in the middle, with exit status 0', async () => {
    const machine = await recordedMachine();
    const whole = machine.answers.get('zpool status -j -p -t') ?? '';
    const half = path.join(machine.folder, 'half.json');
    await writeFile(half, whole.slice(0, whole.length / 2));
    await tool(machine, 'zpool', `case $1 in status) exec cat '${half}' ;; esac\n${scriptOf(machine, 'zpool')}`);
    const { stdout, stderr, exitCode } = await collect(runtime, machine);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 0 });
    expect(stderr).toMatch(/^(zfs: .+\n)+$/);
    const series = await collected(machine);
    expect(series.get(sourceOf('zpool status'))).toBe('0');
    expect(series.get(sourceOf('zpool list'))).toBe('1');
    expect(series.get('zfs_pool_health{pool="tank"}')).toBe('0');
    expect(series.has('zfs_pool_size_bytes{pool="tank"}')).toBe(true);
    expect([...series.keys()].filter((key) => key.startsWith('zfs_vdev_'))).toEqual([]);
  });

  const installed = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'].some((folder) => existsSync(path.join(folder, 'zpool')));
  test.skipIf(installed)('a tool that is missing (not on a machine that has zpool)', async () => {
    const machine = await recordedMachine();
    await rm(path.join(machine.folder, 'bin/zpool'));
    const { stderr, exitCode } = await collect(runtime, machine);
    expect({ stderr, exitCode }).toEqual({
      stderr: expect.stringMatching(/^zfs: zpool is not installed \(.*tank.*\)\n$/),
      exitCode: 0,
    });
    const series = await collected(machine);
    expect(series.get(sourceOf('zpool list'))).toBe('0');
    expect(series.get(sourceOf('zfs list'))).toBe('1');
    expect(series.get('zfs_pool_health{pool="tank"}')).toBe('0');
  });

  test.each([
    ['takes its time', '{ sleep 0.5; cat; }', readFixture('zfs', 'healthy', 'expected.prom').length],
    ['goes away early', 'head -c 1', 1],
  ])('a reader of --stdout that %s gets what it wants, and no stack trace', async (_how, reader, length) => {
    // A pipe, which Node.js would not use between two of its own: it holds 64 KiB, less than the text.
    const script = `"$0" "$1" --stdout --pool-io=false --replay '${fixture('zfs', 'healthy')}' | ${reader}`;
    const { stdout, stderr } = await execa('sh', ['-c', script, runtime, await alone('zfs')], {
      stripFinalNewline: false,
    });
    expect(stderr).toBe('');
    expect(stdout.length).toBeGreaterThanOrEqual(length);
  });

  test('a folder that cannot be written: the file that is there stays whole', async () => {
    const machine = await newMachine();
    const out = path.join(machine.folder, 'out');
    const file = path.join(out, 'zfs.prom');
    await writeFile(file, 'zfs_module_loaded 1\n');
    await chmod(out, 0o555);
    // Without its capabilities, root may write no more than the folder's mode says.
    const drop = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all'] : ['env'];
    const [program = '', ...words] = [...drop, runtime, await alone('zfs'), ...optionsOf(machine)];
    const { stdout, stderr, exitCode } = await execa(program, words, { ...envOf(machine), reject: false });
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 });
    expect(stderr).toMatch(/^zfs: Cannot write .*\/out\/zfs\.prom: .*EACCES.*$/);
    expect(stderr).not.toContain('\n');
    expect(await readFile(file, 'utf8')).toBe('zfs_module_loaded 1\n');
    await chmod(out, 0o755);
  });
});
