import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import type { Command, Host, Output, RunOptions, Seconds } from '../host.ts';
import { runCommand } from './command.ts';
import { maxText, splitting } from './output.ts';

type IsLast = Parameters<Host['frame']>[1];

/** Commands that print frame after frame, from one run to the next. */
export interface Followed {
  /** The answer of a Host's `frame`; `file` is the path of the program. */
  next(file: string, command: Command, isLast: IsLast, options: FrameOptions): Promise<Output>;
  /** Comes to its end when `next` need not wait: there is a frame, or none came in time, or the command has ended. */
  news(): Promise<void>;
  /** After a run. `wait`: for the next frame. `again`: start anew what printed frames, or was ended. `end`: neither. */
  outlook(): 'wait' | 'again' | 'end';
  /** Ends them all. */
  end(): Promise<void>;
}

interface FrameOptions extends Pick<RunOptions, 'maxText' | 'env'> {
  /** From one frame to the next. */
  readonly timeout: Seconds;
  readonly onStuck: (pid: number | undefined) => void;
}

interface Program {
  readonly limit: AbortController;
  readonly timeout: Seconds;
  /** Has an event `news` for each frame, and for the end. */
  readonly events: EventEmitter;
  /** Of all of it, when it has ended. */
  readonly output: Promise<Output>;
  readonly now: Progress;
}

interface Progress {
  ended: boolean;
  /** A whole one that was not handed over yet. */
  frame: string | undefined;
  frames: number;
  /** When the last one came, or the command was started: performance.now(). */
  since: number;
  /** What `isLast` has thrown. */
  mistake: unknown;
}

/** `stop` ends them all. */
export function openFollowed(stop: AbortSignal): Followed {
  const programs = new Map<string, Program>();
  let after: 'again' | 'end' = 'end';
  const next: Followed['next'] = async (file, command, isLast, options) => {
    const key = command.join('\0');
    const program = programs.get(key) ?? start([file, ...command.slice(1)], isLast, options, stop);
    programs.set(key, program);
    await newsOf(program);
    const { frame } = program.now;
    program.now.frame = undefined;
    if (frame !== undefined) return { ended: 'exit', exitCode: 0, stdout: frame, stderr: '' };
    programs.delete(key);
    program.limit.abort();
    const output = await program.output;
    const { frames, mistake } = program.now;
    after = mistake === undefined && (frames > 0 || output.ended !== 'exit') ? 'again' : 'end';
    if (mistake !== undefined) throw new Error(messageOf(mistake), { cause: mistake });
    return output.ended === 'exit' ? { ...output, cut: true } : output;
  };
  return {
    next,
    news: async () => {
      const all = [...programs.values()].map(newsOf);
      if (all.length > 0) await Promise.race(all);
    },
    outlook: () => (programs.size > 0 ? 'wait' : after),
    end: async () => {
      for (const { limit } of programs.values()) limit.abort();
      await Promise.all([...programs.values()].map(async ({ output }) => output));
    },
  };
}

function start(
  command: Command,
  isLast: IsLast,
  { timeout, onStuck, env, maxText: most = maxText }: FrameOptions,
  stop: AbortSignal,
): Program {
  const limit = new AbortController();
  const events = new EventEmitter();
  const now: Progress = { ended: false, frame: undefined, frames: 0, since: performance.now(), mistake: undefined };
  const onOutput = framing(isLast, most, now, () => events.emit('news'));
  const until = AbortSignal.any([stop, limit.signal]);
  const output = runCommand(command, { timeout: undefined, stop: until, env, onOutput, onStuck }).then((all) => {
    now.ended = true;
    events.emit('news');
    return all;
  });
  return { limit, timeout, events, output, now };
}

/** Puts frames together. Where nobody asks for them the newest one replaces the one before. */
function framing(
  isLast: IsLast,
  most: number,
  now: Progress,
  onFrame: () => void,
): (chunk: string) => string | undefined {
  let text = '';
  const onLine = (line: string): void => {
    text += `${line}\n`;
    if (!isLast(line)) return;
    now.frame = text;
    now.frames += 1;
    now.since = performance.now();
    text = '';
    onFrame();
  };
  const { take } = splitting(onLine, { maxLines: Number.POSITIVE_INFINITY });
  return (chunk) => {
    try {
      const excess = take(chunk);
      return text.length > most ? `printed a frame of more than ${most / 1024} KiB` : excess;
    } catch (error) {
      now.mistake = error;
      return messageOf(error);
    }
  };
}

/** Waits no longer than until the time for a frame is over. */
async function newsOf({ events, timeout, now }: Program): Promise<void> {
  const left = now.since + timeout * 1000 - performance.now();
  if (now.frame !== undefined || now.ended || left <= 0) return;
  const waiting = new AbortController();
  const { signal } = waiting;
  await Promise.race([once(events, 'news', { signal }), delay(left, undefined, { signal })]);
  waiting.abort();
}
