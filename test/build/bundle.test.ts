import { constants, existsSync, readFileSync } from 'node:fs';
import { access, chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { allowed } from '../../build/packages.ts';
import { runtimePath, runtimes } from '../../build/runtimes.ts';
import { collectors } from '../../collectors/index.ts';
import { version } from '../../lib/run/version.ts';
import { fixture, readFixture, replayOptions, seriesOf } from '../replay.ts';

const root = path.resolve(import.meta.dirname, '../..');

const supported = [
  ...new Map([
    [`v${runtimes.oldest}`, runtimePath(runtimes.oldest)],
    [`v${runtimes.newest}`, runtimePath(runtimes.newest)],
    [process.version, process.execPath],
  ]),
];

/** Everything is written below it; outside the repository, so that no package.json or node_modules is in reach. */
let scratch = '';
beforeAll(async () => {
  scratch = await mkdtemp(path.join(os.tmpdir(), 'textfile-bundle-'));
  await chmod(scratch, 0o755);
});
afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

describe.each(collectors)('the bundle of $name', ({ name }) => {
  describe.each(supported)('on Node.js %s', (release, runtime) => {
    test('--version, --help and --metrics print text and nothing else', async () => {
      const bundle = await alone(name);
      const [about, help, metrics] = await Promise.all(
        ['--version', '--help', '--metrics'].map(async (option) => run(runtime, bundle, [option])),
      );
      expect(about).toEqual(quiet(`textfile-collectors ${version} ${name}, Node.js ${release}\n`));
      expect(help).toEqual(quiet(expect.stringContaining(`${name}.js [options]`)));
      expect(metrics).toEqual(quiet(expect.stringMatching(/^(\w+(\{\w+(,\w+)*\})? +(gauge|counter) +\S.*\n)+$/)));
    });

    test('--stdout of the recorded healthy machine is the golden text, byte for byte', async () => {
      const options = ['--stdout', ...replayOptions(name, 'healthy')];
      const { stdout, stderr, exitCode } = await run(runtime, await alone(name), options);
      expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
      expect(stdout).toContain(`,version="${version}",node_version="${release}"} 1\n`);
      const text = stdout.replace(/,version="[^"]*",node_version="[^"]*"/, ',version="test",node_version="test"');
      expect(text).toEqual(readFixture(name, 'healthy', 'expected.prom'));
    });
  });

  test('says the same on every Node.js', async () => {
    const texts = await Promise.all(
      supported.map(async ([release, runtime]) => {
        const bundle = await alone(name);
        const runs = await Promise.all(['--help', '--metrics'].map(async (option) => run(runtime, bundle, [option])));
        return runs.map(({ stdout }) => stdout.replaceAll(release, '')).join('');
      }),
    );
    expect(new Set(texts).size).toBe(1);
  });

  test(`on Node.js v${runtimes.tooOld} says in one line what it needs`, async () => {
    const bundle = await alone(name);
    expect(await run(runtimePath(runtimes.tooOld), bundle, ['--stdout'])).toEqual({
      stdout: '',
      stderr: `${bundle}: needs Node.js 18.19 or newer, this is v${runtimes.tooOld}\n`,
      exitCode: 1,
    });
  });

  test('starts by itself', async () => {
    const bundle = await alone(name);
    const { stdout } = await execa(bundle, ['--version'], { env: { PATH: path.dirname(process.execPath) } });
    expect(stdout).toBe(`textfile-collectors ${version} ${name}, Node.js ${process.version}`);
  });

  test('is a program that can be read', async () => {
    const { mode } = await stat(path.join(root, 'dist', `${name}.js`));
    expect(mode & 0o777).toBe(0o755);
    const { code } = contentOf(name);
    expect(code).toMatch(/^#!\/usr\/bin\/(env )?node\n/);
    const lines = code.split('\n');
    expect(lines.length).toBeGreaterThan(10_000);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(2500);
    expect(code).not.toMatch(/require\(.(node:)?vm.\)|\beval\(|\bnew Function\(/);
  });

  test('tells nothing of the machine that built it', () => {
    const { text } = contentOf(name);
    expect(text).not.toContain(root);
    expect(text.split('\n').filter((line) => /(^|[^\w.:/])\/(work|root|home)\b/.test(line))).toEqual([]);
  });

  test('contains only packages that were looked at, each with its licence', () => {
    const { packages, notices } = contentOf(name);
    expect(packages).toEqual(Object.keys(allowed).sort());
    expect(notices.map(([title]) => title.replace(/ \S+$/, ''))).toEqual(packages);
    for (const [title, licence] of notices) {
      expect(`${title}: ${licence}`).toMatch(
        /Permission is hereby granted|Permission to use, copy, modify|Redistribution and use|Apache License/,
      );
    }
  });
});

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
    const script = `"$0" "$1" --stdout --replay '${fixture('zfs', 'healthy')}' | ${reader}`;
    const { stdout, stderr } = await execa('sh', ['-c', script, runtime, await alone('zfs')], {
      stripFinalNewline: false,
    });
    expect(stderr).toBe('');
    expect(stdout.length).toBeGreaterThanOrEqual(length);
  });

  test('the file is readable for all, whatever the umask', async () => {
    const machine = await newMachine();
    const { folder } = machine;
    const script = 'umask 077; exec "$0" "$@"';
    await execa('sh', ['-c', script, runtime, await alone('zfs'), ...optionsOf(machine)], envOf(machine));
    const { mode } = await stat(path.join(folder, 'out/zfs.prom'));
    expect(mode & 0o777).toBe(0o644);
    expect(await readdir(path.join(folder, 'out'))).toEqual(['zfs.prom']);
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

interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | undefined;
}

function quiet(stdout: unknown) {
  return { stdout, stderr: '', exitCode: 0 };
}

/** A copy of the bundle in a folder that holds nothing else. */
async function alone(name: string): Promise<string> {
  const bundle = path.join(await mkdtemp(path.join(scratch, 'alone-')), `${name}.js`);
  await copyFile(path.join(root, 'dist', `${name}.js`), bundle, constants.COPYFILE_EXCL);
  await access(bundle, constants.X_OK);
  return bundle;
}

async function run(runtime: string, bundle: string, args: readonly string[], PATH = '/usr/bin:/bin'): Promise<Run> {
  const { stdout, stderr, exitCode } = await execa(runtime, [bundle, ...args], {
    cwd: path.dirname(bundle),
    env: { PATH },
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    stripFinalNewline: false,
  });
  return { stdout, stderr, exitCode };
}

/** A bundle's code, the packages that esbuild names in it, and the licences at its end as [title, text]. */
function contentOf(name: string) {
  const text = readFileSync(path.join(root, 'dist', `${name}.js`), 'utf8');
  const end = text.indexOf('\nThis program contains the packages below.\n');
  const code = text.slice(0, end);
  const named = code.matchAll(/^\s*\/\/ .*node_modules\/((?:@[^/]+\/)?[^/]+)\//gm);
  const notices = text.slice(end).split(/^--- (.+) ---\n/m);
  return {
    text,
    code,
    packages: [...new Set([...named].map(([, one = '']) => one))].sort(),
    notices: notices.flatMap((title, index) => (index % 2 === 1 ? [[title, notices[index + 1] ?? ''] as const] : [])),
  };
}

/** A pretended machine: a folder with bin, proc, sys and the places of what is written. */
interface Machine {
  readonly folder: string;
  /** What its tools answer, by command line. */
  readonly answers: ReadonlyMap<string, string>;
}

async function newMachine(answers: ReadonlyMap<string, string> = new Map()): Promise<Machine> {
  const folder = await mkdtemp(path.join(scratch, 'machine-'));
  for (const one of ['bin', 'proc', 'sys', 'out', 'state']) await mkdir(path.join(folder, one));
  return { folder, answers };
}

async function tool({ folder }: Machine, name: string, script: string): Promise<void> {
  await writeFile(path.join(folder, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

const recording = z.object({
  answers: z.array(
    z.union([
      z.object({ ask: z.literal('run'), command: z.array(z.string()), stdout: z.string() }),
      z.object({ ask: z.literal('read'), path: z.string(), text: z.optional(z.string()) }),
      z.object({ ask: z.literal('list') }),
    ]),
  ),
});

/** The machine of fixtures/zfs/healthy, with its files, and tools that answer as its own did. */
async function recordedMachine(): Promise<Machine> {
  const { answers } = recording.parse(JSON.parse(readFixture('zfs', 'healthy', 'recording.json')));
  const machine = await newMachine(
    new Map(
      answers.flatMap((answer) =>
        answer.ask === 'run' ? [[answer.command.join(' '), readFixture('zfs', 'healthy', answer.stdout)]] : [],
      ),
    ),
  );
  for (const answer of answers) {
    if (answer.ask !== 'read' || answer.text === undefined) continue;
    const file = path.join(machine.folder, answer.path);
    await mkdir(path.dirname(file), { recursive: true });
    await copyFile(fixture('zfs', 'healthy', answer.text), file);
  }
  for (const name of ['zpool', 'zfs']) {
    await mkdir(path.join(machine.folder, name));
    for (const [index, text] of answersOf(machine, name)
      .map(([, text]) => text)
      .entries()) {
      await writeFile(path.join(machine.folder, name, String(index)), text);
    }
    await tool(machine, name, scriptOf(machine, name));
  }
  return machine;
}

function answersOf({ answers }: Machine, name: string): [string, string][] {
  return [...answers].filter(([command]) => command.startsWith(`${name} `));
}

function scriptOf(machine: Machine, name: string): string {
  const cases = answersOf(machine, name).map(
    ([command], index) => `'${command.slice(name.length + 1)}') exec cat '${machine.folder}/${name}/${index}' ;;`,
  );
  return ['case "$*" in', ...cases, 'esac', `echo "${name}: not recorded: $*" >&2`, 'exit 1'].join('\n');
}

function optionsOf({ folder }: Machine): string[] {
  const place = (option: string, name: string): string[] => [option, path.join(folder, name)];
  return [
    ...place('--procfs', 'proc'),
    ...place('--sysfs', 'sys'),
    ...place('--textfile-dir', 'out'),
    ...place('--state-dir', 'state'),
  ];
}

function envOf({ folder }: Machine) {
  return { env: { PATH: `${folder}/bin:/usr/bin:/bin` }, extendEnv: false } as const;
}

async function collect(runtime: string, machine: Machine, options: readonly string[] = []): Promise<Run> {
  const words = [...optionsOf(machine), ...options];
  return run(runtime, await alone('zfs'), words, envOf(machine).env.PATH);
}

async function collected({ folder }: Machine): Promise<Map<string, string>> {
  return seriesOf(await readFile(path.join(folder, 'out/zfs.prom'), 'utf8'));
}

/** Without those about the run itself, which hold its clock. */
function ownSeries(series: ReadonlyMap<string, string>): [string, string][] {
  return [...series].filter(([key]) => !key.startsWith('textfile_collector_'));
}

function sourceOf(source: string): string {
  return `textfile_collector_source_success{collector="zfs",source="${source}",target="tank"}`;
}

/** The kernel told each pool's state; zpool and zfs told nothing. */
function expectOnlyTheKernelsWord(series: ReadonlyMap<string, string>): void {
  expect(series.get('zfs_module_loaded')).toBe('1');
  expect(series.get('zfs_pool_health{pool="tank"}')).toBe('0');
  expect(series.get('textfile_collector_success{collector="zfs"}')).toBe('0');
  expect(series.get(sourceOf('kstat'))).toBe('1');
  for (const source of ['zpool list', 'zpool status', 'zfs list']) expect(series.get(sourceOf(source))).toBe('0');
  expect(series.has('zfs_pool_size_bytes{pool="tank"}')).toBe(false);
}
