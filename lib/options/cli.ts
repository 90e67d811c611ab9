import type { Collector } from '../collector.ts';
import { exitStatuses, precedence } from './conventions.ts';
import { type Option, fromText, optionsOf, UsageError } from './options.ts';

/** The values given on the command line, by key. Throws a UsageError for what is no option of ours. */
export async function parseArgv(options: readonly Option[], argv: readonly string[]): Promise<Record<string, unknown>> {
  const { words, flags } = takeFlags(options, argv);
  const instance = await parser(options);
  const parsed = await instance.fail(refuse).parseAsync(words);
  const [stray] = parsed._;
  if (stray !== undefined)
    throw new UsageError(`Cannot read the options: expected those that --help shows, got ${stray}`);
  const given: Record<string, unknown> = { ...flags };
  for (const option of options) {
    const value = parsed[option.flag];
    if (value !== undefined) given[option.key] = fromWord(option, value);
  }
  return given;
}

function refuse(message: string | null, error?: Error): never {
  const text = message ?? error?.message ?? '';
  throw new UsageError(
    `Cannot read the options: ${text.replace(/^Unknown arguments?:/, 'expected those that --help shows, got')}`,
  );
}

/** A list may be given in one word, as in a variable, and in several. */
function fromWord(option: Option, value: unknown): unknown {
  if (typeof value === 'string') return fromText(option, value);
  return option.kind === 'array' && Array.isArray(value)
    ? value.flatMap((one) => fromText(option, String(one)))
    : value;
}

/** `--stdout=yes` and `--snapshots=maybe`: yargs would take both for false. */
function takeFlags(options: readonly Option[], argv: readonly string[]) {
  const flags: Record<string, unknown> = {};
  const words = argv.filter((word) => {
    const [, flag, text = ''] = /^--([a-z-]+)=(.*)$/s.exec(word) ?? [];
    const option = options.find((one) => one.kind === 'boolean' && one.flag === flag);
    if (option !== undefined) flags[option.key] = fromText(option, text);
    return option === undefined;
  });
  return { words, flags };
}

/** The text of --help. */
export async function helpText(collector: Collector): Promise<string> {
  return helpOf(
    optionsOf(collector),
    `${collector.name}.js [options]\n\n${collector.summary}, as ${collector.name}.prom for node_exporter.`,
    [
      'Every option is also a variable: TEXTFILE_TIMEOUT for --timeout, TEXTFILE_DIRECTORY for --textfile-dir,',
      `TEXTFILE_${collector.name.toUpperCase().replaceAll('-', '_')}_… for what to report. In the config file it has underscores: state_dir = "/var/lib/x".`,
      precedence,
      '',
      'Exit status:',
      ...exitStatuses.map(([status, meaning]) => `  ${status}  ${meaning}`),
    ].join('\n'),
  );
}

/** What --help shows of these options, between its first lines and its last ones. */
export async function helpOf(options: readonly Option[], usage: string, epilogue: string): Promise<string> {
  return (await parser(options)).usage(usage).epilogue(epilogue).getHelp();
}

const groups: Record<Option['group'], string> = {
  action: 'What to do:',
  place: 'Where and how long:',
  setting: 'What to report:',
};

/** yargs is loaded only where there is something for it to do: a timer calls without arguments. */
async function parser(options: readonly Option[]) {
  const { default: yargs } = await import('yargs');
  const instance = yargs()
    .scriptName('')
    .locale('en')
    .help(false)
    .version(false)
    .exitProcess(false)
    .strictOptions()
    .wrap(null)
    .updateStrings({
      string: 'value',
      array: 'list',
      'Not enough arguments following: %s': 'expected a value behind --%s, got none',
    })
    .parserConfiguration({
      'camel-case-expansion': false,
      'dot-notation': false,
      'greedy-arrays': false,
      'duplicate-arguments-array': true,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    });
  for (const { flag, kind, group, describe, default: standard } of options) {
    if (kind === 'other') continue;
    instance.option(flag, {
      type: kind === 'boolean' || kind === 'array' ? kind : 'string',
      group: groups[group],
      describe: describe + defaultText(standard),
      requiresArg: kind !== 'boolean',
      ...(kind === 'array' && { string: true }),
    });
  }
  return instance;
}

/** yargs' own defaults would be values given; ours are filled in after the environment and the file. */
function defaultText(standard: unknown): string {
  const shown = Array.isArray(standard) ? standard.join(', ') : standard;
  return shown === undefined || shown === false || shown === ''
    ? ''
    : ` [${JSON.stringify(shown).replaceAll('"', '')}]`;
}
