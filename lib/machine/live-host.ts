import { readdirSync } from 'node:fs';
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
import { grace, runCommand } from './command.ts';
import { type Followed, openFollowed } from './followed.ts';
import { keeping, maxText, splitting } from './output.ts';
import { readRegularFile } from './regular-file.ts';
import type { Survivors } from './survivors.ts';
import { findTool } from './tools.ts';

/** What stands for /proc and /sys, and where state files are kept. */
export interface Places {
  readonly procfs: string;
  readonly sysfs: string;
  readonly stateDir: string;
}

export interface LiveOptions extends Places {
  /** Aborted when the run is stopped: no command is started any more, and those that run are ended. */
  readonly stop: AbortSignal;
  /** How long the run may take, from now on. */
  readonly timeout: Seconds;
  readonly survivors: Survivors;
  /** What goes on when the run is over; nothing does where it is left out. */
  readonly followed?: Followed;
}

/** How long a command may take that has no limit of its own. */
const defaultTimeout: Seconds = 10;
/** Of the run's time this much is left for making a file of the answers. */
const margin: Seconds = 0.5;

/** The machine itself: real commands without a shell, real files. */
export function liveHost(options: LiveOptions): Host {
  const place = placer(options);
  const start = performance.now();
  const elapsed = (): Seconds => (performance.now() - start) / 1000;
  const followed = options.followed ?? openFollowed(options.stop);
  const machine = { ...options, left: () => options.timeout - elapsed() };
  return {
    run: async (command, limits = {}) => {
      const { take, text, cut } = keeping(limits.maxText ?? maxText);
      const output = await bounded(command, limits, machine, take);
      return { ...output, stdout: text(), ...(output.ended === 'exit' && cut() && { cut: true }) };
    },
    lines: async (command, onLine, limits = {}) => {
      let mistake: unknown;
      const { take, cut } = splitting(onLine, limits);
      const output = await bounded(command, limits, machine, (chunk) => {
        try {
          return take(chunk);
        } catch (error) {
          mistake = error;
          return messageOf(error);
        }
      });
      if (mistake !== undefined) throw new Error(messageOf(mistake), { cause: mistake });
      return output.ended === 'exit' && cut() ? { ...output, cut: true } : output;
    },
    frame: async (command, isLast, limits = {}) =>
      started(command, limits, machine, async (file, timeout, onStuck) =>
        followed.next(file, command, isLast, { ...limits, timeout, onStuck }),
      ),
    readText: async (file) =>
      unlessMissing(() => {
        try {
          return readRegularFile(place(file));
        } catch (error) {
          // Of a folder Node.js does not say which.
          throw codeOf(error) === 'EISDIR' ? new Error(`Cannot read ${place(file)}: it is a folder`) : error;
        }
      }),
    list: async (folder) => {
      const entries = unlessMissing(() => readdirSync(place(folder), { withFileTypes: true }));
      return entries
        ?.map((entry): Entry => ({ name: entry.name, folder: entry.isDirectory() }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    now: () => Date.now() / 1000,
    elapsed,
  };
}

/** Maps the machine's own paths to where `--procfs`, `--sysfs` and `--state-dir` say that they lie. */
export function placer(options: Places): (file: string) => string {
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

type Machine = Pick<LiveOptions, 'stop' | 'survivors'> & { readonly left: () => Seconds };

async function bounded(
  command: Command,
  limits: RunOptions,
  machine: Machine,
  onOutput: (chunk: string) => string | undefined,
): Promise<Output> {
  const [, ...args] = command;
  return started(command, limits, machine, async (file, timeout, onStuck) =>
    runCommand([file, ...args], { timeout, env: limits.env, stop: machine.stop, onOutput, onStuck }),
  );
}

/** Hands over the path of the program and how long it may take; where it must not be started, the answer says why. */
async function started(
  command: Command,
  { timeout = defaultTimeout, endable = false }: RunOptions,
  { left, survivors }: Machine,
  begin: (file: string, timeout: Seconds, onStuck: (pid: number | undefined) => void) => Promise<Output>,
): Promise<Output> {
  const tool = findTool(command[0]);
  if (tool === undefined) return unstarted('missing');
  if (survivors.blocks(command, endable)) return unstarted('busy');
  const most = left() - 2 * grace - margin;
  if (most <= 0) return unstarted('late');
  return begin(tool, Math.min(timeout, most), (pid) => leaveNote(survivors, command, pid));
}

function unstarted(ended: Ending): Output {
  return { ended, stdout: '', stderr: '' };
}

/** Without the note the next run may start another; that is no reason to lose this one. */
function leaveNote(survivors: Survivors, command: Command, pid: number | undefined): void {
  try {
    survivors.add(command, pid);
  } catch {
    // The state folder may be anything, or nothing, for who only looks with --stdout.
  }
}
