import { constants } from 'node:fs';
import { access, chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect } from 'vitest';
import * as z from 'zod/mini';
import { runtimePath, runtimes } from '../../build/runtimes.ts';
import { fixture, readFixture, seriesOf } from '../replay.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** Releases of Node.js, and where they are. */
export const supported = [
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

export interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | undefined;
}

export function quiet(stdout: unknown) {
  return { stdout, stderr: '', exitCode: 0 };
}

/** A copy of the bundle in a folder that holds nothing else. */
export async function alone(name: string): Promise<string> {
  const bundle = path.join(await mkdtemp(path.join(scratch, 'alone-')), `${name}.js`);
  await copyFile(path.join(root, 'dist', `${name}.js`), bundle, constants.COPYFILE_EXCL);
  await access(bundle, constants.X_OK);
  return bundle;
}

export async function run(
  runtime: string,
  bundle: string,
  args: readonly string[],
  PATH = '/usr/bin:/bin',
): Promise<Run> {
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

/** A pretended machine: a folder with bin, proc, sys and the places of what is written. */
export interface Machine {
  readonly folder: string;
  /** What its tools answer, by command line. */
  readonly answers: ReadonlyMap<string, string>;
}

export async function newMachine(answers: ReadonlyMap<string, string> = new Map()): Promise<Machine> {
  const folder = await mkdtemp(path.join(scratch, 'machine-'));
  for (const one of ['bin', 'proc', 'sys', 'out', 'state']) await mkdir(path.join(folder, one));
  return { folder, answers };
}

export async function tool({ folder }: Machine, name: string, script: string): Promise<void> {
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
export async function recordedMachine(): Promise<Machine> {
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

export function scriptOf(machine: Machine, name: string): string {
  const cases = answersOf(machine, name).map(
    ([command], index) => `'${command.slice(name.length + 1)}') exec cat '${machine.folder}/${name}/${index}' ;;`,
  );
  return ['case "$*" in', ...cases, 'esac', `echo "${name}: not recorded: $*" >&2`, 'exit 1'].join('\n');
}

export function optionsOf({ folder }: Machine): string[] {
  const place = (option: string, name: string): string[] => [option, path.join(folder, name)];
  return [
    ...place('--procfs', 'proc'),
    ...place('--sysfs', 'sys'),
    ...place('--textfile-dir', 'out'),
    ...place('--state-dir', 'state'),
    // What the fixture's own config.toml says: it was recorded before that was asked.
    '--pool-io=false',
  ];
}

export function envOf({ folder }: Machine) {
  return { env: { PATH: `${folder}/bin:/usr/bin:/bin` }, extendEnv: false } as const;
}

export async function collect(runtime: string, machine: Machine, options: readonly string[] = []): Promise<Run> {
  const words = [...optionsOf(machine), ...options];
  return run(runtime, await alone('zfs'), words, envOf(machine).env.PATH);
}

export async function collected({ folder }: Machine): Promise<Map<string, string>> {
  return seriesOf(await readFile(path.join(folder, 'out/zfs.prom'), 'utf8'));
}

/** Without those about the run itself, which hold its clock. */
export function ownSeries(series: ReadonlyMap<string, string>): [string, string][] {
  return [...series].filter(([key]) => !key.startsWith('textfile_collector_'));
}

export function sourceOf(source: string): string {
  return `textfile_collector_source_success{collector="zfs",source="${source}",target="tank"}`;
}

/** The kernel told each pool's state; zpool and zfs told nothing. */
export function expectOnlyTheKernelsWord(series: ReadonlyMap<string, string>): void {
  expect(series.get('zfs_module_loaded')).toBe('1');
  expect(series.get('zfs_pool_health{pool="tank"}')).toBe('0');
  expect(series.get('textfile_collector_success{collector="zfs"}')).toBe('0');
  expect(series.get(sourceOf('kstat'))).toBe('1');
  for (const source of ['zpool list', 'zpool status', 'zfs list']) expect(series.get(sourceOf(source))).toBe('0');
  expect(series.has('zfs_pool_size_bytes{pool="tank"}')).toBe(false);
}
