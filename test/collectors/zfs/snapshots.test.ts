import { expect, test } from 'vitest';
import type { Tally } from '../../../collectors/zfs/memory.ts';
import { type Snapshots, readSnapshots } from '../../../collectors/zfs/snapshots.ts';
import { type Dataset, parseZfsList, zfsListArguments } from '../../../collectors/zfs/zfs-list.ts';
import type { Ending, Host } from '../../../lib/host.ts';
import { attempting } from '../../../lib/parse.ts';

// The cases with real listings are the fixtures memory-*; here is what no machine does on demand.
const now = 1_800_000_000;

/** Datasets `a`, `b`, … with these values of `snapshots_changed`; undefined as before OpenZFS 2.2. */
function datasets(...changed: (string | undefined)[]): Dataset[] {
  const before22 = changed.includes(undefined);
  const columns = zfsListArguments(!before22)[5]?.split(',') ?? [];
  const lines = changed.map((value, index) => {
    const name = String.fromCodePoint(97 + index);
    const cells: Record<string, string | undefined> = { name, guid: String(97 + index), snapshots_changed: value };
    return columns.map((column) => cells[column] ?? '-').join('\t');
  });
  return parseZfsList(lines.join('\n'), !before22, (read) => read());
}

/** Answers every listing with `lines` and notes the datasets that it names. */
function listing(lines: readonly string[], ended: Ending = 'exit') {
  const asked: string[][] = [];
  const host: Pick<Host, 'lines'> = {
    lines: async (command, onLine) => {
      asked.push(command.slice(command.indexOf('-d') < 0 ? command.length : command.indexOf('-d') + 2));
      for (const line of lines) onLine(line);
      return { ended, exitCode: 0, stdout: '', stderr: '' };
    },
  };
  return { asked, host };
}

const tally = (changed: string, over: Partial<Tally> = {}): Tally => ({
  changed,
  origin: '-',
  at: now - 60,
  count: 5,
  ...over,
});

async function count(
  from: Pick<Host, 'lines'>,
  all: readonly Dataset[],
  known: Record<string, Tally>,
  slowAt?: number,
  schedules: Record<string, string[]> = {},
): Promise<{ counts: Snapshots; skipped: string[]; reasons: string[] }> {
  const skipped: string[] = [];
  const reasons: string[] = [];
  const run = {
    attempt: attempting((reason) => skipped.push(reason)),
    report: (_source: string, _target: string, reason?: string) => {
      if (reason !== undefined) reasons.push(reason);
    },
  };
  const pools = [...new Set(all.map(({ pool }) => pool))];
  const memory = { snapshots: known, slowAt };
  const counts = await readSnapshots(from, run, { datasets: all, pools, missing: new Map() }, memory, {
    interval: 900,
    now,
    schedules,
  });
  return { counts, skipped, reasons };
}

test.each([
  ['nothing known: all at once', datasets('1', '2', '3'), {}, [[]]],
  ['nothing changed: no listing', datasets('1', '2'), { 97: tally('1'), 98: tally('2') }, []],
  [
    'one of three: that one, by name',
    datasets('1', '9', '3'),
    { 97: tally('1'), 98: tally('2'), 99: tally('3') },
    [['b']],
  ],
  ['most of them: all at once', datasets('8', '9', '3'), { 99: tally('3') }, [[]]],
  [
    'a tally older than six hours',
    datasets('1', '2', '3'),
    { 97: tally('1', { at: now - 6 * 3600 }), 98: tally('2'), 99: tally('3') },
    [['a']],
  ],
  [
    'a clock that was set back',
    datasets('1', '2', '3'),
    { 97: tally('1', { at: now + 60 }), 98: tally('2'), 99: tally('3') },
    [['a']],
  ],
  [
    'a clone that was promoted',
    datasets('1', '2', '3'),
    { 97: tally('1', { origin: 'x@y' }), 98: tally('2'), 99: tally('3') },
    [['a']],
  ],
  [
    'counted in the other half of a pool that was split',
    datasets('1', '2'),
    { 97: tally('1', { pool: 'b' }), 98: tally('2') },
    [['a']],
  ],
  ['never had one: listed once', datasets('-', '-'), { 97: tally('-'), 98: tally('-') }, []],
  ['before OpenZFS 2.2, within the interval', datasets(undefined), { 97: tally('unknown', { at: now - 899 }) }, []],
  ['before OpenZFS 2.2, after the interval', datasets(undefined), { 97: tally('unknown', { at: now - 900 }) }, [[]]],
])('%s', async (_name, all, known, expected) => {
  const { host, asked } = listing([]);
  const { counts } = await count(host, all, known);
  expect(asked).toEqual(expected);
  expect(counts.tallies.size).toBe(all.length);
});

