import path from 'node:path';
import type { Collector } from '../collector.ts';
import { check } from '../doctor/doctor.ts';
import { codeOf, messageOf, oneLine } from '../errors.ts';
import type { Host } from '../host.ts';
import { liveHost } from '../machine/live-host.ts';
import { recordingHost, replayingHost } from '../machine/recording.ts';
import { openSurvivors } from '../machine/survivors.ts';
import { helpText } from '../options/cli.ts';
import { readRequest } from '../options/config.ts';
import type { ExitStatus } from '../options/conventions.ts';
import { machineDefaults } from '../options/defaults.ts';
import { textfileDirectory } from '../options/directory.ts';
import { type Request, UsageError } from '../options/options.ts';
import { lastSuccess } from '../self-metrics.ts';
import { metricsTable } from './describe.ts';
import { gather } from './gather.ts';
import { setStateAside, writeState } from './state.ts';
import { previousValue, replaceFile, sweep } from './textfile.ts';
import { version } from './version.ts';

/**
 * Runs a collector as a program. The explicit exit is for a command that cannot be ended: Node would wait for it for ever.
 */
export async function main(collector: Collector): Promise<never> {
  process.once('uncaughtException', (error) => {
    complain(collector, messageOf(error));
    process.exit(1);
  });
  process.exit(await run(collector, process.argv.slice(2)));
}

async function run(collector: Collector, argv: readonly string[]): Promise<ExitStatus> {
  try {
    const request = await readRequest(collector, argv, { ...machineDefaults(), ...process.env });
    return await act(collector, request);
  } catch (error) {
    complain(collector, messageOf(error));
    return error instanceof UsageError ? 2 : 1;
  }
}

async function act(collector: Collector, request: Request): Promise<ExitStatus> {
  if (request.help) return print(`${await helpText(collector)}\n`);
  if (request.version) return print(`textfile-collectors ${version} ${collector.name}, Node.js ${process.version}\n`);
  if (request.metrics) return print(metricsTable(collector));
  if (request.check) return check(collector, request, openHost(collector, request), gatherOptions(collector, request));
  if (request.record !== undefined && request.replay !== undefined) {
    throw new UsageError('Cannot read the options: expected one of --record and --replay, got both');
  }
  if (request.discover === true && collector.discover !== undefined) {
    return print(await withHost(collector, request, collector.discover));
  }
  return collectOnce(collector, request);
}

async function collectOnce(collector: Collector, request: Request): Promise<ExitStatus> {
  const folder = request.stdout ? undefined : textfileDirectory(request.textfile_dir);
  const gathered = await withHost(collector, request, (host) =>
    gather(collector, host, request.settings, gatherOptions(collector, request)),
  );
  for (const message of gathered.messages) complain(collector, message);
  if (folder === undefined) await print(gathered.text);
  else deliver(gathered.text, path.join(folder, `${instanceOf(collector, request)}.prom`));
  return gathered.broken ? 1 : 0;
}

function deliver(text: string, file: string): void {
  try {
    replaceFile(file, text);
    sweep(file);
  } catch (error) {
    throw new Error(`Cannot write ${file}: ${messageOf(error)}`, { cause: error });
  }
}

/** Hands over the machine, and records its answers where that is asked for, even those to a run that fails. */
async function withHost<T>(collector: Collector, request: Request, use: (host: Host) => Promise<T>): Promise<T> {
  const host = openHost(collector, request);
  if (request.record === undefined) return use(host);
  const recorder = recordingHost(host, request.record, collector);
  try {
    return await use(recorder.host);
  } finally {
    recorder.save();
  }
}

function openHost(collector: Collector, request: Request): Host {
  if (request.replay !== undefined) return replayingHost(request.replay, collector.name);
  return liveHost({
    procfs: request.procfs,
    sysfs: request.sysfs,
    stateDir: request.state_dir,
    timeout: request.timeout,
    stop: new AbortController().signal,
    survivors: openSurvivors(path.join(request.state_dir, `${instanceOf(collector, request)}.survivors.json`)),
  });
}

/** With --stdout and in a replay nothing is kept: the one only looks, the other's clock stands in the past. */
function gatherOptions(collector: Collector, request: Request) {
  const keeps = !request.stdout && !request.check && request.replay === undefined;
  const instance = instanceOf(collector, request);
  return {
    instance,
    labels: request.netns === undefined ? {} : { netns: request.netns },
    version,
    nodeVersion: process.version,
    timeout: request.timeout,
    interval: request.interval,
    previousSuccess: () => {
      const folder = request.replay === undefined ? existingDirectory(request) : undefined;
      return folder === undefined ? undefined : previousValue(path.join(folder, `${instance}.prom`), lastSuccess.name);
    },
    saveState: (memory: unknown) => {
      if (keeps) writeState(request.state_dir, instance, memory);
    },
    setStateAside: () => (keeps ? setStateAside(request.state_dir, instance) : 'not in a run that keeps nothing'),
  };
}

/** A collector in a network namespace has a file and a state of its own. */
function instanceOf({ name }: Collector, { netns }: Request): string {
  return netns === undefined ? name : `${name}-${netns}`;
}

/** With --stdout there may be no choice of a directory, and none is needed. */
function existingDirectory(request: Request): string | undefined {
  try {
    return textfileDirectory(request.textfile_dir);
  } catch {
    return undefined;
  }
}

/** Waits until all of it is with the reader: an exit drops what is still on its way into a pipe. */
function print(text: string): Promise<0> {
  return new Promise((resolve, reject) => {
    const end = (error?: Error | null): void => {
      // A reader that has had enough, as head(1), is no failure.
      if (error === undefined || error === null || codeOf(error) === 'EPIPE') resolve(0);
      else reject(new Error(`Cannot print: ${error.message}`));
    };
    process.stdout.once('error', end);
    process.stdout.write(text, end);
  });
}

/** One line, whatever was in it. */
function complain(collector: Collector, message: string): void {
  process.stderr.write(`${collector.name}: ${oneLine(message)}\n`);
}
