import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import type { Collector } from '../collector.ts';
import { messageOf } from '../errors.ts';
import type { Command, Host, Output } from '../host.ts';
import { keysIn, withDummyKeys, withoutKeys } from '../keys.ts';
import { makeFolder } from './folder.ts';

/**
 * A recording is a folder: `recording.json` lists every question of a run with its answer, and each text that a command
 * or a file answered stands beside it in a file of its own, named after the question.
 */
export const manifestName = 'recording.json';

/** Made when it is needed: only who replays pays for it. */
export const manifestSchema = () =>
  z.object({
    version: z.literal(1),
    collector: z.string(),
    /** Where the answers come from: a machine and its releases, or `constructed` and why. */
    about: z.optional(z.string()),
    /** UNIX time of the run; a replay stands still at it. */
    clock: z.number(),
    answers: z.array(
      z.discriminatedUnion('ask', [
        z.object({
          ask: z.literal('run'),
          command: z.array(z.string()).check(z.minLength(1)),
          ended: z.enum(['exit', 'signal', 'timeout', 'stuck', 'busy', 'late', 'missing']),
          exitCode: z.optional(z.number()),
          cut: z.optional(z.boolean()),
          /** Name of the file that holds it; absent when empty. */
          stdout: z.optional(z.string()),
          stderr: z.optional(z.string()),
        }),
        z.object({
          ask: z.literal('read'),
          path: z.string(),
          /** Name of the file that holds the text; absent where there is no such file or it could not be read. */
          text: z.optional(z.string()),
          error: z.optional(z.string()),
        }),
        z.object({
          ask: z.literal('list'),
          path: z.string(),
          entries: z.optional(z.array(z.object({ name: z.string(), folder: z.boolean() }))),
          error: z.optional(z.string()),
        }),
      ]),
    ),
  });
export type Manifest = z.output<ReturnType<typeof manifestSchema>>;
export type Answer = Manifest['answers'][number];

/** A host that notes every answer of `host`; `save` writes them. */
export interface Recorder {
  readonly host: Host;
  save(): void;
}

type Recordable = Pick<Collector, 'name' | 'redact'>;

/** Records into `folder`, which must be empty or not there yet: it is made now, so that nobody else makes it before the run ends. */
export function recordingHost(host: Host, folder: string, { name, redact }: Recordable): Recorder {
  const present = recordable(folder, () => {
    makeFolder(folder);
    return readdirSync(folder);
  });
  if (present.length > 0) throw new Error(`Cannot record into ${folder}: expected an empty folder, got ${present[0]}`);
  const notes: Notes = { answers: [], texts: new Map(), known: new Set(), redacted: redacter(redact) };
  const clock = host.now();
  return {
    host: noting(host, notes),
    save: () => {
      // root may record into a folder of someone else's: what has come to lie there is not written through.
      const write = (file: string, text: string): void => writeFileSync(path.join(folder, file), text, { flag: 'wx' });
      const content: Manifest = { version: 1, collector: name, clock, answers: notes.answers };
      recordable(folder, () => {
        for (const [file, text] of notes.texts) write(file, withDummyKeys(text, notes.known));
        write(manifestName, `${JSON.stringify(content, null, 2)}\n`);
      });
    },
  };
}

function recordable<T>(folder: string, does: () => T): T {
  try {
    return does();
  } catch (error) {
    throw new Error(`Cannot record into ${folder}: ${messageOf(error)}`, { cause: error });
  }
}

/** `host`, with every answer in `notes`. */
function noting(host: Host, notes: Notes): Host {
  const { redacted } = notes;
  const ran = async (command: Command, asking: Promise<Output>): Promise<Output> => {
    const output = await asking;
    noteRun(notes, command, output, redacted(command, output.stdout));
    return output;
  };
  return {
    run: async (command, options) => ran(command, host.run(command, options)),
    frame: async (command, isLast, options) => ran(command, host.frame(command, isLast, options)),
    lines: async (command, onLine, options) => {
      let text = '';
      const tee = (line: string): void => {
        text += `${redacted(command, line)}\n`;
        onLine(line);
      };
      const output = await host.lines(command, tee, options);
      noteRun(notes, command, output, text);
      return output;
    },
    readText: async (file) =>
      answered(
        host.readText(file),
        (text) => {
          const name = text === undefined ? text : keep(notes, file, redacted(file, text));
          note(notes, { ask: 'read', path: file, text: name });
        },
        (error) => note(notes, { ask: 'read', path: file, error }),
      ),
    list: async (place) =>
      answered(
        host.list(place),
        (entries) => note(notes, { ask: 'list', path: place, entries: entries && [...entries] }),
        (error) => note(notes, { ask: 'list', path: place, error }),
      ),
    now: () => host.now(),
    elapsed: () => host.elapsed(),
  };
}

/** Takes the secrets out of a text, line by line. */
function redacter(redact: Collector['redact']): Notes['redacted'] {
  if (redact === undefined) return (_, text) => text;
  return (question, text) =>
    text
      .split('\n')
      .map((line) => redact(question, line))
      .join('\n');
}

interface Notes {
  readonly answers: Answer[];
  /** By file name. */
  readonly texts: Map<string, string>;
  /** Keys that a command printed where its collector knows them to be public; all others are secrets. */
  readonly known: Set<string>;
  readonly redacted: (question: Command | string, text: string) => string;
}

/** Without what looks like a key in a path, or in what a program or the system said of a failure. */
function note({ answers }: Notes, answer: Answer): void {
  if (answer.ask === 'run') answers.push({ ...answer, stderr: answer.stderr && withoutKeys(answer.stderr) });
  else answers.push({ ...answer, path: withoutKeys(answer.path), error: answer.error && withoutKeys(answer.error) });
}

/** `text` is the redacted standard output: that of `lines` is redacted as it comes. */
function noteRun(notes: Notes, command: Command, { ended, exitCode, cut, stderr }: Output, text: string): void {
  for (const key of keysIn(text)) notes.known.add(key);
  note(notes, {
    ask: 'run',
    command: [...command],
    ended,
    exitCode,
    cut,
    stdout: text === '' ? undefined : keep(notes, command.join(' '), text),
    stderr: stderr === '' ? undefined : notes.redacted(command, stderr),
  });
}

function keep({ texts }: Notes, question: string, text: string): string {
  const name = fileName(question, texts);
  texts.set(name, text);
  return name;
}

async function answered<T>(
  asking: Promise<T>,
  onAnswer: (answer: T) => void,
  onError: (message: string) => void,
): Promise<T> {
  try {
    const answer = await asking;
    onAnswer(answer);
    return answer;
  } catch (error) {
    onError(messageOf(error));
    throw error;
  }
}

/** `zpool list -Hp -o name` becomes `zpool_list_-Hp_-o_name.txt`; of a long question both ends are kept. */
function fileName(question: string, taken: ReadonlyMap<string, string>): string {
  const whole = withoutKeys(question)
    .replaceAll(/[^A-Za-z0-9.@:=-]+/g, '_')
    .replaceAll(/^_|_$/g, '');
  const stem = whole.length <= 80 ? whole : `${whole.slice(0, 24)}~${whole.slice(-55)}`;
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? `${stem}.txt` : `${stem}~${n}.txt`;
    if (!taken.has(name)) return name;
  }
}
