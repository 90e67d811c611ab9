import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { Collector, Run } from '../../../lib/collector.ts';
import { liveHost } from '../../../lib/machine/live-host.ts';
import { openSurvivors } from '../../../lib/machine/survivors.ts';
import { type Sample, gauge, sample } from '../../../lib/metric.ts';
import { readRequest } from '../../../lib/options/config.ts';
import { callOf } from '../../../lib/run/call.ts';
import { gather } from '../../../lib/run/gather.ts';
import { seriesOf } from '../../replay.ts';

let folder: string;
let stateFile: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gather-'));
  stateFile = path.join(folder, 'fake.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const up = gauge('fake_up', 'Whether it is up.');
const size = gauge('fake_size', 'Size.', ['pool']);
const start = 1_700_000_000;

interface Setup {
  readonly timeout?: number;
  readonly stateDir?: string;
  /** When every source was last read, in the file of an earlier run. */
  readonly previous?: number;
  readonly interval?: number;
  readonly stop?: AbortSignal;
}

/** Gathers the parts that `collect` hands over, on this machine at a fixed time, with real files in `folder`. */
async function gatheredParts(
  collect: (run: Run) => AsyncIterable<Iterable<Sample>>,
  { timeout = 20, stateDir = folder, previous, interval, stop = new AbortController().signal }: Setup = {},
) {
  const collector: Collector = {
    name: 'fake',
    summary: 'Test',
    metrics: [up, size],
    settings: {},
    timeout: 20,
    needs: [],
    present: async () => true,
    collect: (_, __, run) => collect(run),
  };
  if (previous !== undefined) writeFileSync(path.join(folder, 'fake.prom'), `${mine(lastSuccess)} ${previous}\n`);
  const survivors = openSurvivors(path.join(folder, 'survivors'));
  const live = liveHost({ procfs: folder, sysfs: folder, stateDir, timeout: 20, stop, survivors });
  const places = ['--textfile-dir', folder, '--state-dir', stateDir, '--config', '/dev/null'];
  const request = { ...(await readRequest(collector, places, {})), timeout, interval };
  const call = { ...callOf(collector, request, stop), versions: { version: '1.2.3', node_version: 'v20' } };
  const { text, messages, broken } = await gather(call, { ...live, now: () => start, elapsed: () => 0 });
  return { text, messages, broken, series: Object.fromEntries(seriesOf(text)) };
}

/** The same, of samples that come at once. */
function gathered(collect: (run: Run) => Promise<Iterable<Sample>> | Iterable<Sample>, setup: Setup = {}) {
  return gatheredParts(async function* (run) {
    yield await collect(run);
  }, setup);
}

const lastSuccess = 'last_success_timestamp_seconds';

/** A self-metric of the fake collector, by the end of its name. */
function mine(name: string, source?: string, target = ''): string {
  const of = source === undefined ? '' : `,source="${source}",target="${target}"`;
  return `textfile_collector_${name}{collector="fake"${of}}`;
}

describe('what is in every file', () => {
  test('where every source was read', async () => {
    const { text, messages, broken } = await gathered((run) => {
      run.report('zpool list', '');
      run.report('kstat', 'tank');
      return [sample(up, {}, 1)];
    });
    expect([messages, broken]).toEqual([[], false]);
    expect(text.split('\n').filter((line) => !line.startsWith('#'))).toEqual([
      'fake_up 1',
      'textfile_collector_duration_seconds{collector="fake"} 0',
      'textfile_collector_info{collector="fake",version="1.2.3",node_version="v20"} 1',
      'textfile_collector_last_run_timestamp_seconds{collector="fake"} 1700000000',
      'textfile_collector_last_success_timestamp_seconds{collector="fake"} 1700000000',
      'textfile_collector_parse_errors{collector="fake"} 0',
      'textfile_collector_series_dropped{collector="fake"} 0',
      'textfile_collector_source_success{collector="fake",source="kstat",target="tank"} 1',
      'textfile_collector_source_success{collector="fake",source="zpool list",target=""} 1',
      'textfile_collector_success{collector="fake"} 1',
      '',
    ]);
  });

  test('where the unit says it: how often it runs', async () => {
    const { series } = await gathered(() => [sample(up, {}, 1)], { interval: 300 });
    expect(series[mine('interval_seconds')]).toBe('300');
  });

  test('where one source failed: the rest, and when all were last read', async () => {
    const { series, messages } = await gathered(
      (run) => {
        run.report('kstat', 'tank');
        run.report('kstat', 'sick', 'Cannot read its state');
        return [sample(up, {}, 1)];
      },
      { previous: 1_600_000_000.5 },
    );
    expect(messages).toEqual(['Cannot read its state (sick)']);
    expect(series).toMatchObject({
      fake_up: '1',
      [mine('success')]: '0',
      [mine('source_success', 'kstat', 'tank')]: '1',
      [mine('source_success', 'kstat', 'sick')]: '0',
      [mine('last_success_timestamp_seconds')]: '1600000000.5',
      [mine('last_run_timestamp_seconds')]: '1700000000',
    });
  });

  test('where none has ever been read, there is no time of the last success', async () => {
    const { series } = await gathered((run) => {
      run.report('kstat', '', 'no');
      return [];
    });
    expect(series).not.toHaveProperty(mine('last_success_timestamp_seconds'));
  });

  test('a source that failed once has failed, whatever else is said of it', async () => {
    const { series } = await gathered((run) => {
      run.report('kstat', 'tank', 'no');
      run.report('kstat', 'tank');
      return [];
    });
    expect(series[mine('source_success', 'kstat', 'tank')]).toBe('0');
  });

  test('values that could not be parsed and series that were left out are counted', async () => {
    const { series, messages } = await gathered((run) => {
      for (let line = 1; line <= 500; line += 1) run.skip(`Cannot parse line ${line}`);
      run.drop(3);
      run.drop(4);
      return [];
    });
    expect(series).toMatchObject({
      [mine('parse_errors')]: '500',
      [mine('series_dropped')]: '7',
      [mine('success')]: '1',
    });
    expect(messages).toContain('Cannot parse line 1');
    expect(messages.length).toBeLessThan(20);
  });

  test('one reason for several targets is one message that names them', async () => {
    const { messages } = await gathered((run) => {
      run.report('zfs list', 'tank', 'zfs list: exit status 1');
      run.report('kstat', 'tank', 'Cannot read kstat');
      run.report('zfs list', 'rpool', 'zfs list: exit status 1');
      return [];
    });
    expect(messages).toEqual(['zfs list: exit status 1 (tank, rpool)', 'Cannot read kstat (tank)']);
  });
});

function* halfway(): Generator<Sample> {
  yield sample(up, {}, 1);
  throw new TypeError('x is not a function');
}

describe('a collector that is broken', () => {
  test('since it never returns is given up, and what it has told until then is in the file', async () => {
    const { series, messages, broken } = await gatheredParts(
      async function* (run) {
        run.report('kstat', 'tank');
        run.skip('Cannot parse line 1');
        yield [sample(up, {}, 1)];
        await new Promise(() => {});
      },
      { timeout: 0.05, previous: 1_600_000_000 },
    );
    expect(messages).toEqual(['the run was given up after 0.05 s', 'Cannot parse line 1']);
    expect(broken).toBe(true);
    expect(series).toMatchObject({
      fake_up: '1',
      [mine('success')]: '0',
      [mine('source_success', 'run')]: '0',
      [mine('source_success', 'kstat', 'tank')]: '1',
      [mine('parse_errors')]: '1',
      [mine(lastSuccess)]: '1600000000',
    });
  });

  // Without a file of this run the one before would go on looking healthy.
  test('since one part throws keeps that part until there, and all others', async () => {
    const { series, messages, broken } = await gatheredParts(
      async function* (run) {
        run.report('kstat', 'tank');
        yield halfway();
        yield [sample(size, { pool: 'tank' }, 1)];
      },
      { previous: 1_600_000_000 },
    );
    expect(messages).toEqual(['x is not a function']);
    expect(broken).toBe(true);
    expect(series).toMatchObject({
      fake_up: '1',
      'fake_size{pool="tank"}': '1',
      [mine('success')]: '0',
      [mine('source_success', 'kstat', 'tank')]: '1',
      [mine(lastSuccess)]: '1600000000',
    });
  });

  test('since it throws itself keeps what it has told until then', async () => {
    const { series, messages, broken } = await gatheredParts(async function* () {
      yield [sample(up, {}, 1)];
      await Promise.reject(new TypeError('x is not a function'));
    });
    expect({ messages, broken }).toEqual({ messages: ['x is not a function'], broken: true });
    expect(series).toMatchObject({ fake_up: '1', [mine('success')]: '0', [mine('source_success', 'run')]: '0' });
  });
});

test('samples that cannot be written cost themselves, are counted and told', async () => {
  const { series, messages, broken } = await gathered((run) => {
    run.report('kstat', 'tank');
    const sizeOf = (pool: string, value: number): Sample => sample(size, { pool }, value);
    return [
      sizeOf('tank', 1),
      sizeOf('twice', 1),
      sizeOf('twice', 2),
      sizeOf('sick', Number.NaN),
      sample(gauge('other', 'Other.'), {}, 1),
      sample(up, {}, 1),
    ];
  });
  expect(broken).toBe(false);
  expect(messages).toEqual([
    'Cannot render fake_size: expected a finite value, got NaN',
    'Cannot render other: expected a declared metric, got an undeclared one',
    'Cannot render fake_size: expected each series once, got fake_size{pool="twice"} twice',
  ]);
  expect(Object.keys(series).filter((key) => key.startsWith('fake'))).toEqual(['fake_size{pool="tank"}', 'fake_up']);
  expect(series).toMatchObject({
    [mine('success')]: '0',
    [mine('source_success', 'run')]: '0',
    [mine('source_success', 'kstat', 'tank')]: '1',
    [mine('parse_errors')]: '4',
  });
  expect(series).not.toHaveProperty(mine(lastSuccess));
});

test('a time of the last success that is still to come is of a clock that was wrong', async () => {
  const failing = (run: Run): Sample[] => {
    run.report('kstat', '', 'no');
    return [];
  };
  const { series } = await gathered(failing, { previous: start + 86_400 });
  expect(series).not.toHaveProperty(mine(lastSuccess));
});

test('a run that is stopped tells nothing and remembers nothing', async () => {
  const controller = new AbortController();
  const stopped = gathered(
    (run) => {
      run.remember(1);
      controller.abort(new Error('stopped by SIGTERM'));
      return [];
    },
    { stop: controller.signal },
  );
  await expect(stopped).rejects.toThrow('stopped by SIGTERM');
  expect(existsSync(stateFile)).toBe(false);
});

describe('memory', () => {
  const count = z.object({ count: z.number() });

  /** Remembers how often it has run. */
  const counting = async (run: Run): Promise<Sample[]> => {
    const before = await run.recall(count);
    run.remember({ count: (before?.count ?? 0) + 1 });
    return [sample(up, {}, before?.count ?? 0)];
  };

  test('lasts from run to run', async () => {
    const stateDir = path.join(folder, 'not/there/yet');
    const runs = [await gathered(counting, { stateDir }), await gathered(counting, { stateDir })];
    expect(runs.map(({ series, messages }) => [series['fake_up'], messages])).toEqual([
      ['0', []],
      ['1', []],
    ]);
    expect(readFileSync(path.join(stateDir, 'fake.json'), 'utf8')).toBe(
      '{"version":1,"collector":"fake","memory":{"count":2}}\n',
    );
  });

  test('is not written again where nothing is new', async () => {
    await gathered(counting);
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    writeFileSync(stateFile, '{"version":1,"collector":"fake","memory":{"count":5}}');
    const text = readFileSync(stateFile, 'utf8');
    await gathered(async (run) => {
      run.remember(await run.recall(count));
      return [];
    });
    expect(readFileSync(stateFile, 'utf8')).toBe(text);
  });

  test.each([
    ['is corrupt', '{"version":1,"coll', 'it is not a state file of this version'],
    ['is empty', '', 'it is not a state file of this version'],
    [
      'is of another version',
      '{"version":2,"collector":"fake","memory":{"count":1}}',
      'not a state file of this version',
    ],
    ['is of another collector', '{"version":1,"collector":"tcp","memory":{"count":1}}', 'it is that of "tcp"'],
    ['holds something else', '{"version":1,"collector":"fake","memory":{"count":"1"}}', 'its content does not fit'],
  ])('a file that %s is set aside with one message, and the run starts afresh', async (_, text, reason) => {
    writeFileSync(stateFile, text);
    const { series, messages } = await gathered(counting);
    expect(messages).toEqual([expect.stringContaining(reason)]);
    expect(messages[0]).toContain(`${stateFile}.unusable`);
    expect(series).toMatchObject({ fake_up: '0', [mine('success')]: '1' });
    expect(readFileSync(`${stateFile}.unusable`, 'utf8')).toBe(text);
    expect(JSON.parse(readFileSync(stateFile, 'utf8'))).toMatchObject({ memory: { count: 1 } });
    expect((await gathered(counting)).messages).toEqual([]);
  });

  test('a value that does not fit costs itself, with one message', async () => {
    writeFileSync(stateFile, '{"version":1,"collector":"fake","memory":{"count":5,"note":6}}');
    const schema = z.object({ count: z.number(), note: z.optional(z.string()) });
    const recalling = async (run: Run): Promise<Sample[]> => {
      const before = await run.recall(schema);
      run.remember(before);
      return [sample(up, {}, before?.count ?? 0)];
    };
    const runs = [await gathered(recalling), await gathered(recalling)];
    expect(runs.map(({ series, messages }) => [series['fake_up'], messages])).toEqual([
      ['5', ['Cannot use all of the state file: 1 of its values left out, the first of them note']],
      ['5', []],
    ]);
    expect(JSON.parse(readFileSync(stateFile, 'utf8'))).toMatchObject({ memory: { count: 5 } });
  });

  test('that cannot be kept is a source that failed', async () => {
    writeFileSync(path.join(folder, 'file'), '');
    const { series, messages } = await gathered(counting, { stateDir: path.join(folder, 'file/state') });
    expect(messages).toEqual([expect.stringMatching(/^Cannot keep the state file: (EEXIST|ENOTDIR)/)]);
    expect(series).toMatchObject({ fake_up: '0', [mine('success')]: '0', [mine('source_success', 'state file')]: '0' });
  });

  // As for whoever is not root, looks with --stdout, and may not enter the state folder.
  test('that cannot be read is a source that failed and costs no sample', async () => {
    mkdirSync(stateFile);
    const { series, messages } = await gathered(counting);
    expect(messages[0]).toBe(`Cannot read the state file: Cannot read ${stateFile}: it is a folder`);
    expect(series).toMatchObject({ fake_up: '0', [mine('success')]: '0', [mine('source_success', 'state file')]: '0' });
  });

  test('nothing is written by a collector that remembers nothing', async () => {
    await gathered(() => [sample(up, {}, 1)]);
    expect(existsSync(stateFile)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('what lasts', () => {
  const trouble = (run: Run): Sample[] => {
    run.report('names', '/a', 'it cannot be read', 'once');
    run.note('a link leads nowhere', 'once');
    run.note('and this is of today');
    return [sample(up, {}, 1)];
  };
  const all = ['it cannot be read (/a)', 'a link leads nowhere', 'and this is of today'];

  test('is told when it begins and not in each run, but stays a failure in the file', async () => {
    expect((await gathered(trouble)).messages).toEqual(all);
    const { messages, series } = await gathered(trouble);
    expect(messages).toEqual(['and this is of today']);
    expect(series[mine('source_success', 'names', '/a')]).toBe('0');
  });
  test('is told again where it returns', async () => {
    await gathered(trouble);
    await gathered(() => [sample(up, {}, 1)]);
    expect((await gathered(trouble)).messages).toEqual(all);
  });
});

test('a key is in no label', async () => {
  const key = '2zzuyzLl3ezh0gR7FqzAN/JOtoOUMyUusHQEoi72KFM=';
  const { text } = await gathered((run) => {
    run.report('names', `/etc/${key}`);
    return [sample(up, {}, 1)];
  });
  expect(text).not.toContain(key.slice(5, 30));
});