test('a change within the last two seconds may not be the last of its second: not believed next time', async () => {
  const { host } = listing(['a@x\t5\t0', 'b@x\t5\t0']);
  const { counts } = await count(host, datasets(String(now - 2), String(now - 3)), {});
  expect(counts.tallies.get('a')?.changed).toBe('unsettled');
  expect(counts.tallies.get('b')?.changed).toBe(String(now - 3));
});

test('newest and oldest by creation, a dataset without any has none, one that is not ours is passed over', async () => {
  const { host } = listing(['a@2 \t200\t0', 'a@1\t100\t0', 'a@3\t150\t0', 'gone@1\t1\t0']);
  const { counts } = await count(host, datasets('1', '2'), {});
  expect(counts.tallies.get('a')).toMatchObject({ count: 3, oldest: 100, newest: 200 });
  expect(counts.tallies.get('b')).toMatchObject({ count: 0 });
  expect(counts.tallies.get('b')).not.toHaveProperty('newest');
});

test('a creation time that is none costs that time only', async () => {
  const { host } = listing(['a@1\tSun Nov 22\t0', 'a@2\t7\t0']);
  const { counts, skipped } = await count(host, datasets('1'), {});
  expect(counts.tallies.get('a')).toMatchObject({ count: 2, oldest: 7, newest: 7 });
  expect(skipped).toEqual(['Cannot parse zfs list of a@1, creation: expected an integer, got "Sun Nov 22"']);
});

test.each([
  ['a line that cannot be read', ['a@1\t1\t0', 'a@2\t2', 'b@1\t1\t0'], ['b']],
  ['a line of which nobody can say whose it is', ['\0a@1\t1\t0', 'b@1\t1\t0'], []],
  ['every line twice', ['a@1\t1\t0', 'a@1\t1\t0', 'b@1\t1\t0'], ['b']],
  ['the listing twice', ['a@1\t1\t0', 'a@2\t1\t0', 'b@1\t1\t0', 'a@1\t1\t0', 'a@2\t1\t0'], ['b']],
  ['what is no line of a snapshot', ['warning: out of cheese', 'a@1\t1\t0', 'b@1\t1\t0'], ['a', 'b']],
])('%s: what is counted wrongly is not known', async (_, lines, expected) => {
  const { host } = listing(lines);
  const { counts, reasons } = await count(host, datasets('1', '2'), {});
  expect([...counts.tallies.keys()]).toEqual(expected);
  expect(reasons).toHaveLength(2 - expected.length);
});

test('none at all where snapshots hold space is no answer', async () => {
  const columns = zfsListArguments(true)[5]?.split(',') ?? [];
  const line = (name: string, bytes: string): string =>
    columns.map((column) => ({ name, usedbysnapshots: bytes })[column] ?? '-').join('\t');
  const all = parseZfsList([line('p/a', '4096'), line('p/b', '0')].join('\n'), true, (read) => read());
  expect([...(await count(listing([]).host, all, {})).counts.tallies.keys()]).toEqual([]);
  expect([...(await count(listing(['p/b@1\t1\t0']).host, all, {})).counts.tallies.keys()]).toEqual(['p/b']);
});

