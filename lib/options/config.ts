import type * as z from 'zod/mini';
import type { Collector } from '../collector.ts';
import { codeOf, messageOf } from '../errors.ts';
import { readRegularFile } from '../machine/regular-file.ts';
import { isRecord, valueAt } from '../parse.ts';
import { parseArgv } from './cli.ts';
import { type Option, type Request, fromText, optionsOf, UsageError } from './options.ts';

type Values = Record<string, unknown>;

/**
 * Reads options, environment and config file; the first of them that says something wins. Throws a UsageError that names
 * the place, what was expected and what is there.
 */
export async function readRequest(
  collector: Collector,
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<Request> {
  const options = optionsOf(collector);
  const given: Values = argv.length === 0 ? {} : await fromArgv(options, argv);
  const set = fromEnvironment(options, environment);
  const values: Values = { ...set, ...given };
  const wantsNothing = values['help'] === true || values['version'] === true || values['metrics'] === true;
  const filed = wantsNothing ? {} : await fromFile(collector, options, values['config']);
  const merged: Values = { ...filed, ...values };
  const pick = (settings: boolean): Values =>
    Object.fromEntries(
      options
        .filter(({ group }) => (group === 'setting') === settings)
        .map(({ key, default: standard }) => [key, merged[key] ?? standard]),
    );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every key has passed its own schema
  return { ...(pick(false) as unknown as Omit<Request, 'settings'>), settings: pick(true) };
}

/** The values given on the command line, each checked. */
export async function fromArgv(options: readonly Option[], argv: readonly string[]): Promise<Values> {
  const given = await parseArgv(options, argv);
  return checkedValues(options, given, ({ flag }) => `option --${flag}`);
}

function fromEnvironment(options: readonly Option[], environment: NodeJS.ProcessEnv): Values {
  const set: Values = {};
  for (const option of options) {
    const text = environment[option.variable];
    if (text !== undefined && text !== '') set[option.key] = fromText(option, text);
  }
  return checkedValues(options, set, ({ variable }) => `variable ${variable}`);
}

/** Where a collector looks for its config file when none is named. */
export const configFile = (name: string): string => `/etc/textfile-collectors/${name}.toml`;

/** The default file may be absent, one that was asked for may not. */
async function fromFile(collector: Collector, options: readonly Option[], asked: unknown): Promise<Values> {
  const named = typeof asked === 'string' ? asked : undefined;
  const file = named ?? configFile(collector.name);
  return fromToml(
    file,
    named === undefined,
    options.filter(({ group }) => group !== 'action'),
  );
}

/** The values that a file of TOML gives, each checked; none where it is absent and may be. */
export async function fromToml(file: string, mayBeAbsent: boolean, settable: readonly Option[]): Promise<Values> {
  const text = readConfig(file, mayBeAbsent);
  if (text === undefined) return {};
  const values = await parseToml(file, text);
  for (const key of Object.keys(values)) {
    if (settable.some((option) => option.key === key)) continue;
    const known = settable.map((option) => option.key).join(', ');
    throw new UsageError(
      `Cannot read config file ${file}: expected one of the keys ${known}, got ${JSON.stringify(key)}`,
    );
  }
  return checkedValues(settable, values, ({ key }) => `config file ${file}, key ${key}`);
}

/** Bytes: far more than anyone writes, and what can be read within the memory of a run. */
const maxConfig = 1024 * 1024;

function readConfig(file: string, mayBeAbsent: boolean): string | undefined {
  try {
    return readRegularFile(file, maxConfig);
  } catch (error) {
    if (mayBeAbsent && codeOf(error) === 'ENOENT') return undefined;
    const got = codeOf(error) ?? messageOf(error);
    throw new UsageError(`Cannot read config file ${file}: expected a readable file, got ${got}`, { cause: error });
  }
}

async function parseToml(file: string, text: string): Promise<Values> {
  const { parse, TomlError } = await import('smol-toml');
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [message = ''] = error.message.split('\n', 1);
    throw new UsageError(`Cannot read config file ${file} line ${error.line} column ${error.column}: ${message}`);
  }
}

function checkedValues(options: readonly Option[], values: Values, place: (option: Option) => string): Values {
  const checked: Values = {};
  for (const option of options) {
    const value = values[option.key];
    if (value === undefined) continue;
    const result = option.schema.safeParse(value);
    if (!result.success) throw new UsageError(`Cannot read ${place(option)}: ${describe(result.error, value)}`);
    checked[option.key] = result.data;
  }
  return checked;
}

/** zod's first complaint as expected and got. */
function describe(error: z.core.$ZodError, value: unknown): string {
  const issue = error.issues[0];
  const path = issue?.path ?? [];
  const where = path.length === 0 ? '' : `item ${path.join('.')}: `;
  const expected = issue?.code === 'invalid_type' ? `expected ${issue.expected}` : limit(issue);
  return `${where}${expected}, got ${shown(valueAt(value, path))}`;
}

/** What stands in a list or a table may be long, and deeper than can be printed. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return value.toISOString();
  if (isRecord(value)) return 'a table';
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function limit(issue: z.core.$ZodIssue | undefined): string {
  switch (issue?.code) {
    case 'too_small':
      return `expected at least ${issue.minimum}`;
    case 'too_big':
      return `expected at most ${issue.maximum}`;
    case 'unrecognized_keys':
      return `expected no key ${issue.keys.join(', ')}`;
    case 'invalid_value':
      return `expected one of ${issue.values.join(', ')}`;
    case 'invalid_format':
      return 'prefix' in issue
        ? `expected a text that begins with ${String(issue.prefix)}`
        : `expected a text like ${issue.pattern ?? issue.format}`;
    default:
      return issue?.message ?? 'expected something else';
  }
}
