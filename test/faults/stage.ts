import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import * as z from 'zod/mini';
import { fixture } from '../replay.ts';
import { plantSecrets } from './secrets.ts';

const root = path.join(import.meta.dirname, '../..');

/** A command of a recorded machine, and the file that holds what it printed. */
export interface Recorded {
  readonly tool: string;
  readonly args: string;
  readonly file: string;
  readonly exitCode: number;
}

/** A healthy machine for one collector, whose tools are scripts that print what was recorded. */
export interface Stage {
  readonly collector: string;
  readonly folder: string;
  readonly bin: string;
  readonly textfile: string;
  readonly state: string;
  readonly procfs: string;
  /** The file that the collector writes. */
  readonly prom: string;
  readonly commands: readonly Recorded[];
  readonly config: string | undefined;
}

/** What a run of a bundle came to. */
export interface Outcome {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Undefined where there is no file, or something else in its place. */
  readonly text: string | undefined;
  readonly seconds: number;
  /** Of these, how long anything on this machine waited for a processor: such a run says nothing of its speed. */
  readonly starved: number;
  /** Peak of the collector's own process, in MiB. */
  readonly memory: number;
}

/** What the scripts call. No more of the machine's own programs can be found, so that none answers in place of a script. */
const shellWords = ['cat', 'head', 'printf', 'sed', 'sh', 'sleep', 'tr', 'wc', 'yes'];

const manifest = z.object({
  answers: z.array(
    z.looseObject({
      ask: z.string(),
      path: z.optional(z.string()),
      text: z.optional(z.string()),
      command: z.optional(z.array(z.string())),
      stdout: z.optional(z.string()),
      exitCode: z.optional(z.number()),
      entries: z.optional(z.array(z.object({ name: z.string(), folder: z.boolean() }))),
    }),
  ),
});

/** Builds the machine of fixtures/<collector>/<name> in a folder of its own. */
export function setStage(collector: string, name = 'healthy'): Stage {
  const source = fixture(collector, name);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'textfile-faults-'));
  const at = (name: string): string => path.join(folder, name);
  for (const one of ['bin', 'textfile', 'state', 'proc', 'sys', 'shell', 'answers']) mkdirSync(at(one));
  const { answers } = manifest.parse(JSON.parse(readFileSync(path.join(source, 'recording.json'), 'utf8')));
  for (const { path: place, text, entries = [] } of answers) {
    if (place === undefined) continue;
    for (const { name } of entries.filter((one) => one.folder))
      mkdirSync(path.join(at(place), name), { recursive: true });
    if (text === undefined) continue;
    const target = at(place.replace('/var/lib/textfile-collectors/', 'state/'));
    mkdirSync(path.dirname(target), { recursive: true });
    cpSync(path.join(source, text), target);
  }
  const commands = answers.flatMap(({ command, stdout, exitCode = 0 }): Recorded[] => {
    const [tool, ...args] = command ?? [];
    if (tool === undefined) return [];
    const file = path.join(folder, 'answers', stdout ?? 'nothing');
    if (stdout === undefined) writeFileSync(file, '');
    else cpSync(path.join(source, stdout), file);
    return [{ tool, args: args.join(' '), file, exitCode }];
  });
  const stage: Stage = {
    collector,
    folder,
    bin: at('bin'),
    textfile: at('textfile'),
    state: at('state'),
    procfs: at('proc'),
    prom: at(`textfile/${collector}.prom`),
    commands,
    config: configOf(collector, source, folder),
  };
  if (collector === 'wireguard') plantSecrets(stage);
  for (const tool of new Set(commands.map((one) => one.tool))) playTool(stage, tool);
  for (const word of shellWords) symlinkSync(path.join('/usr/bin', word), path.join(at('shell'), word));
  return stage;
}

/** That of the case. The configuration files that names of peers are taken from stand in the stage, too. */
function configOf(collector: string, source: string, folder: string): string | undefined {
  const recorded = path.join(source, 'config.toml');
  if (existsSync(recorded)) return recorded;
  if (collector !== 'wireguard') return undefined;
  const config = path.join(folder, 'stage.toml');
  writeFileSync(config, `name_files = ["${folder}/etc/wireguard/*.conf"]\n`);
  return config;
}

