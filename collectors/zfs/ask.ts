import type { Run } from '../../lib/collector.ts';
import { messageOf } from '../../lib/errors.ts';
import { type Command, type Host, type Output, hung } from '../../lib/host.ts';
import { accused, complaint, poolOf } from './complaints.ts';

/** One thing to know of every pool, and the command that tells it: of all pools at once, or of one. */
export interface Question<T> {
  /** The words in `textfile_collector_source_success`. */
  readonly source: string;
  readonly command: (pool?: string) => Command;
  /** Throws where the output is of no use at all. */
  readonly parse: (stdout: string) => readonly T[];
  readonly poolOf: (item: T) => string;
  /** Whether a pool is told of in lines that mean less without those that follow: one that the text breaks off in is not known. */
  readonly inBlocks?: true;
  /** How much it may print, in characters. */
  readonly maxText: number;
  /** Asked instead where the tool does not know an option or a property of this one. */
  readonly older: Question<T> | undefined;
}

/** What is known of the pools. */
export interface Answer<T> {
  readonly items: readonly T[];
  /** Why the items of a pool are not all there; pools of which they are, are not in it. */
  readonly reasons: ReadonlyMap<string, string>;
}

/** The questions of a run; the last two may not be asked. */
export interface Questions<R, S, D, L, V> {
  readonly rows: Question<R>;
  readonly statuses: Question<S>;
  readonly datasets: Question<D>;
  readonly latencies: Question<L> | undefined;
  readonly spaces: Question<V> | undefined;
}

/**
 * Asks all questions at once, each again where its answer may leave something out, and reports each for each pool.
 * `states` are those that the kernel gives.
 */
export async function askPools<R extends { readonly pool: string }, S, D, L, V>(
  host: Host,
  run: Run,
  { rows, statuses, datasets, latencies, spaces }: Questions<R, S, D, L, V>,
  states: ReadonlyMap<string, string | undefined>,
): Promise<{ rows: Answer<R>; statuses: Answer<S>; datasets: Answer<D>; latencies: Answer<L>; spaces: Answer<V> }> {
  const [rowsSaid, statusesSaid, datasetsSaid, latenciesSaid, spacesSaid] = await Promise.all([
    askAll(host, rows),
    askAll(host, statuses),
    askAll(host, datasets),
    latencies === undefined ? undefined : askAll(host, latencies),
    spaces === undefined ? undefined : askAll(host, spaces),
  ]);
  const outputs = [rowsSaid, statusesSaid, datasetsSaid, latenciesSaid, spacesSaid].map((said) => said?.output);
  const namable = outputs.some((output) => output !== undefined && hung(output)) ? new Set<string>() : healthy(states);
  // What one command tells of, another may leave out.
  const told = [...poolsIn(rowsSaid), ...poolsIn(statusesSaid), ...poolsIn(datasetsSaid)];
  const pools = [...new Set([...states.keys(), ...told])].sort();
  const whole = async <T>(answer: Said<T>): Promise<Answer<T>> =>
    reported(run, answer, await completed(host, answer, pools, namable), pools);
  return {
    rows: await whole(rowsSaid),
    statuses: await whole(statusesSaid),
    datasets: await whole(datasetsSaid),
    latencies: latenciesSaid === undefined ? nothing : await whole(latenciesSaid),
    spaces: spacesSaid === undefined ? nothing : await whole(spacesSaid),
  };
}

function poolsIn<T>({ question, items }: Said<T>): string[] {
  return items.map(question.poolOf);
}

/** Of a question that was not asked. */
const nothing = { items: [], reasons: new Map<string, string>() };

/** Pools that a command may name: the kernel itself says that they work. */
function healthy(states: ReadonlyMap<string, string | undefined>): ReadonlySet<string> {
  return new Set([...states].filter(([, state]) => state === 'ONLINE' || state === 'DEGRADED').map(([pool]) => pool));
}

/** What one command said. */
interface Said<T> {
  readonly question: Question<T>;
  readonly output: Output;
  readonly items: readonly T[];
  /** Why it is not, or not certainly, whole. */
  readonly reason: string | undefined;
}