test('a listing that was cut short is not believed; what was known of the unchanged is', async () => {
  const { host } = listing(['a@1\t100\t0'], 'timeout');
  const { counts, reasons } = await count(host, datasets('8', '9', '3'), { 99: tally('3') });
  expect([...counts.tallies.keys()]).toEqual(['c']);
  expect(reasons).toEqual(Array(2).fill(expect.stringContaining('did not answer in time')));
  expect(counts.slowAt).toBe(now);
});

test('where all at once took too long, parts are asked for until the time is over', async () => {
  const many = parseZfsList(
    Array.from({ length: 250 }, (_, index) => [`p/${index}`, ...Array<string>(29).fill('-')].join('\t')).join('\n'),
    true,
    (read) => read(),
  );
  const { host, asked } = listing([]);
  const { counts } = await count(host, many, {}, now - 60);
  expect(asked.map((names) => names.length)).toEqual([100, 100, 50]);
  expect(counts.slowAt).toBe(now - 60);
  const late = listing([], 'late');
  await count(late.host, many, {}, now - 60);
  expect(late.asked).toHaveLength(1);
});

test('held snapshots, bookmarks, and the newest of each schedule', async () => {
  const schedules = { hourly: ['*_hourly'], daily: ['*_daily', 'day-*'], constructor: ['day-*'] };
  const lines = ['a@1_hourly\t100\t0', 'a@2_hourly\t300\t1', 'a@day-3\t200\t2', 'a@other\t400\t0', 'a#mark\t50\t-'];
  const { counts } = await count(listing(lines).host, datasets('1'), {}, undefined, schedules);
  expect(counts.tallies.get('a')).toMatchObject({
    count: 4,
    oldest: 100,
    newest: 400,
    held: 2,
    bookmarks: 1,
    schedules: { hourly: 300, daily: 200, constructor: 200 },
  });
});
test('lines of which none can be read are no listing', async () => {
  expect((await count(listing(['what is this']).host, datasets('1'), {})).counts.tallies.size).toBe(0);
  const { counts } = await count(listing(['warning: x', 'a@1\t100\t0']).host, datasets('1'), {});
  expect(counts.tallies.get('a')).toMatchObject({ count: 1 });
});
test('other patterns are another question', async () => {
  const { host, asked } = listing([]);
  const known = { 97: tally('1', { patterns: '{"hourly":["*_hourly"]}' }) };
  await count(host, datasets('1'), known, undefined, { hourly: ['*_hourly'] });
  expect(asked).toHaveLength(0);
  await count(host, datasets('1'), known, undefined, { hourly: ['hourly-*'] });
  expect(asked).toHaveLength(1);
});
test('what cannot be listed of one pool does not cost the others', async () => {
  const asked: string[] = [];
  const host: Pick<Host, 'lines'> = {
    lines: async (command, onLine) => {
      const pool = command.at(-2) === '-r' ? (command.at(-1) ?? '') : '';
      asked.push(pool);
      onLine(`${pool || 'sick'}@1\t5\t0`);
      const stderr = pool === 'well' ? '' : 'cannot iterate filesystems: I/O error\n';
      return { ended: 'exit', exitCode: 0, stdout: '', stderr };
    },
  };
  const all = ['sick', 'well'].flatMap((name) =>
    datasets('1').map((dataset) => ({ ...dataset, name, pool: name, guid: name })),
  );
  const { counts, reasons } = await count(host, all, {});
  expect(asked).toEqual(['', 'sick', 'well']);
  expect([...counts.tallies.keys()]).toEqual(['well']);
  expect(reasons).toEqual([expect.stringContaining('exit status 0: cannot iterate filesystems: I/O error')]);
});
test('a dataset that a complaint names is the only one that is not known', async () => {
  const host: Pick<Host, 'lines'> = {
    lines: async () => ({
      ended: 'exit',
      exitCode: 1,
      stdout: '',
      stderr: "cannot open 'b': dataset does not exist\n",
    }),
  };
  const { counts } = await count(host, datasets('1', '2', '3'), {});
  expect([...counts.tallies.keys()]).toEqual(['a', 'c']);
});
