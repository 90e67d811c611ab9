import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { codeOf, messageOf } from '../errors.ts';
import {
  type Command,
  type Ending,
  type Entry,
  type Host,
  type Output,
  type RunOptions,
  type Seconds,
  stateFolder,
} from '../host.ts';
import { type Channel, kept, maxKept, streamed } from './channel.ts';
import type { Survivors } from './survivors.ts';

export interface LiveOptions {
  /** What stands for /proc and /sys, and where state files are kept. */
  readonly procfs: string;
  readonly sysfs: string;
  readonly stateDir: string;
  /** UNIX time at which the run has to be over. */
  readonly deadline: Seconds;
  readonly survivors: Survivors;
}

/** How long a command may take that has no limit of its own. */
const defaultTimeout: Seconds = 10;
/** After SIGTERM, and again after SIGKILL, a command gets this long to go. */
const grace: Seconds = 1;
/** Of the run's time this much is left for making a file of the answers. */
const margin: Seconds = 0.5;

/** The machine itself: real commands without a shell, real files. */
export function liveHost(options: LiveOptions): Host {
  const place = placer(options);
  return {
    run: async (command, limits) => runBounded(command, limits, options, kept()),
    lines: async (command, onLine, limits) => {
      let mistake: Error | undefined;
      const splitter = lineSplitter((line) => {
        try {
          onLine(line);
        } catch (error) {
          mistake ??= new Error(messageOf(error), { cause: error });
        }
      });
      const output = await runBounded(command, limits, options, streamed(splitter.push));
      // The beginning of a number reads as another number: a line that was cut short is none.
      if (output.ended === 'exit') splitter.end();
      if (mistake !== undefined) throw mistake;
      return output;
    },
    readText: async (file) => unlessMissing(() => readFileSync(place(file), 'utf8')),
    list: async (folder) => {
      const entries = unlessMissing(() => readdirSync(place(folder), { withFileTypes: true }));
      return entries
        ?.map((entry): Entry => ({ name: entry.name, folder: entry.isDirectory() }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    now: () => Date.now() / 1000,
  };
}

/** Maps the machine's own paths to where `--procfs`, `--sysfs` and `--state-dir` say that they lie. */
function placer(options: LiveOptions): (file: string) => string {
  const roots = [
    ['/proc', options.procfs],
    ['/sys', options.sysfs],
    [stateFolder, options.stateDir],
  ] as const;
  return (file) => {
    const root = roots.find(([from]) => file === from || file.startsWith(`${from}/`));
    return root === undefined ? file : path.join(root[1], file.slice(root[0].length));
  };
}

function unlessMissing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const code = codeOf(error);
    // ENODEV: a file of /sys was open already when its device went.
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENODEV') return undefined;
    throw error;
  }
}

function unstarted(ended: Ending): Output {
  return { ended, stdout: '', stderr: '' };
}

async function runBounded(
  command: Command,
  limits: RunOptions | undefined,
  options: LiveOptions,
  channel: Channel,
): Promise<Output> {
  if (options.survivors.blocks(command, limits?.endable === true)) return unstarted('busy');
  const left = options.deadline - Date.now() / 1000 - 2 * grace - margin;
  if (left <= 0) return unstarted('late');
  return spawnBounded(command, Math.min(limits?.timeout ?? defaultTimeout, left), options.survivors, channel);
}

/**
 * A process in uninterruptible sleep ignores SIGKILL for as long as the kernel keeps it there, so at the end of its time
 * we end it, kill it, and then stop waiting: drop its pipes and leave a note for the next run.
 *
 * This is what the suite promises its nodes, so it is spelled out here rather than left to a library; loading execa for
 * it costs more processor time than all the rest of a run.
 */
function spawnBounded(
  [file, ...args]: Command,
  timeout: Seconds,
  survivors: Survivors,
  channel: Channel,
): Promise<Output> {
  return new Promise((resolve) => {
    const child = start(file, args, channel);
    if (child instanceof Error) return resolve({ ended: 'signal', ...channel.end(), stderr: child.message });
    let timedOut = false;
    let over = false;
    const end = (how: Pick<Output, 'ended' | 'exitCode'>, said?: string): void => {
      if (over) return;
      over = true;
      clearInterval(watch);
      for (const timer of timers) clearTimeout(timer);
      const { stdout, stderr } = channel.end();
      resolve({ ...how, stdout, stderr: said ?? stderr });
    };
    const timers = [
      after(timeout, () => {
        timedOut = true;
        // It may be gone, and something that it started still holds its pipes.
        if (child.exitCode !== null || child.signalCode !== null) end({ ended: 'timeout' });
        else child.kill('SIGTERM');
      }),
      after(timeout + grace, () => child.kill('SIGKILL')),
      after(timeout + 2 * grace, () => {
        child.unref();
        leaveNote(survivors, [file, ...args], child.pid);
        end({ ended: 'stuck' });
      }),
    ];
    // Most commands are done before it looks for the first time.
    const watch = setInterval(() => {
      if (channel.kept() < maxKept) return;
      child.kill('SIGKILL');
      end({ ended: 'signal' }, 'printed more than 256 MiB');
    }, 100);
    channel.listen(child);
    child.on('error', (error) => end({ ended: codeOf(error) === 'ENOENT' ? 'missing' : 'signal' }, messageOf(error)));
    // What it started may hold its pipes open for longer than it lives.
    child.on('exit', () => timedOut && end({ ended: 'timeout' }));
    child.on('close', (exitCode) => end(exitCode === null ? { ended: 'signal' } : { ended: 'exit', exitCode }));
  });
}

/** An argument that is too long or holds a NUL is refused before there is a process. */
function start(file: string, args: readonly string[], { stdio }: Channel): ChildProcess | Error {
  try {
    return spawn(file, args, { env: environment(), stdio });
  } catch (error) {
    return new Error(messageOf(error));
  }
}

/** Without the note the next run may start another; that is no reason to lose this one. */
function leaveNote(survivors: Survivors, command: Command, pid: number | undefined): void {
  try {
    survivors.add(command, pid);
  } catch {
    // The state folder may be anything, or nothing, for who only looks with --stdout.
  }
}

function after(seconds: Seconds, task: () => void): NodeJS.Timeout {
  return setTimeout(task, seconds * 1000);
}

/**
 * Nothing of the caller's environment but PATH and HOME: ZFS_COLOR, ZPOOL_VDEV_NAME_GUID and their like change the output.
 * UTF-8, since in the C locale `zpool -j` stops at the first non-ASCII byte, with exit status 0.
 */
function environment(): Record<string, string> {
  const home = process.env['HOME'];
  return { PATH: searchPath(), LC_ALL: 'C.UTF-8', TZ: 'UTC', ...(home === undefined ? {} : { HOME: home }) };
}

/** Where tools are looked for: as the caller has it, then where distributions keep zpool and wg. */
export function searchPath(): string {
  return [process.env['PATH'] ?? '', '/usr/sbin:/usr/bin:/sbin:/bin'].filter((part) => part !== '').join(':');
}

function lineSplitter(onLine: (line: string) => void) {
  let rest = '';
  return {
    push: (chunk: string): void => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    },
    end: (): void => {
      if (rest !== '') onLine(rest);
    },
  };
}
