import type { Run } from '../../lib/collector.ts';
import { messageOf } from '../../lib/errors.ts';
import { type Command, type Host, type Output, explain, hung, succeeded } from '../../lib/host.ts';

/** One thing to know of every pool, and the command that tells it: of all pools at once, or of one. */
export interface Question<T> {
  /** The words in `textfile_collector_source_success`. */
  readonly source: string;
  readonly command: (pool?: string) => Command;
  /** Throws where the output is of no use at all. */
  readonly parse: (stdout: string) => readonly T[];
  readonly poolOf: (item: T) => string;
  /** Asked instead where the tool does not know an option or a property of this one. */
  readonly older: Question<T> | undefined;
}

/** What the command for all pools said. */
interface Answer<T> {
  readonly question: Question<T>;
  readonly items: readonly T[];
  /** Why it is not, or not certainly, whole. */
  readonly reason: string | undefined;
  readonly output: Output;
}

/**
 * Asks all questions at once, each again where its answer leaves pools out, and reports each for each pool. `states` are
 * those that the kernel gives.
 */
export async function askPools<R extends { readonly pool: string }, S, D>(
  host: Host,
  run: Run,
  { rows, statuses, datasets }: { rows: Question<R>; statuses: Question<S>; datasets: Question<D> },
  states: ReadonlyMap<string, string | undefined>,
): Promise<{ rows: readonly R[]; statuses: readonly S[]; datasets: readonly D[] }> {
  const answers = await Promise.all([askAll(host, rows), askAll(host, statuses), askAll(host, datasets)]);
  const namable = answers.some(({ output }) => hung(output)) ? [] : healthy(states);
  const [rowAnswer, statusAnswer, datasetAnswer] = answers;
  const allRows = await withMissing(host, rowAnswer, namable);
  const allStatuses = await withMissing(host, statusAnswer, namable);
  const allDatasets = await withMissing(host, datasetAnswer, namable);
  const pools = [...new Set([...states.keys(), ...allRows.map(({ pool }) => pool)])].sort();
  report(run, rowAnswer, allRows, pools);
  report(run, statusAnswer, allStatuses, pools);
  report(run, datasetAnswer, allDatasets, pools);
  return { rows: allRows, statuses: allStatuses, datasets: allDatasets };
}

/** Pools that a command may name: the kernel itself says that they work. */
function healthy(states: ReadonlyMap<string, string | undefined>): string[] {
  return [...states].filter(([, state]) => state === 'ONLINE' || state === 'DEGRADED').map(([pool]) => pool);
}

/** The exit status of zpool and zfs where they do not know an option or a property. */
const usage = 2;

/**
 * Asks of all pools in one command that names none: such a command ends on SIGTERM even while the kernel's namespace lock
 * is held (OpenZFS 2.3; not 2.1); one that names a pool then cannot be ended by anything.
 */
async function askAll<T>(host: Host, question: Question<T>): Promise<Answer<T>> {
  const command = question.command();
  const output = await host.run(command, { endable: true });
  if (output.exitCode === usage && question.older !== undefined) return askAll(host, question.older);
  const failure = succeeded(output) ? undefined : explain(command, output);
  const { items, reason } = output.ended === 'exit' ? parsed(question, output.stdout) : parsed(question, '');
  return { question, items, reason: failure ?? reason, output };
}

function parsed<T>(question: Question<T>, stdout: string): { items: readonly T[]; reason: string | undefined } {
  try {
    return { items: question.parse(stdout), reason: undefined };
  } catch (error) {
    return { items: [], reason: messageOf(error) };
  }
}

/** Asking pool by pool cannot help where the tool gets nowhere near a pool. */
const hopeless = /must be run as root|are required|initialize the libzfs|modules are not loaded|invalid option/;

/**
 * Asks for what the answer leaves out: the pools in `namable`, by name. Only where asking for all failed, and did so
 * without hanging. One sick pool then costs the others nothing.
 */
async function withMissing<T>(host: Host, answer: Answer<T>, namable: readonly string[]): Promise<readonly T[]> {
  const { question, output } = answer;
  if (answer.reason === undefined || output.ended !== 'exit' || hopeless.test(output.stderr)) return answer.items;
  const known = new Set(answer.items.map(question.poolOf));
  const items = [...answer.items];
  for (const pool of namable.filter((name) => !known.has(name))) {
    const named = await host.run(question.command(pool));
    if (hung(named)) break;
    if (succeeded(named)) items.push(...parsed(question, named.stdout).items);
  }
  return items;
}

/**
 * Says for each pool whether the source told of it. A pool that is left out with exit status 0 was not read either:
 * `zfs list` leaves out the datasets of a suspended pool without a word, and absence is not destruction.
 */
function report<T>(
  run: Run,
  { question: { source, poolOf }, reason }: Answer<T>,
  items: readonly T[],
  pools: readonly string[],
): void {
  const read = new Set(items.map(poolOf));
  if (pools.length === 0 && read.size === 0) run.report(source, '', reason);
  for (const pool of pools) {
    if (read.has(pool)) run.report(source, pool);
    else run.report(source, pool, reason ?? `${source} leaves the pool out, with exit status 0`);
  }
}