/** The exit status of zpool and zfs where they do not know an option or a property. */
const usage = 2;

/**
 * Asks of all pools in one command that names none: such a command ends on SIGTERM even while the kernel's namespace lock
 * is held (OpenZFS 2.3; not 2.1); one that names a pool then cannot be ended by anything.
 */
async function askAll<T>(host: Host, question: Question<T>): Promise<Said<T>> {
  const command = question.command();
  const output = await host.run(command, { endable: true, maxText: question.maxText });
  if (output.exitCode === usage && question.older !== undefined) return askAll(host, question.older);
  return said(question, command, output);
}

function said<T>(question: Question<T>, command: Command, output: Output): Said<T> {
  const reason = complaint(command, output);
  if (output.ended !== 'exit') return { question, output, items: [], reason };
  try {
    return { question, output, items: wholeItems(question, output), reason };
  } catch (error) {
    return { question, output, items: [], reason: reason ?? messageOf(error) };
  }
}

/** The last line may be half of one, or of a number, where it has no end. */
function wholeItems<T>({ parse, poolOf, inBlocks }: Question<T>, { stdout, cut }: Output): readonly T[] {
  if (cut !== true) return parse(stdout);
  const items = parse(stdout.slice(0, stdout.lastIndexOf('\n') + 1));
  const last = items.at(-1);
  return inBlocks && last !== undefined ? items.filter((item) => poolOf(item) !== poolOf(last)) : items;
}

/** Asking pool by pool cannot help where the tool gets nowhere near a pool. */
const hopeless = /must be run as root|are required|initialize the libzfs|modules are not loaded|invalid option/;

/**
 * Asks by name for the pools that the answer may leave something out of, those in `namable`: only where asking for all
 * failed or had something to complain of, and did so without hanging. One sick pool then costs the others nothing.
 */
async function completed<T>(
  host: Host,
  all: Said<T>,
  pools: readonly string[],
  namable: ReadonlySet<string>,
): Promise<Answer<T>> {
  const { question, output } = all;
  const byPool = new Map<string, T[]>(pools.map((pool) => [pool, []]));
  for (const item of all.items) {
    const pool = question.poolOf(item);
    const items = byPool.get(pool);
    if (items === undefined) byPool.set(pool, [item]);
    else items.push(item);
  }
  const reasons = new Map(suspects(all, pools).map((pool) => [pool, all.reason ?? leftOut(question)]));
  const canHelp = all.reason !== undefined && output.ended === 'exit' && !hopeless.test(output.stderr);
  for (const pool of canHelp ? [...reasons.keys()].filter((name) => namable.has(name)) : []) {
    const command = question.command(pool);
    const named = said(question, command, await host.run(command, { maxText: question.maxText }));
    if (hung(named.output)) break;
    const items = named.items.filter((item) => question.poolOf(item) === pool);
    if (items.length > 0) byPool.set(pool, items);
    if (items.length > 0 && named.reason === undefined) reasons.delete(pool);
    else reasons.set(pool, named.reason ?? leftOut(question));
  }
  return { items: [...byPool.values()].flat(), reasons };
}

/**
 * The pools that are left out, and those that the complaints may be about. A pool that is left out with exit status 0 was
 * not read either: `zfs list` leaves out the datasets of a suspended pool without a word, and absence is not destruction.
 */
function suspects<T>({ question, output, items, reason }: Said<T>, pools: readonly string[]): string[] {
  const there = new Set(items.map(question.poolOf));
  const about = reason === undefined ? [] : accused(output)?.map(poolOf);
  const any = about === undefined || about.some((pool) => !pools.includes(pool));
  return pools.filter((pool) => any || about.includes(pool) || !there.has(pool));
}

const leftOut = ({ source }: { readonly source: string }): string =>
  `${source} leaves the pool out, with exit status 0`;

function reported<T>(run: Run, all: Said<T>, answer: Answer<T>, pools: readonly string[]): Answer<T> {
  const { source } = all.question;
  if (pools.length === 0) run.report(source, '', all.reason);
  for (const pool of pools) run.report(source, pool, answer.reasons.get(pool));
  return answer;
}