export function strike(stage: Stage): void {
  rmSync(stage.folder, { recursive: true, force: true });
}

/** Does something on a machine that is gone afterwards, whatever comes of it. */
export async function onStage<T>(stage: Stage, does: (stage: Stage) => T | Promise<T>): Promise<T> {
  try {
    return await does(stage);
  } finally {
    strike(stage);
  }
}

/** Finds once for each key what takes a run, whoever asks meanwhile. */
export function once<T>(find: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const found = new Map<string, Promise<T>>();
  return async (key) => {
    const finding = found.get(key) ?? find(key);
    found.set(key, finding);
    return finding;
  };
}

/** What a command does, in words of sh(1). */
export interface Play {
  readonly args: string;
  readonly shell: string;
}

/** Writes the script that stands for `tool`; where its command is one of those of `instead`, it does what that says. */
export function playTool(stage: Stage, tool: string, instead: Play | readonly Play[] = []): void {
  const cases = stage.commands
    .filter((one) => one.tool === tool)
    .map(({ args, file, exitCode }) => {
      const other = [instead].flat().find((one) => one.args === args);
      const does = other?.shell ?? `cat ${quoted(file)}; exit ${exitCode}`;
      return `${quoted(args)})\n${does}\n;;\n`;
    });
  const script = path.join(stage.bin, tool);
  writeFileSync(
    script,
    `#!/bin/sh\ncase "$*" in\n${cases.join('')}*)\necho "${tool}: not recorded: $*" >&2\nexit 2\n;;\nesac\n`,
  );
  chmodSync(script, 0o755);
}

/** As sh(1) reads it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

export interface RunOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Words that stand before `node`, as prlimit(1) and its limits. */
  readonly wrapper?: readonly string[];
  /** Seconds that the run may take: what hangs costs a test this long. */
  readonly timeout?: number;
  /** The config file, where it is not that of the stage. */
  readonly config?: string;
}

/** Runs the bundle once. */
export async function runBundle(
  stage: Stage,
  { args = [], env = {}, wrapper = [], timeout = 30, config = stage.config }: RunOptions = {},
): Promise<Outcome> {
  const memoryFile = path.join(mkdtempSync(path.join(stage.folder, 'run-')), 'memory');
  // timeout(1) ends it together with what it started, which would else keep the pipes open.
  const words = [
    '--signal=KILL',
    String(timeout + 60),
    '/usr/bin/time',
    '--quiet',
    '--format',
    '%M',
    '--output',
    memoryFile,
    ...wrapper,
    process.execPath,
    path.join(root, 'dist', `${stage.collector}.js`),
    ...placesOf({ ...stage, config }),
    '--timeout',
    String(timeout),
    ...args,
  ];
  const start = { time: performance.now(), starved: starved() };
  const ended = await execa('/usr/bin/timeout', words, {
    env: { PATH: `${stage.bin}:${path.join(stage.folder, 'shell')}`, HOME: stage.folder, ...env },
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
  });
  const memory = existsSync(memoryFile) ? readFileSync(memoryFile, 'utf8') : '';
  return {
    exitCode: ended.exitCode,
    signal: ended.signal,
    stdout: ended.stdout,
    stderr: ended.stderr,
    text: textOf(stage.prom),
    seconds: (performance.now() - start.time) / 1000,
    starved: starved() - start.starved,
    memory: Number(memory.trim().split('\n').at(-1)) / 1024,
  };
}

function textOf(file: string): string | undefined {
  try {
    return lstatSync(file).isFile() ? readFileSync(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

/** Seconds since boot in which a process waited for a processor; 0 where the kernel does not count them. */
function starved(): number {
  const file = '/proc/pressure/cpu';
  const total = existsSync(file) ? /^some .*total=(\d+)/.exec(readFileSync(file, 'utf8'))?.[1] : undefined;
  return Number(total ?? 0) / 1e6;
}

function placesOf({ textfile, state, procfs, folder, config }: Stage): string[] {
  const options = {
    '--textfile-dir': textfile,
    '--state-dir': state,
    '--procfs': procfs,
    '--sysfs': path.join(folder, 'sys'),
    ...(config !== undefined && { '--config': config }),
  };
  return Object.entries(options).flat();
}
