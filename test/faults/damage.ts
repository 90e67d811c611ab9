import { existsSync, readdirSync } from 'node:fs';
import type { Collector } from '../../lib/collector.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Command, Host, Output } from '../../lib/host.ts';
import { replayingHost } from '../../lib/machine/replaying.ts';
import { readRequest } from '../../lib/options/config.ts';
import { callOf } from '../../lib/run/call.ts';
import { type Gathered, gather } from '../../lib/run/gather.ts';
import { fixture } from '../replay.ts';

/** A command or a file that a collector has asked for, and what that answered. */
export interface Answer {
  readonly machine: string;
  /** The words of the command, or the path of the file. */
  readonly question: string;
  readonly text: string;
}

/** A recorded machine, and what came of its answers. */
export interface Machine {
  readonly answers: readonly Answer[];
  readonly calm: Gathered;
}

/** All recordings of a collector, by name. */
export async function machinesOf(collector: Collector): Promise<ReadonlyMap<string, Machine>> {
  const machines = new Map<string, Machine>();
  for (const machine of readdirSync(fixture(collector.name))) {
    const heard = new Map<string, string>();
    const calm = await gatherFrom(collector, machine, (host) =>
      answering(host, (question, text) => {
        heard.set(question, text);
        return text;
      }),
    );
    const answers = [...heard].map(([question, text]) => ({ machine, question, text }));
    machines.set(machine, { answers: answers.filter(({ text }) => text !== ''), calm });
  }
  return machines;
}

/** Runs a collector on a recorded machine of which one answer is another. */
export async function damaged(collector: Collector, { machine, question, text }: Answer): Promise<Gathered> {
  return gatherFrom(collector, machine, (host) =>
    answering(host, (asked, answer) => (asked === question ? text : answer)),
  );
}

async function gatherFrom(collector: Collector, machine: string, door: (host: Host) => Host): Promise<Gathered> {
  const folder = fixture(collector.name, machine);
  const config = fixture(collector.name, machine, 'config.toml');
  const options = ['--replay', folder, '--config', existsSync(config) ? config : '/dev/null'];
  const call = callOf(collector, await readRequest(collector, options, {}), new AbortController().signal);
  return gather({ ...call, stateFolder: undefined }, door(replayingHost(folder, collector.name)));
}

async function ifRecorded<T>(asking: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await asking;
  } catch (error) {
    if (messageOf(error).startsWith('Cannot replay ')) return otherwise;
    throw error;
  }
}

/** What nobody has recorded fails as a command does that does not know an option. */
const unknown: Output = { ended: 'exit', exitCode: 2, stdout: '', stderr: 'invalid option' };

/** A machine whose answers are what `change` makes of them. */
function answering(host: Host, change: (question: string, text: string) => string): Host {
  const ran = async (command: Command, asking: () => Promise<Output>): Promise<Output> => {
    const output = await ifRecorded(asking(), unknown);
    const stdout = change(command.join(' '), output.stdout);
    if (stdout === output.stdout) return output;
    return { ...output, stdout, cut: stdout !== '' && !stdout.endsWith('\n') };
  };
  return {
    ...host,
    run: async (command) => ran(command, async () => host.run(command)),
    frame: async (command, isLast) => framed(await ran(command, async () => host.frame(command, isLast)), isLast),
    lines: async (command, onLine) => {
      const output = await ran(command, async () => {
        const lines: string[] = [];
        const rest = await host.lines(command, (line) => lines.push(line));
        return { ...rest, stdout: lines.map((line) => `${line}\n`).join('') };
      });
      for (const line of output.stdout.split('\n').slice(0, -1)) onLine(line);
      return { ...output, stdout: '' };
    },
    readText: async (path) => {
      const text = await ifRecorded(host.readText(path), undefined);
      return text === undefined ? undefined : change(path, text);
    },
    list: async (path) => ifRecorded(host.list(path), undefined),
  };
}

/** Up to the line that ends a frame; as it is where there is none. */
function framed(output: Output, isLast: (line: string) => boolean): Output {
  const lines = output.stdout.split('\n');
  const last = lines.findIndex(isLast);
  if (output.ended !== 'exit' || output.exitCode !== 0) return output;
  if (last < 0 || last === lines.length - 1) return { ...output, stdout: '', cut: true };
  return { ...output, stdout: `${lines.slice(0, last + 1).join('\n')}\n`, cut: false };
}
