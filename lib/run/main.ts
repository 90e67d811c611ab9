import path from 'node:path';
import type { Collector } from '../collector.ts';
import { check } from '../doctor/doctor.ts';
import { messageOf, oneLine } from '../errors.ts';
import type { Host } from '../host.ts';
import { withoutKeys } from '../keys.ts';
import { type Followed, openFollowed } from '../machine/followed.ts';
import { liveHost } from '../machine/live-host.ts';
import { print } from '../machine/print.ts';
import { recordingHost } from '../machine/recording.ts';
import { replaceFile } from '../machine/replace-file.ts';
import { replayingHost } from '../machine/replaying.ts';
import { openSurvivors } from '../machine/survivors.ts';
import { helpText } from '../options/cli.ts';
import { readRequest } from '../options/config.ts';
import type { ExitStatus } from '../options/conventions.ts';
import { machineDefaults } from '../options/defaults.ts';
import { textfileDirectory } from '../options/directory.ts';
import { UsageError } from '../options/options.ts';
import { type Call, callOf } from './call.ts';
import { metricsTable } from './describe.ts';
import { follow } from './follow.ts';
import { gather } from './gather.ts';
import { takeSignals } from './stop.ts';
import { version } from './version.ts';

/**
 * Runs a collector as a program. The explicit exit is for a command that cannot be ended: Node would wait for it for ever.
 */
export async function main(collector: Collector): Promise<never> {
  process.once('uncaughtException', (error) => {
    complain(collector, messageOf(error));
    process.exit(1);
  });
  // What is told may be read by nobody. The file is what counts.
  process.stderr.on('error', () => {});
  enterSomeFolder();
  const { stop, end } = takeSignals();
  const status = await run(collector, process.argv.slice(2), stop);
  await end();
  process.exit(status);
}

/** Packages ask for the working directory as they are loaded. Where it was deleted, nothing can have been meant by it. */
function enterSomeFolder(): void {
  try {
    process.cwd();
  } catch {
    process.chdir('/');
  }
}

async function run(collector: Collector, argv: readonly string[], stop: AbortSignal): Promise<ExitStatus> {
  const followed = openFollowed(stop);
  try {
    const request = await readRequest(collector, argv, { ...machineDefaults(), ...process.env });
    return await act(callOf(collector, request, stop), followed);
  } catch (error) {
    complain(collector, messageOf(error));
    return error instanceof UsageError ? 2 : 1;
  } finally {
    await followed.end();
  }
}

async function act(call: Call, followed: Followed): Promise<ExitStatus> {
  const { collector, request } = call;
  if (request.help) return print(`${await helpText(collector)}\n`);
  if (request.version) return print(`textfile-collectors ${version} ${collector.name}, Node.js ${process.version}\n`);
  if (request.metrics) return print(metricsTable(collector));
  if (request.check) return check(call, openHost(call, followed));
  if (request.record !== undefined && request.replay !== undefined) {
    throw new UsageError('Cannot read the options: expected one of --record and --replay, got both');
  }
  if (request.discover === true && collector.discover !== undefined) {
    return print(await withHost(call, followed, collector.discover));
  }
  if (request.follow !== true) return collectOnce(call, followed);
  const other = (['stdout', 'record', 'replay'] as const).find(
    (one) => request[one] !== undefined && request[one] !== false,
  );
  if (other !== undefined)
    throw new UsageError(`Cannot read the options: expected one of --follow and --${other}, got both`);
  return follow(async () => collectOnce(call, followed), followed, {
    stop: call.stop,
    interval: request.interval,
    complain: (message) => complain(collector, message),
  });
}

async function collectOnce(call: Call, followed: Followed): Promise<ExitStatus> {
  const { request, fileName } = call;
  const folder = request.stdout ? undefined : textfileDirectory(request.textfile_dir);
  const gathered = await withHost(call, followed, (host) => gather(call, host));
  for (const message of gathered.messages) complain(call.collector, message);
  if (folder === undefined) await print(gathered.text);
  else publish(gathered.text, path.join(folder, fileName));
  return gathered.broken ? 1 : 0;
}

function publish(text: string, file: string): void {
  try {
    replaceFile(file, text);
  } catch (error) {
    throw new Error(`Cannot write ${file}: ${messageOf(error)}`, { cause: error });
  }
}

/** Hands over the machine, and records its answers where that is asked for, even those to a run that fails. */
async function withHost<T>(call: Call, followed: Followed, use: (host: Host) => Promise<T>): Promise<T> {
  const { record } = call.request;
  const host = openHost(call, followed);
  if (record === undefined) return use(host);
  const recorder = recordingHost(host, record, call.collector);
  try {
    return await use(recorder.host);
  } finally {
    recorder.save();
  }
}

function openHost({ collector, request, instance, stop }: Call, followed: Followed): Host {
  if (request.replay !== undefined) return replayingHost(request.replay, collector.name);
  return liveHost({
    procfs: request.procfs,
    sysfs: request.sysfs,
    stateDir: request.state_dir,
    timeout: request.timeout,
    stop,
    survivors: openSurvivors(path.join(request.state_dir, `${instance}.survivors.json`)),
    followed,
  });
}

/** One line, whatever was in it, but for keys. */
function complain(collector: Collector, message: string): void {
  process.stderr.write(`${collector.name}: ${oneLine(withoutKeys(message))}\n`);
}
