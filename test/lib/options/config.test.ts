import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { defineCollector, setting } from '../../../lib/collector.ts';
import { readRequest } from '../../../lib/options/config.ts';
import { textfileDirectory } from '../../../lib/options/directory.ts';
import { UsageError } from '../../../lib/options/options.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'config-'));
const file = path.join(folder, 'zfs.toml');
afterAll(() => rmSync(folder, { recursive: true }));

/** Named like the real one, so that its variables have their real names; with a setting of each kind. */
const collector = defineCollector({
  name: 'zfs',
  summary: 'Test',
  metrics: [],
  settings: {
    dataset_limit: setting(z._default(z.int().check(z.minimum(0)), 2000), 'A number'),
    snapshots: setting(z._default(z.boolean(), true), 'A boolean'),
    pool: setting(z._default(z.array(z.string()), []), 'A list'),
    names: setting(z._default(z.record(z.string(), z.string()), {}), 'A table'),
    targets: setting(z._default(z.array(z.strictObject({ host: z.string() })), []), 'A list of tables'),
  },
  timeout: 20,
  needs: [],
  present: async () => true,
  async *collect() {
    yield [];
  },
});

/** Reads a request with `toml` as the config file. */
async function read(toml: string, environment: NodeJS.ProcessEnv = {}, ...argv: string[]) {
  writeFileSync(file, toml);
  return readRequest(collector, argv, { TEXTFILE_CONFIG: file, ...environment });
}

describe('an option wins over a variable, a variable over the file, the file over the default', () => {
  test.each<[string, string, Record<string, string>, string[], unknown[]]>([
    ['timeout', 'timeout = 11', { TEXTFILE_TIMEOUT: '12.5' }, ['--timeout', '13'], [20, 11, 12.5, 13]],
    [
      'textfile_dir',
      'textfile_dir = "/a"',
      { TEXTFILE_DIRECTORY: '/b' },
      ['--textfile-dir=c d'],
      ['', '/a', '/b', 'c d'],
    ],
    ['procfs', 'procfs = "/a"', { TEXTFILE_PROCFS: '/b' }, ['--procfs', '/c'], ['/proc', '/a', '/b', '/c']],
    ['dataset_limit', 'dataset_limit = 1', { TEXTFILE_ZFS_DATASET_LIMIT: '2' }, ['--dataset-limit=0'], [2000, 1, 2, 0]],
    [
      'snapshots',
      'snapshots = false',
      { TEXTFILE_ZFS_SNAPSHOTS: 'On' },
      ['--no-snapshots'],
      [true, false, true, false],
    ],
    ['snapshots', 'snapshots = true', { TEXTFILE_ZFS_SNAPSHOTS: '0' }, ['--snapshots'], [true, true, false, true]],
    [
      'pool',
      'pool = ["a"]',
      { TEXTFILE_ZFS_POOL: ' b, 7,' },
      ['--pool', 'd, ', '--pool=8'],
      [[], ['a'], ['b', '7'], ['d', '8']],
    ],
  ])('%s: %s', async (key, toml, variable, argv, expected) => {
    const requests = [
      await read(''),
      await read(toml),
      await read(toml, variable),
      await read(toml, variable, ...argv),
    ];
    expect(requests.map((request) => ({ ...request, ...request.settings })[key] ?? '')).toEqual(expected);
  });
});

test('an empty variable and a foreign one say nothing', async () => {
  const request = await read('timeout = 11', {
    TEXTFILE_TIMEOUT: '',
    TEXTFILE_TCP_POOL: 'a',
    TEXTFILE_POOL: 'a',
    TZ: 'x',
  });
  expect([request.timeout, request.settings['pool']]).toEqual([11, []]);
});

test('a table can be set in the file', async () => {
  const request = await read('[names]\n"key=" = "Zürich"\n[[targets]]\nhost = "a"\n[[targets]]\nhost = "b"');
  expect(request.settings).toMatchObject({ names: { 'key=': 'Zürich' }, targets: [{ host: 'a' }, { host: 'b' }] });
});

