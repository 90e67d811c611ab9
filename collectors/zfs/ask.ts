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
}

/** What the command for all pools said. */
export interface Answer<T> {
  readonly question: Question<T>;
  readonly items: readonly T[];
  /** Why it is not, or not certainly, whole. */
  readonly failure?: string;
  readonly output: Output;
}

/**
 * Asks of all pools in one command that names none: such a command ends on SIGTERM even while the kernel's namespace lock
 * is held (OpenZFS 2.3; not 2.1); one that names a pool then cannot be ended by anything.
 */
export async function askAll<T>(host: Host, question: Question<T>): Promise<Answer<T>> {
  const command = question.command();
  const output = await host.run(command, { endable: true });
  const failure = succeeded(output) ? undefined : explain(command, output);
  if (output.ended !== 'exit') return { question, items: [], failure: failure ?? '', output };
  try {
    return { question, items: question.parse(output.stdout), output, ...(failure !== undefined && { failure }) };
  } catch (error) {
    return { question, items: [], failure: failure ?? messageOf(error), output };
  }
}

/** Asking pool by pool cannot help where the tool gets nowhere near a pool. */
const hopeless = /must be run as root|are required|initialize the libzfs|modules are not loaded|invalid option/;

/**
 * Asks for what the answer leaves out: the pools in `healthy`, by name. Only where asking for all failed, and did so
 * without hanging. One sick pool then costs the others nothing.
 */
export async function askMissing<T>(host: Host, answer: Answer<T>, healthy: readonly string[]): Promise<readonly T[]> {
  const { question, output } = answer;
  if (answer.failure === undefined || output.ended !== 'exit' || hopeless.test(output.stderr)) return answer.items;
  const known = new Set(answer.items.map(question.poolOf));
  const items = [...answer.items];
  for (const pool of healthy.filter((one) => !known.has(one))) {
    const named = await host.run(question.command(pool));
    if (hung(named)) break;
    if (succeeded(named)) items.push(...parseOrNone(question, named.stdout));
  }
  return items;
}

function parseOrNone<T>(question: Question<T>, stdout: string): readonly T[] {
  try {
    return question.parse(stdout);
  } catch {
    return [];
  }
}

/**
 * Says for each pool whether the source told of it. A pool that is left out with exit status 0 was not read either:
 * `zfs list` leaves out the datasets of a suspended pool without a word, and absence is not destruction.
 */
export function reportPools<T>(
  run: Run,
  { question, failure }: Answer<T>,
  items: readonly T[],
  pools: readonly string[],
): void {
  const told = new Set(items.map(question.poolOf));
  if (pools.length === 0 && told.size === 0) run.report(question.source, '', failure);
  for (const pool of pools) {
    if (told.has(pool)) run.report(question.source, pool);
    else run.report(question.source, pool, failure ?? `${question.source} leaves the pool out, with exit status 0`);
  }
}
