import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Options, ResultPromise } from 'execa';
import { messageOf } from '../errors.ts';
import type { Command, Output, Seconds } from '../host.ts';
import { searchPath } from './tools.ts';

export interface CommandOptions {
  /** Undefined for one that goes on until it is stopped. */
  readonly timeout: Seconds | undefined;
  /** Variables beside our own. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Aborted when the run itself is stopped: that ends the command early. */
  readonly stop: AbortSignal;
  /** Takes standard output as it comes. A text says why it is not what was asked for, and ends the command. */
  readonly onOutput: (chunk: string) => string | undefined;
  /** Told of a process that does not even take SIGKILL. */
  readonly onStuck: (pid: number | undefined) => void;
}

/** After SIGTERM, and again after SIGKILL, a command gets this long to go. */
export const grace: Seconds = 1;

/** Of what a command says on stderr this much is kept, in characters. */
const maxStderr = 65_536;

/** Runs a program, named by its absolute path. Never throws; `stdout` of the answer is empty. */
export async function runCommand([file, ...args]: Command, options: CommandOptions): Promise<Output> {
  // Half of what a run loads: not where there is no command to run.
  const { execa } = await import('execa');
  if (options.stop.aborted) return { ended: 'late', stdout: '', stderr: '' };
  try {
    const child = execa(file, args, execaOptions(options));
    return await outlivedByUs(child, ended(child, options));
  } catch (error) {
    // An argument that holds a NUL is refused before there is a process.
    return { ended: 'signal', stdout: '', stderr: messageOf(error) };
  }
}

const execaOptions = ({ timeout, env, stop }: CommandOptions) =>
  ({
    env: { ...env, ...environment() },
    extendEnv: false,
    // The working directory of the run may be gone.
    cwd: '/',
    stdin: 'ignore',
    // execa makes what it keeps part of its error's message, escaped by one regular expression: 64 MiB of NULs end V8.
    buffer: false,
    ...(timeout !== undefined && { timeout: timeout * 1000 }),
    cancelSignal: stop,
    forceKillAfterDelay: grace * 1000,
    cleanup: true,
    reject: false,
  }) satisfies Options;

type Child = ResultPromise<ReturnType<typeof execaOptions>>;

/** A run that is given up ends what it has started, too, whatever that makes of the SIGTERM that execa sends it then. */
async function outlivedByUs<T>(child: Child, task: Promise<T>): Promise<T> {
  running.add(child);
  try {
    return await task;
  } finally {
    running.delete(child);
  }
}

const running = new Set<Child>();
// One for all: Node.js warns on stderr of more than ten.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

async function ended(child: Child, { timeout, stop, onOutput, onStuck }: CommandOptions): Promise<Output> {
  let stderr = '';
  let excess: string | undefined;
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    if (stderr.length < maxStderr) stderr += chunk;
  });
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    if (excess !== undefined) return;
    excess = onOutput(chunk);
    if (excess !== undefined) child.kill('SIGKILL');
  });
  const done = new AbortController();
  const result = await Promise.race([child, patience(timeout, stop, done.signal)]);
  done.abort();
  if (result === undefined) return abandoned(child, stderr, onStuck);
  if (excess !== undefined) return { ended: 'signal', stdout: '', stderr: excess };
  if (result.timedOut || result.isCanceled) return { ended: 'timeout', stdout: '', stderr };
  const { exitCode, originalMessage = '' } = result;
  return exitCode === undefined
    ? { ended: 'signal', stdout: '', stderr: stderr || originalMessage }
    : { ended: 'exit', exitCode, stdout: '', stderr };
}

/**
 * Comes to its end when SIGKILL should have ended the command. execa waits on: for the end of a process in uninterruptible
 * sleep, and for whoever else holds the pipes of one that has gone. One wait after the other: where this process was held up, all
 * that is due comes at once, and the command would be given up before anything was done to end it.
 */
async function patience(timeout: Seconds | undefined, stop: AbortSignal, signal: AbortSignal): Promise<undefined> {
  const wait = async (seconds: Seconds) => delay(seconds * 1000, undefined, { signal, ref: false });
  const stopped = once(stop, 'abort', { signal });
  const over = timeout === undefined ? [stopped] : [stopped, wait(timeout)];
  return Promise.race(over)
    .then(async () => wait(2 * grace))
    .catch(() => undefined);
}

function abandoned(child: Child, stderr: string, onStuck: CommandOptions['onStuck']): Output {
  child.stdout.destroy();
  child.stderr.destroy();
  if (child.exitCode !== null || child.signalCode !== null) return { ended: 'timeout', stdout: '', stderr };
  child.unref();
  onStuck(child.pid);
  return { ended: 'stuck', stdout: '', stderr };
}

/**
 * Nothing of the caller's environment but PATH and HOME: ZFS_COLOR, ZPOOL_VDEV_NAME_GUID and their like change the output.
 * UTF-8, since in the C locale `zpool -j` stops at the first non-ASCII byte, with exit status 0.
 */
function environment(): Record<string, string> {
  const home = process.env['HOME'];
  return { PATH: searchPath().join(':'), LC_ALL: 'C.UTF-8', TZ: 'UTC', ...(home === undefined ? {} : { HOME: home }) };
}