test('the default config file may be absent', async () => {
  const request = await readRequest({ ...collector, name: 'no-such-collector' }, [], {});
  expect(request).toMatchObject({ stdout: false, timeout: 20, settings: { dataset_limit: 2000, snapshots: true } });
});

test('--help and --version do not need a config file that can be read', async () => {
  expect((await readRequest(collector, ['--help', '--config', '/nonexistent'], {})).help).toBe(true);
  expect((await read('= broken', {}, '--version')).version).toBe(true);
});

describe('refuses', () => {
  const keys =
    'textfile_dir, state_dir, timeout, interval, procfs, sysfs, dataset_limit, snapshots, pool, names, targets';

  test.each<[string, string, string]>([
    ['an unknown key', 'pools = ["a"]', `: expected one of the keys ${keys}, got "pools"`],
    ['a key with a dash', 'dataset-limit = 1', `: expected one of the keys ${keys}, got "dataset-limit"`],
    ['an option of one call', 'stdout = true', `: expected one of the keys ${keys}, got "stdout"`],
    ['a number in quotes', 'timeout = "20"', ', key timeout: expected number, got "20"'],
    ['a number that is too small', 'timeout = 1', ', key timeout: expected at least 3, got 1'],
    ['a number that is too large', 'timeout = 86400', ', key timeout: expected at most 3600, got 86400'],
    ['a fraction', 'dataset_limit = 1.5', ', key dataset_limit: expected int, got 1.5'],
    ['a word for a boolean', 'snapshots = "yes"', ', key snapshots: expected boolean, got "yes"'],
    ['a number for a text', 'state_dir = 5', ', key state_dir: expected string, got 5'],
    ['an empty text', 'state_dir = ""', ', key state_dir: expected at least 1, got ""'],
    ['a text for a list', 'pool = "tank"', ', key pool: expected array, got "tank"'],
    ['an item of another type', 'pool = ["a", 5]', ', key pool: item 1: expected string, got 5'],
    ['a value of another type', 'names = { a = 5 }', ', key names: item a: expected string, got 5'],
    ['a field that is missing', 'targets = [{ host = "a" }, {}]', ', key targets: item 1.host: expected string, got'],
    [
      'a field too many',
      '[[targets]]\nhost = "a"\nhots = "b"',
      ', key targets: item 0: expected no key hots, got a table',
    ],
    ['bad syntax', '# comment\ntimeout = = 5\n', ' line 2 column 11: '],
    ['a value without quotes', '\n\nstate_dir = /var/lib/x\n', ' line 3 column 13: '],
    ['a key that stands there twice', 'timeout = 5\ntimeout = 6', ' line 2 column '],
  ])('in the file: %s', async (_, toml, message) => {
    const expected: unknown = expect.stringContaining(`Cannot read config file ${file}${message}`);
    expect(await refusal(read(toml))).toEqual([expected]);
  });

  test.each<[string, Record<string, string>, string]>([
    ['a word for a number', { TEXTFILE_TIMEOUT: 'soon' }, 'variable TEXTFILE_TIMEOUT: expected number, got "soon"'],
    ['a unit', { TEXTFILE_TIMEOUT: '20s' }, 'variable TEXTFILE_TIMEOUT: expected number, got "20s"'],
    [
      'no boolean',
      { TEXTFILE_ZFS_SNAPSHOTS: 'maybe' },
      'variable TEXTFILE_ZFS_SNAPSHOTS: expected boolean, got "maybe"',
    ],
    ['a text for a table', { TEXTFILE_ZFS_NAMES: 'a=b' }, 'variable TEXTFILE_ZFS_NAMES: expected record, got "a=b"'],
    [
      'a missing config file',
      { TEXTFILE_CONFIG: '/nonexistent/a b' },
      'config file /nonexistent/a b: expected a readable file, got ENOENT',
    ],
    ['a folder as config file', { TEXTFILE_CONFIG: '/' }, 'config file /: expected a readable file, got EISDIR'],
  ])('in a variable: %s', async (_, environment, message) => {
    expect(await refusal(read('', environment))).toEqual([`Cannot read ${message}`]);
  });

  test.each<[string[], string]>([
    [['--timeout', 'soon'], 'option --timeout: expected number, got "soon"'],
    [['--timeout=2'], 'option --timeout: expected at least 3, got 2'],
    [['--no-timeout'], 'option --timeout: expected number, got false'],
    [['--snapshots=maybe'], 'option --snapshots: expected boolean, got "maybe"'],
    [['--config', '/nonexistent'], 'config file /nonexistent: expected a readable file, got ENOENT'],
    [['tank'], 'the options: expected those that --help shows, got tank'],
    [['--pool', 'a', 'b'], 'the options: expected those that --help shows, got b'],
    [['--', '--help'], 'the options: expected those that --help shows, got --help'],
    [['--bogus'], 'the options: expected those that --help shows, got bogus'],
    [['-h'], 'the options: expected those that --help shows, got h'],
    [['--timeout'], 'the options: expected a value behind --timeout, got none'],
    [['--pool', '--stdout'], 'the options: expected a value behind --pool, got none'],
    [['--config', '--stdout'], 'the options: expected a value behind --config, got none'],
  ])('on the command line: %j', async (argv, message) => {
    expect(await refusal(read('', {}, ...argv))).toEqual([`Cannot read ${message}`]);
  });
});

