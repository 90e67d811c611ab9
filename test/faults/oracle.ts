import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { complaints, withoutPromtool } from '../promtool.ts';
import { seriesOf } from '../replay.ts';
import { parseExposition } from './exposition-parser.ts';
import { leaks } from './secrets.ts';
import { type Outcome, type Stage, once } from './stage.ts';

/** Of one run, whatever the fault: what it must not take. */
const limits = { memory: 160, stderrLine: 2000, stderrLines: 40 };

/** How the names end that a run uses on its way to a file. */
export const temporary = /\.[\da-f]{32}$/;

/** What a fault may make of a run, beside what holds always. */
export interface Allowance {
  /** The run's own time limit, in seconds. */
  readonly timeout: number;
  /** The file that was there before; undefined where there was none. */
  readonly before?: string | undefined;
  /** What the healthy machine tells. */
  readonly healthy: string;
  /** How the run ends: with 0, and a new file, where nothing else is said. `any`: as it may, with the old file or a new one. */
  readonly exit?: 0 | 1 | 2 | 'any';
  /** Node.js itself may not come up, and then says what it likes. */
  readonly native?: boolean;
  /** How many runs in one this was. */
  readonly runs?: number;
  /** What it has to say on stderr. */
  readonly says?: RegExp;
  /** Names that may lie beside the file. */
  readonly beside?: RegExp;
  /** Series that say another thing with every run: times, and what the fault itself is about. */
  readonly mayDiffer?: RegExp | undefined;
}

/** What of a run is against the suite's promises; empty where it keeps them all. */
export async function violations(stage: Stage, outcome: Outcome, allowance: Allowance): Promise<string[]> {
  const ours = allowance.native !== true || [0, 1, 2].includes(outcome.exitCode ?? -1);
  return [
    ...ofExit(outcome, allowance),
    ...(ours ? ofStderr(stage, outcome, allowance) : []),
    ...ofFile(stage, outcome, allowance),
    ...leaks(stage, outcome),
    ...(await ofPromtool(stage, outcome, allowance)),
    ...(outcome.text === undefined || outcome.text === allowance.before ? [] : lies(outcome.text, allowance)),
    ...(await leftovers(stage, allowance)),
  ];
}

function ofExit(
  { exitCode, signal, seconds, starved, memory, stderr }: Outcome,
  { timeout, exit = 0, runs = 1 }: Allowance,
): string[] {
  // Of a machine that has no processor to give, a short limit of time says nothing; the file is written all the same.
  const isStarved = exit === 0 && starved > seconds / 2 && /: the run was given up after \d+ s$/m.test(stderr);
  return [
    ...(exit === 'any' || exitCode === exit || (isStarved && exitCode === 1)
      ? []
      : [`ended with ${exitCode ?? signal} instead of ${exit}`]),
    ...(seconds > runs * (timeout + 3) + starved ? [`took ${seconds.toFixed(1)} s, with ${timeout} s to go`] : []),
    ...(memory > limits.memory ? [`took ${memory.toFixed(0)} MiB`] : []),
  ];
}

function ofStderr({ collector }: Stage, { stderr }: Outcome, { exit = 0, says }: Allowance): string[] {
  const lines = stderr === '' ? [] : stderr.split('\n');
  return [
    ...lines
      .filter((line) => !line.startsWith(`${collector}: `))
      .map((line) => `says ${JSON.stringify(line.slice(0, 120))}`),
    ...lines
      .filter((line) => line.length > limits.stderrLine)
      .map((line) => `says a line of ${line.length} characters`),
    ...((exit === 1 && lines.length === 0) || (exit === 2 && lines.length !== 1)
      ? [`says ${lines.length} lines on why it failed`]
      : []),
    ...(says?.test(stderr) === false ? [`says ${JSON.stringify(stderr.slice(0, 200))} and not ${says}`] : []),
    ...(lines.length > limits.stderrLines ? [`says ${lines.length} lines`] : []),
    ...(/\p{Cc}/u.test(stderr.replaceAll('\n', '')) ? ['says control characters'] : []),
    ...(/^\s+at .*:\d+:\d+\)?$/m.test(stderr) ? ['says a stack trace'] : []),
  ];
}

