import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { prepared } from './judge.ts';
import type { Row } from './row.ts';
import type { RunOptions, Stage } from './stage.ts';
import { withoutCapabilities } from './surroundings.ts';

/** A request that cannot be fulfilled: it costs one line and exit status 2, and the file of the run before stays. */
function refused(name: string, says: RegExp, ask: (stage: Stage) => RunOptions): Row {
  return prepared(name, (stage) => ({ timeout: 20, exit: 2, says, ...ask(stage) }));
}

/** What stands in the place of the config file. */
function config(name: string, says: RegExp, put: (file: string) => void, options: RunOptions = {}): Row {
  return refused(`config file: ${name}`, says, ({ folder }) => {
    const file = path.join(folder, 'config.toml');
    put(file);
    return { ...options, config: file };
  });
}

const toml = (name: string, text: string | Buffer, says = sensible): Row =>
  config(name, says, (file) => writeFileSync(file, text));
const options = (name: string, args: readonly string[], says: RegExp): Row =>
  refused(`options: ${name}`, says, () => ({ args }));
const variable = (name: string, env: Readonly<Record<string, string>>, says: RegExp): Row =>
  refused(`variables: ${name}`, says, () => ({ env }));

/** Where it is, and what was expected or is wrong there. */
const sensible =
  /: Cannot read config file \S+(?:config\.toml)(?:: expected|, key \w+: expected| line \d+ column \d+: )/;
const unknownKey = /config\.toml: expected one of the keys [\w, ]+, got "/;
const unreadable = /: Cannot read config file \S+config\.toml: expected a readable file, got /;
/** Beyond 1 MiB a file is not read: the parser would need more memory than a run may take. */
const tooLarge = /config\.toml: .*expected at most 1048576 bytes, got \d+/;

const megabytes = 10_000_000;

export const configRows: readonly Row[] = [
  toml('an unknown key', 'timeuot = 5\n', unknownKey),
  toml('__proto__', '__proto__ = 5\n', unknownKey),
  toml('constructor', '[constructor]\nname = "x"\n', unknownKey),
  toml('a member of __proto__', '__proto__.timeout = 5\n', unknownKey),
  ...[
    ['a text', '"20"'],
    ['NaN', 'nan'],
    ['infinity', 'inf'],
    ['a list', '[20]'],
    ['a table', '{ seconds = 20 }'],
    ['true', 'true'],
    ['a date', '2026-11-30'],
    ['a number below zero', '-5'],
    ['2^63', '9223372036854775807'],
    ['10^400', '1e400'],
  ].map(([name, value]) => toml(`${name} for a number`, `timeout = ${value}\n`)),
  toml('a number for a text', 'state_dir = 5\n'),
  toml('NUL in a path', 'state_dir = "/x\\u0000y"\n'),
  toml('no TOML', '{"timeout": 20}\n'),
  toml('cut in the middle of a text', 'state_dir = "/var/li'),
  toml('a binary', Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7) % 256))),
  toml('UTF-16', Buffer.from('\ufefftimeout = 20\n', 'utf16le')),
  toml('terminal escapes', '"\\u001b[31mred" = 5\n', unknownKey),
  toml('10 MB of one key', `${'k'.repeat(megabytes)} = 5\n`, tooLarge),
  toml('10 MB of one value', `timeout = "${'v'.repeat(megabytes)}"\n`),
  toml('10 MB of keys', Array.from({ length: megabytes / 10 }, (_, n) => `k${n + 100_000} = 5`).join('\n'), tooLarge),
  toml('10 MB without a line end', 'x'.repeat(megabytes)),
  toml('lists in lists', `timeout = ${'['.repeat(100_000)}${']'.repeat(100_000)}\n`),
  toml('tables in tables', `timeout = ${'{a='.repeat(100_000)}1${'}'.repeat(100_000)}\n`),
  toml('a key of many parts', `timeout${'.a'.repeat(100_000)} = 1\n`),
  config('missing', unreadable, () => {}),
  config('a folder', unreadable, (file) => mkdirSync(file)),
  config('a FIFO', unreadable, (file) => execFileSync('mkfifo', [file])),
  config('a device', unreadable, (file) => symlinkSync('/dev/zero', file)),
  config('a link to itself', unreadable, (file) => symlinkSync(file, file)),
  config('a link to nothing', unreadable, (file) => symlinkSync('/nonexistent', file)),
  config(
    'may not be read',
    unreadable,
    (file) => {
      writeFileSync(file, 'timeout = 20\n');
      chmodSync(file, 0);
    },
    { wrapper: withoutCapabilities },
  ),
  options('unknown', ['--timeuot', '5'], /: Cannot read the options: expected those that --help shows, got timeuot$/),
  options('a word', ['rpool'], /: Cannot read the options: expected those that --help shows, got rpool$/),
  options(
    '__proto__',
    ['--__proto__', '5'],
    /: Cannot read the options: expected those that --help shows, got _+proto_+$/,
  ),
  options(
    'constructor',
    ['--constructor=5'],
    /: Cannot read the options: expected those that --help shows, got constructor$/,
  ),
  options('no value', ['--state-dir'], /: Cannot read the options: expected a value behind --state-dir, got none$/),
  options('an empty value', ['--state-dir='], /: Cannot read option --state-dir: expected/),
  options(
    'a value of 100 kB',
    ['--interval', 'x'.repeat(100_000)],
    /: Cannot read option --interval: expected number, got "x+/,
  ),
  options(
    'an option of 100 kB',
    [`--${'x'.repeat(100_000)}`],
    /: Cannot read the options: expected those that --help shows, got x+/,
  ),
  options(
    'terminal escapes',
    ['--interval', '\u001b[31mred'],
    /: Cannot read option --interval: expected number, got /,
  ),
  options('invalid time', ['--interval', 'NaN'], /: Cannot read option --interval: expected number, got "NaN"$/),
  variable(
    'a word for a number',
    { TEXTFILE_INTERVAL: 'soon' },
    /: Cannot read variable TEXTFILE_INTERVAL: expected number, got "soon"$/,
  ),
  variable(
    'infinity',
    { TEXTFILE_INTERVAL: '1e999' },
    /: Cannot read variable TEXTFILE_INTERVAL: expected number, got "1e999"$/,
  ),
  variable('100 kB', { TEXTFILE_INTERVAL: '5'.repeat(100_000) }, /: Cannot read variable TEXTFILE_INTERVAL: expected /),
];