/** The lines of the UsageError. */
async function refusal(request: Promise<unknown>): Promise<string[]> {
  const error = await request.then(
    () => new Error('it was not refused'),
    (thrown: unknown) => thrown,
  );
  return error instanceof UsageError ? error.message.split('\n') : [`not a UsageError: ${String(error)}`];
}

// A file that the user believes to be only printed must not be written.
test.each(['yes', 'true', '1'])('--stdout=%s asks for it as TEXTFILE_STDOUT does', async (word) => {
  expect((await read('', { TEXTFILE_STDOUT: word })).stdout).toBe(true);
  expect((await read('', {}, `--stdout=${word}`)).stdout).toBe(true);
});

/** In a mount namespace of their own, where /var/lib is empty but for `places`. */
describe('the textfile directory', () => {
  const [debian, upstream] = ['/var/lib/prometheus/node-exporter', '/var/lib/node_exporter/textfile_collector'];
  const documented = '/var/lib/node_exporter/textfile';
  const program = path.join(folder, 'directory.cjs');
  const contents = `
    import { textfileDirectory } from './lib/options/directory.ts';
    try {
      console.log(textfileDirectory(undefined));
    } catch (error) {
      console.log(error.message);
    }`;
  buildSync({
    stdin: { contents, resolveDir: path.join(import.meta.dirname, '../../..'), loader: 'ts' },
    bundle: true,
    platform: 'node',
    outfile: program,
  });
  const canMount = spawnSync('unshare', ['-rm', 'true']).status === 0;
  const hint = '; name it with --textfile-dir or TEXTFILE_DIRECTORY';
  const error = 'Cannot choose the textfile directory: expected one, got';

  test.runIf(canMount).each([
    ["Debian's and Fedora's", [debian], debian],
    ["upstream's example", [upstream], upstream],
    ['another', [documented], documented],
    ['none', [], `${error} none of ${debian}, ${upstream}, ${documented}${hint}`],
    ['two', [upstream, debian], `${error} ${debian} and ${upstream}${hint}`],
  ])('%s', (_, places, expected) => {
    const script = 'mount -t tmpfs none /var/lib; test -z "$PLACES" || mkdir -p $PLACES; exec "$@"';
    const args = ['-rm', 'sh', '-c', script, 'sh', process.execPath, program];
    const { stdout } = spawnSync('unshare', args, {
      env: { ...process.env, PLACES: places.join(' ') },
      encoding: 'utf8',
    });
    expect(stdout).toBe(`${expected}\n`);
  });

  test('what was asked for is taken, whether it exists or not', () => {
    expect(textfileDirectory('/nonexistent/x')).toBe('/nonexistent/x');
  });
});