function ofFile({ prom }: Stage, { text }: Outcome, { before, exit = 0 }: Allowance): string[] {
  if (text === before && exit === 'any') return [];
  if (exit === 1 || exit === 2) return text === before ? [] : ['failed, and touched the file'];
  if (text === undefined || text === before) return ['wrote no file, and says that it did'];
  const mode = statSync(prom).mode & 0o7777;
  return [...(mode === 0o644 ? [] : [`left the file with mode ${mode.toString(8)}`]), ...parseExposition(text)];
}

const checked = once(complaints);

/** Once for each text: those that differ in nothing but what is another with every run are one to promtool, too. */
async function ofPromtool({ folder }: Stage, { text }: Outcome, { before }: Allowance): Promise<string[]> {
  if (text === undefined || text === before || withoutPromtool) return [];
  const lasting = text.replaceAll(/^(textfile_collector_\w+_seconds\{.*\}) \S+$/gm, '$1 1').replaceAll(folder, '');
  return (await checked(lasting)).map((line) => `promtool says ${line}`);
}

const own = /^textfile_collector_/;
/** Series that are there to tell: that a side was not reached, that sockets were not counted, that a release is not known. */
const telling = /^(?:zfs_replication_(?:source|target)_up|tcp_walk_skipped|zfs_version_info)/;
const unreached = /^zfs_replication_(?:source|target)_up/;
const moving = /^textfile_collector_(?:duration|last_run|last_success|info|interval)/;

/** Each value is that of the healthy machine, or it is absent and that is told. */
export function lies(text: string, { healthy, mayDiffer }: Pick<Allowance, 'healthy' | 'mayDiffer'>): string[] {
  const [found, expected] = [seriesOf(text), seriesOf(healthy)];
  const differs = (series: string): boolean =>
    !own.test(series) && !telling.test(series) && mayDiffer?.test(series) !== true;
  const wrong = [...found].filter(([series, value]) => differs(series) && expected.get(series) !== value);
  const lost = [...expected.keys()].filter((series) => differs(series) && !found.has(series));
  const told = [...found].some(
    ([series, value]) =>
      (own.test(series) && !moving.test(series) && (/success/.test(series) ? value === '0' : value !== '0')) ||
      (unreached.test(series) && value === '0'),
  );
  return [
    ...wrong.slice(0, 3).map(([series, value]) => `has ${series} ${value} for ${expected.get(series) ?? 'nothing'}`),
    ...(lost.length > 0 && !told ? [`lost ${lost.length} series without a word, ${lost[0]} for one`] : []),
  ];
}

/** Nothing lies beside the file or the state, and nothing that was started goes on; what was killed needs a moment to be gone. */
async function leftovers(stage: Stage, { beside: allowed }: Allowance): Promise<string[]> {
  const beside = [
    ...namesIn(stage.textfile).filter((name) => name !== path.basename(stage.prom)),
    ...namesIn(stage.state).filter((name) => temporary.test(name)),
  ].filter((name) => allowed?.test(name) !== true);
  const deadline = performance.now() + 3000;
  let running = processes(stage);
  while (running.length > 0 && performance.now() < deadline) {
    await setTimeout(50);
    running = processes(stage);
  }
  return [...beside.map((name) => `left ${name} beside the file`), ...running.map((one) => `left ${one} running`)];
}

function namesIn(folder: string): string[] {
  return existsSync(folder) && statSync(folder).isDirectory() ? readdirSync(folder) : [];
}

/** Those whose command line names the stage. */
function processes({ folder }: Stage): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      return words.includes(folder) ? [words.slice(0, 80)] : [];
    } catch {
      return [];
    }
  });
}
