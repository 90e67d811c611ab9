import path from 'node:path';
import { codeOf, messageOf } from '../errors.ts';
import type { Entry, Host, Output, Seconds } from '../host.ts';
import { parseJson } from '../parse.ts';
import { type Answer, type Manifest, manifestName, manifestSchema } from './recording.ts';
import { readRegularFile } from './regular-file.ts';

/** Answers from `folder` only. A question that was not recorded is an error that names it. */
export function replayingHost(folder: string, collector: string): Host {
  const { clock, answers, texts } = load(folder, collector);
  const textOf = (name: string | undefined): string => (name === undefined ? '' : (texts.get(name) ?? ''));
  const pick = <Ask extends Answer['ask']>(ask: Ask) =>
    answers.filter((one): one is Extract<Answer, { ask: Ask }> => one.ask === ask);
  const nextRun = answerer(pick('run'), ({ command }) => command.join(' '), folder);
  const nextRead = answerer(pick('read'), (answer) => answer.path, folder);
  const nextList = answerer(pick('list'), (answer) => answer.path, folder);
  const replay = (command: readonly string[]): Output => {
    const { stdout, stderr = '', ended, exitCode, cut } = nextRun(command.join(' '));
    return {
      ended,
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(cut === undefined ? {} : { cut }),
      stdout: textOf(stdout),
      stderr,
    };
  };
  return {
    run: async (command) => replay(command),
    frame: async (command) => replay(command),
    lines: async (command, onLine) => {
      const { stdout, ...output } = replay(command);
      const lines = stdout.split('\n');
      if (lines.at(-1) === '') lines.pop();
      for (const line of lines) onLine(line);
      return { ...output, stdout: '' };
    },
    readText: async (file) => {
      const { text, error } = nextRead(file);
      if (error !== undefined) throw new Error(error);
      return text === undefined ? undefined : textOf(text);
    },
    list: async (place) => {
      const { entries, error } = nextList(place);
      if (error !== undefined) throw new Error(error);
      return entries satisfies readonly Entry[] | undefined;
    },
    now: (): Seconds => clock,
    elapsed: (): Seconds => 0,
  };
}

/** The same question may be asked twice in a run; its answers come in their order. */
function answerer<A extends Answer>(
  answers: readonly A[],
  questionOf: (answer: A) => string,
  folder: string,
): (question: string) => A {
  const queues = new Map<string, A[]>();
  for (const answer of answers) {
    const question = questionOf(answer);
    queues.set(question, [...(queues.get(question) ?? []), answer]);
  }
  return (question) => {
    const queue = queues.get(question) ?? [];
    const answer = queue.length > 1 ? queue.shift() : queue[0];
    if (answer !== undefined) return answer;
    throw new Error(`Cannot replay ${folder}: expected an answer to ${question}, got none`);
  };
}

function load(folder: string, collector: string): Manifest & { texts: Map<string, string> } {
  const recording = readManifest(folder);
  if (recording.collector !== collector) {
    throw new Error(`Cannot replay ${folder}: expected a recording of ${collector}, got one of ${recording.collector}`);
  }
  const texts = new Map<string, string>();
  for (const answer of recording.answers) {
    const name = answer.ask === 'run' ? answer.stdout : answer.ask === 'read' ? answer.text : undefined;
    if (name !== undefined) texts.set(name, readAnswer(folder, path.basename(name)));
  }
  return { ...recording, texts };
}

function readManifest(folder: string): Manifest {
  const parsed = manifestSchema().safeParse(parseJson(readAnswer(folder, manifestName)));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place =
    issue === undefined || issue.path.length === 0 ? manifestName : `${manifestName}, ${issue.path.join('.')}`;
  throw new Error(`Cannot replay ${folder}: expected a recording of this version, got in ${place}: ${issue?.message}`);
}

function readAnswer(folder: string, name: string): string {
  try {
    // Of a command's lines there may be any number.
    return readRegularFile(path.join(folder, name), Number.POSITIVE_INFINITY);
  } catch (error) {
    const got = codeOf(error) ?? messageOf(error);
    throw new Error(`Cannot replay ${folder}: expected its file ${name}, got ${got}`, { cause: error });
  }
}
