/** Seconds, also as a UNIX time. */
export type Seconds = number;

/** An argument vector; never a shell line. */
export type Command = readonly [string, ...string[]];

/**
 * How a command came to its end.
 *
 * `exit`: by itself, see `exitCode`. `signal`: by a signal that we did not send, or before it began. `timeout`: by ours, at the time limit or
 * because the run is being stopped.
 * `stuck`: not at all; it did not even take SIGKILL and was left behind. `busy`: not started, since one that an earlier
 * run left behind is still there. `late`: not started, since the run's own time is over. `missing`: no such program.
 */
export type Ending = 'exit' | 'signal' | 'timeout' | 'stuck' | 'busy' | 'late' | 'missing';

/** What a command answered. Failure is data: running a command never throws. */
export interface Output {
  readonly ended: Ending;
  /** Only where `ended` is `exit`. */
  readonly exitCode?: number;
  /** Whether the last line has no end: it may be half of one, or of a number, and stands for nothing. Or the last frame has none. */
  readonly cut?: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Time limit of this command; the run's remaining time is always one, too. */
  readonly timeout?: Seconds;
  /**
   * True for a command that is known to end on SIGTERM, however sick the kernel's subsystem is. It may be started
   * beside a survivor of the same program, but not beside itself; any other may not, or each run would add a process that nobody can end.
   */
  readonly endable?: boolean;
  /** Of a command whose output is kept: so many characters at most, 256 Ki where it says nothing; one that prints more is ended. */
  readonly maxText?: number | undefined;
  /** Of a command whose lines are handed over: so many of them at most, ten million where it says nothing. */
  readonly maxLines?: number | undefined;
  /** And so many characters of a line, 1 Mi where it says nothing. */
  readonly maxLine?: number | undefined;
  /** Variables of its environment, beside our own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** One name in a folder. */
export interface Entry {
  readonly name: string;
  readonly folder: boolean;
}

/**
 * The one door to the machine. Paths are the machine's own (`/proc/…`, `/sys/…`, `/var/lib/textfile-collectors/…`); where
 * they really lie is the host's business.
 */
export interface Host {
  /** Runs a command and keeps what it printed. */
  run(command: Command, options?: RunOptions): Promise<Output>;
  /** Runs a command and hands over its lines as they come; `stdout` of the answer is then empty. */
  lines(command: Command, onLine: (line: string) => void, options?: RunOptions): Promise<Output>;
  /**
   * The newest frame that has not been handed over of a command which prints one after the other until it is ended: its lines
   * up to one of which `isLast` says that it ends the frame. Waits for one. A whole frame counts as exit status 0, and what is
   * cut short is dropped. The first call starts the command; where a call has any other answer the next one starts it anew.
   * `timeout` is from one frame to the next, and ends the command; so does an error of `isLast`, which is thrown.
   */
  frame(command: Command, isLast: (line: string) => boolean, options?: RunOptions): Promise<Output>;
  /** A file's text; undefined where there is no such file, an error where it cannot be read. */
  readText(path: string): Promise<string | undefined>;
  /** A folder's entries, sorted; undefined where there is no such folder. */
  list(path: string): Promise<readonly Entry[] | undefined>;
  /** The UNIX time: for what is told as a time. Somebody may set this clock, forwards and backwards, while we run. */
  now(): Seconds;
  /** Seconds since the host was opened, by a clock that nobody sets: for how long something takes. */
  elapsed(): Seconds;
}

/** Where a collector finds its own state file. */
export const stateFolder = '/var/lib/textfile-collectors';

/** True where the command came to its end by itself, says that all went well, and ended its last line. */
export function succeeded(output: Output): boolean {
  return output.ended === 'exit' && output.exitCode === 0 && output.cut !== true;
}

/** True where the answer shows that asking more of the same program is a bad idea in this run. */
export function hung(output: Output): boolean {
  return output.ended !== 'exit' && output.ended !== 'missing';
}

/** The output of a command that did all it should; throws what `explain` says of any other. */
export function okay(command: Command, output: Output): Output {
  if (!succeeded(output)) throw new Error(explain(command, output));
  return output;
}

const endings: Record<Exclude<Ending, 'exit'>, string> = {
  signal: 'was ended by a signal, or could not be started',
  timeout: 'did not answer in time and was ended',
  stuck: 'did not answer in time and cannot be ended',
  busy: 'was not started: one of an earlier run is stuck in the kernel',
  late: 'was not started: the time of this run is over',
  missing: 'is not installed',
};

/** One line on what went wrong: `zpool list: exit status 1: cannot open 'x': no such pool`. */
export function explain(command: Command, output: Output): string {
  const words = command.join(' ');
  const shown = words.length > 72 ? `${words.slice(0, 72)}…` : words;
  if (output.ended === 'missing') return `${command[0]} ${endings.missing}`;
  const end = output.ended === 'exit' ? `exit status ${output.exitCode ?? '?'}` : endings[output.ended];
  if (output.cut === true && output.exitCode === 0) return `${shown}: ended before all was printed`;
  const said = output.stderr.trim().split('\n', 1)[0]?.slice(0, 200) ?? '';
  return `${shown}: ${end}${said === '' ? '' : `: ${said}`}`;
}
