import { describe, expect, test } from 'vitest';
import * as m from '../../../collectors/zfs/metrics.ts';
import { statusReason } from '../../../collectors/zfs/status-reason.ts';
import { namedPools } from '../../../collectors/zfs/vdev-names.ts';
import { parseZfsList, zfsListArguments } from '../../../collectors/zfs/zfs-list.ts';
import { parseZpoolList, zpoolListArguments } from '../../../collectors/zfs/zpool-list.ts';
import { parseZpoolStatusJson } from '../../../collectors/zfs/zpool-status-json.ts';
import { parseZpoolStatusText } from '../../../collectors/zfs/zpool-status-text.ts';
import { type Attempt, attempting } from '../../../lib/parse.ts';

/** What a parser makes of a text, and what it left out. */
function parsed<T>(parse: (attempt: Attempt) => T): { result: T; skipped: string[] } {
  const skipped: string[] = [];
  return { result: parse(attempting((reason) => skipped.push(reason))), skipped };
}

describe('zpool list', () => {
  const line = (over: Partial<Record<string, string>> = {}): string => {
    const cells: Record<string, string> = { name: 'tank', guid: '7471877525490080915', size: '184549376' };
    const columns = (zpoolListArguments(true)[3] ?? '').split(',');
    return `${columns.map((column) => over[column] ?? cells[column] ?? '-').join('\t')}\n`;
  };
  const parse = (text: string) => parsed((attempt) => parseZpoolList(text, true, attempt));

  test('nothing but dashes is a pool without values', () => {
    const { result, skipped } = parse(line({ size: '-', health: 'FAULTED' }));
    expect(result).toMatchObject([{ pool: 'tank', health: 'FAULTED', values: new Map() }]);
    expect(skipped).toEqual([]);
  });
  test('a guid and a size beyond 2^53 stay exact', () => {
    const { result } = parse(line({ guid: '18446744073709551615', size: '18446744073709551614' }));
    expect(result).toMatchObject([{ guid: '18446744073709551615' }]);
    expect(result[0]?.values.get(m.poolSize)).toBe(18446744073709551614n);
  });
  test.each([
    [
      'a value that is none',
      line({ size: '8.29G' }),
      'zpool list of pool tank, size: expected an integer, got "8.29G"',
    ],
    ['a negative one', line({ freeing: '-5' }), 'zpool list of pool tank, freeing: expected an integer, got "-5"'],
    ['a ratio that is none', line({ dedupratio: '1,00' }), 'dedupratio: expected a number, got "1,00"'],
    ['too few columns', 'tank\t1\n', 'zpool list line 1: expected 17 columns, got "2"'],
    ['a message instead', 'internal error: out of memory\n', 'line 1: expected 17 columns, got "1"'],
  ])('%s costs that value only', (_name, text, message) => {
    const { result, skipped } = parse(text + line({ name: 'other' }));
    expect(skipped).toEqual([expect.stringContaining(message)]);
    expect(result.at(-1)?.pool).toBe('other');
    expect(result.at(-1)?.values.get(m.poolSize)).toBe(184549376);
  });
  test('no pool', () => expect(parse('')).toEqual({ result: [], skipped: [] }));
  test.each([
    ['4294967296', 4294967296],
    ['auto', undefined],
    ['0', undefined],
  ])('a quota of deduplication of %s', (text, expected) => {
    const { result, skipped } = parse(line({ dedup_table_quota: text }));
    expect([result[0]?.values.get(m.poolDedupTableQuota), skipped]).toEqual([expected, []]);
  });
  test('the percent sign and the x of old releases', () => {
    const values = parse(line({ fragmentation: '12%', dedupratio: '1.50x' })).result[0]?.values;
    expect([values?.get(m.poolFragmentation), values?.get(m.poolDedup)]).toEqual([0.12, 1.5]);
  });
});

describe('zfs list', () => {
  const line = (withChanges: boolean, over: Record<string, string>): string => {
    const columns = zfsListArguments(withChanges)[5]?.split(',') ?? [];
    return `${columns.map((column) => over[column] ?? '-').join('\t')}\n`;
  };
  const parse = (text: string, withChanges = true) => parsed((attempt) => parseZfsList(text, withChanges, attempt));

  test('what is not set is absent, what is zero stays', () => {
    const cells = { name: 'rpool/a b', used: '0', quota: '0', refquota: '-', reservation: 'none', written: '0' };
    const { result } = parse(line(true, cells));
    expect(result).toMatchObject([{ name: 'rpool/a b', pool: 'rpool' }]);
    expect([...(result[0]?.values ?? [])]).toEqual([
      [m.datasetUsed, 0],
      [m.datasetWritten, 0],
    ]);
  });
  test('a mountpoint may hold a tab', () => {
    expect(parse(line(true, { name: 'a', mountpoint: '/mnt/x\ty' })).result).toMatchObject([
      { mountpoint: '/mnt/x\ty' },
    ]);
  });
  test.each([
    ['yes', 'yes', 1],
    ['no', 'no', 0],
    ['a word that is new', 'perhaps', undefined],
  ])('mounted %s', (_name, word, mounted) => {
    expect(parse(line(true, { name: 'a', mounted: word })).result[0]?.values.get(m.datasetMounted)).toBe(mounted);
  });
  test('OpenZFS 2.1 has no snapshots_changed', () => {
    expect(zfsListArguments(false).join(' ')).not.toContain('snapshots_changed');
    expect(parse(line(false, { name: 'a', mountpoint: '/a' }), false).result).toMatchObject([
      { mountpoint: '/a', snapshotsChanged: undefined },
    ]);
  });
  test('a line cut short costs its dataset only', () => {
    const { result, skipped } = parse(`${line(true, { name: 'a' })}b\tfilesystem\t12`);
    expect(result.map(({ name }) => name)).toEqual(['a']);
    expect(skipped).toEqual([expect.stringContaining('Cannot parse zfs list line 2: expected 30 columns, got "3"')]);
  });
  test('a value that is none costs that value only', () => {
    const { result, skipped } = parse(line(true, { name: 'a', used: '1.2K', available: '7' }));
    expect([...(result[0]?.values ?? [])]).toEqual([[m.datasetAvailable, 7]]);
    expect(skipped).toEqual(['Cannot parse zfs list of a, used: expected an integer, got "1.2K"']);
  });
});

describe('zpool status -j', () => {
  const parse = (text: string) => parsed((attempt) => namedPools(parseZpoolStatusJson(text, attempt)));
  const pool = (members: string): string =>
    `{"pools":{"t":{"name":"t","vdevs":{"t":{"name":"t","vdev_type":"root","state":"ONLINE","vdevs":{${members}}}}}}}`;

  test.each([
    ['nothing', '', 'expected JSON, got ""'],
    ['half of it, as in the C locale', '{"pools":{"t":{"name":"gr', 'expected JSON, got'],
    ['a message', 'invalid option', 'expected JSON'],
    ['no pools', '{"output_version":{}}', 'expected an object "pools", got "undefined"'],
  ])('%s is refused', (_name, text, message) => expect(() => parse(text)).toThrow(message));

  test.each([
    ['CANT_OPEN', '', 'unavail'],
    ['CANT_OPEN', 'CORRUPT_DATA', 'faulted'],
    ['CANT_OPEN', 'BAD_LOG', 'faulted'],
    ['CANT_OPEN', 'SPLIT_POOL', 'split'],
    ['CLOSED', '', 'offline'],
    ['FAULTED', 'EXTERNAL', 'faulted'],
    ['INUSE', 'SPARED', 'inuse'],
    ['FROBNICATING', '', 'unknown'],
  ])('state %s %s is %s', (state, aux, expected) => {
    const { result } = parse(
      pool(`"d":{"name":"d","vdev_type":"disk","path":"/dev/d","state":"${state}","aux":"${aux}"}`),
    );
    expect(result[0]?.vdevs.at(-1)).toMatchObject({ name: '/dev/d', state: expected });
  });
  test('a draid may lack state and type (openzfs/zfs#18431)', () => {
    const { result } = parse(pool('"draid1:2d:5c:1s-0":{"name":"draid1:2d:5c:1s-0","vdevs":{}}'));
    expect(result[0]?.vdevs.at(-1)).toMatchObject({ type: 'draid', state: 'unknown' });
  });
  test('counters stay exact to 2^64, one that is none is skipped', () => {
    const { result, skipped } = parse(
      pool('"d":{"name":"d","state":"ONLINE","read_errors":"18446744073709551615","write_errors":"2.71K"}'),
    );
    expect(result[0]?.vdevs.at(-1)).toMatchObject({ read: 18446744073709551615n, write: undefined });
    expect(skipped).toEqual([
      'Cannot parse zpool status of pool t, vdev d, write_errors: expected an integer, got "2.71K"',
    ]);
  });
  test('two missing disks of the same path stay apart', () => {
    const disk = (guid: string): string =>
      `"${guid}":{"name":"${guid}","guid":"${guid}","path":"/dev/sda1","was":"/dev/sda1","state":"CANT_OPEN"}`;
    const { result } = parse(pool(`${disk('111')},${disk('222')}`));
    expect(result[0]?.vdevs.slice(1).map(({ name }) => name)).toEqual(['111', '222']);
  });
  test('a number may stand as a number', () => {
    const text = (one: string): string =>
      `{"pools":{"t":{"name":"t","error_count":${one},"scan_stats":{"function":"SCRUB","state":"FINISHED","start_time":${one},` +
      `"end_time":${one},"errors":${one}},"vdevs":{"t":{"name":"t","vdev_type":"root","vdevs":{"d":{"name":"d","path":"/dev/d",` +
      `"state":"ONLINE","read_errors":${one},"trim_notsup":${one}}}}}}}}`;
    expect(parse(text('1'))).toEqual(parse(text('"1"')));
    expect(parse(text('18446744073709551615'))).toEqual(parse(text('"18446744073709551615"')));
    expect(parse(text('18446744073709551615.0'))).toEqual(parse(text('"18446744073709551615"')));
  });
  test.each([
    ['sda1', '"path":"/dev/sda1"', 'disk'],
    ['sda1/old', '"read_errors":"0"', 'disk'],
    ['5400000000000000023', '"was":"/dev/sda1"', 'disk'],
    ['/srv/a', '"path":"/srv/a"', 'file'],
    ['who-knows', '"read_errors":"0"', 'unknown'],
    ['raidz2-0', '"vdevs":{}', 'raidz'],
    ['draid2-0-1', '"path":"draid2-0-1"', 'dspare'],
  ])('%s without a type is a %s', (name, more, type) => {
    const { result } = parse(pool(`"x":{"name":"${name}",${more}}`));
    expect(result[0]?.vdevs.at(-1)).toMatchObject({ type });
  });
  test('the top without a type is the root', () => {
    const { result } = parse('{"pools":{"t":{"name":"t","vdevs":{"t":{"name":"t","state":"DEGRADED"}}}}}');
    expect(result[0]?.vdevs).toMatchObject([{ type: 'root', state: 'degraded' }]);
  });
  test('the reason makes the state of a vdev that has none', () => {
    const { result } = parse(pool('"x":{"name":"x","path":"/dev/x","aux":"EXTERNAL"}'));
    expect(result[0]?.vdevs.at(-1)).toMatchObject({ state: 'faulted', aux: 'EXTERNAL' });
  });
  test('a disk that is printed with guid and state of one that has failed, and works', () => {
    const disk = (more: string): string =>
      `"sda":{"name":"sda","guid":"11","path":"/dev/sda1","state":"FAULTED"${more}}`;
    const mirror = (n: number, state: string, child: string): string =>
      `"mirror-${n}":{"name":"mirror-${n}","vdev_type":"mirror","state":"${state}","vdevs":{${child}}}`;
    const leaves = (state: string) => {
      const all = [mirror(0, 'DEGRADED', disk(',"aux":"ERR_EXCEEDED"')), mirror(1, state, disk(''))].join(',');
      return parse(pool(all)).result[0]?.vdevs.filter(({ path }) => path !== undefined);
    };
    expect(leaves('ONLINE')).toMatchObject([
      { name: '11', guid: '11', state: 'faulted' },
      { name: '/dev/sda1', guid: undefined, state: 'online' },
    ]);
    expect(leaves('DEGRADED')?.[1]).toMatchObject({ state: 'unknown' });
  });
  test('a disk that is printed with guid and state of a log device, which is listed behind it', () => {
    const device = (more: string): string =>
      `"sda":{"name":"sda","guid":"11","path":"/dev/sda1","state":"ONLINE"${more}}`;
    const { result } = parse(
      `{"pools":{"t":{"name":"t","vdevs":{"t":{"name":"t","vdevs":{${device(',"aux":"EXTERNAL"')}}}},"logs":{${device('')}}}}}`,
    );
    expect(result[0]?.vdevs.slice(1)).toMatchObject([
      { name: 'once /dev/sda1', guid: undefined, state: 'faulted', class: 'normal' },
      { name: '/dev/sda1', guid: '11', state: 'online', class: 'log' },
    ]);
  });
  test.each([
    ['a start after the end', '"start_time":"9","end_time":"5"', { start: undefined, end: 5 }],
    ['a start beyond all time', '"start_time":"18446744073709551615","end_time":"5"', { start: undefined, end: 5 }],
    ['more repaired than there can be', '"processed":"18446744073709551615"', { done: undefined }],
  ])('%s is left out and counted', (_name, stats, expected) => {
    const { result, skipped } = parse(
      `{"pools":{"t":{"name":"t","scan_stats":{"function":"SCRUB","state":"FINISHED",${stats}}}}}`,
    );
    expect(result[0]?.scans).toMatchObject([expected]);
    expect(skipped).toHaveLength(1);
  });
  test.each([
    ['1001', '100', undefined],
    ['150', '100', 150],
  ])('%s issued of %s', (issued, total, expected) => {
    const stats = `"function":"SCRUB","state":"SCANNING","issued":"${issued}","to_examine":"${total}"`;
    const { result } = parse(`{"pools":{"t":{"name":"t","scan_stats":{${stats}}}}}`);
    expect(result[0]?.scans).toMatchObject([{ issued: expected }]);
  });
  test('a counter of the kernel that went below zero is left out (openzfs/zfs#17990)', () => {
    const stats =
      '"scan_stats":{"function":"SCRUB","state":"SCANNING","issued":"18446744073709551000","to_examine":"5","skipped":"9"}';
    const { result, skipped } = parse(`{"pools":{"t":{"name":"t",${stats}}}}`);
    expect(result[0]?.scans).toMatchObject([{ issued: undefined, total: undefined }]);
    expect(skipped).toHaveLength(2);
  });
});

describe('zpool status as text', () => {
  const parse = (text: string) => parsed((attempt) => namedPools(parseZpoolStatusText(text, attempt)));
  const config = (rows: string, errors = 'No known data errors'): string =>
    `  pool: t\n state: ONLINE\nconfig:\n\n${rows}\nerrors: ${errors}\n`;

  test('a name with spaces and UTF-8 is cut by its column in bytes, as printf pads', () => {
    const { result } = parse(
      config(
        '\tNAME                 STATE     READ WRITE CKSUM  SLOW\n' +
          '\tt                    ONLINE       0     0     0     -\n' +
          '\t  /dev/größe disk  DEGRADED     1     2     3     4  too many errors\n',
      ),
    );
    expect(result[0]?.vdevs.at(-1)).toMatchObject({
      name: '/dev/größe disk',
      state: 'degraded',
      read: 1,
      checksum: 3,
      slow: 4,
    });
  });
  test('a line that is out of place is counted, and is no vdev', () => {
    const { result, skipped } = parse(
      config(
        '\tNAME      STATE     READ WRITE CKSUM\n\tt         ONLINE       0     0     0\n\t  mirror-0 ONLINE       0     0     0\n' +
          '\t    a     ONLINE       0     0     0\n\t  wrapped at the terminal\n',
      ),
    );
    expect(result[0]?.vdevs.map(({ name, parent }) => [name, parent])).toEqual([
      ['t', ''],
      ['a', 't'],
    ]);
    expect(skipped).toHaveLength(2);
  });
  test('the words of a resilver are those of a rebuild, too', () => {
    const status = 'One or more devices is currently being resilvered.';
    const scan = (vdev: string) => `resilver ${vdev}in progress since Sun Nov 22 08:47:38 2026`;
    const reason = (text: string) => parse(`  pool: t\nstatus: ${status}\n  scan: ${text}\n`).result[0]?.reason?.name;
    expect(reason(scan(''))).toBe('RESILVERING');
    expect(reason(scan('(mirror-0) '))).toBe('REBUILDING');
  });
  test('a counter that is none costs that value and no other', () => {
    const { result, skipped } = parse(
      config(
        '\tNAME  STATE     READ WRITE CKSUM\n\tt     ONLINE       0     0     0\n\t  a   ONLINE   2.71K     0     0\n\t  b   ONLINE       0     0     7\n',
      ),
    );
    expect(result[0]?.vdevs.map(({ name, read, checksum }) => [name, read, checksum])).toEqual([
      ['t', 0, 0],
      ['a', undefined, 0],
      ['b', 0, 7],
    ]);
    expect(skipped).toEqual(['Cannot parse zpool status of pool t, READ of a: expected an integer, got "2.71K"']);
  });
  test.each([
    ['No known data errors', 0],
    ["1 data errors, use '-v' for a list", 1],
    ["18446744073709551615 data errors, use '-v' for a list", 18446744073709551615n],
    ['List of errors unavailable: permission denied', undefined],
  ])('errors: %s', (text, expected) => {
    expect(parse(config('', text))).toMatchObject({
      result: [{ dataErrors: expected }],
      skipped: [],
    });
  });
  test('an errors line that is new is said so', () => {
    expect(parse(config('', 'who knows')).skipped).toEqual([
      expect.stringContaining('errors: expected an integer, got "who knows"'),
    ]);
  });
  test('lines that belong to nothing are told, and so is that there is no config, or no header in it', () => {
    const told = (text: string) => parse(text).skipped.map((line) => line.replace('Cannot parse zpool status of ', ''));
    expect(told('  pool: t\n state: ONLINE\n')).toEqual(['pool t: expected its config, got nothing']);
    expect(told(config('wrapped at the terminal\n'))).toEqual([
      'pool t: expected lines of a known form, got "wrapped at the terminal"',
    ]);
    expect(told(config('\tt  ONLINE  0  0  0\n'))).toEqual([
      'pool t, config: expected a header, got "\\tt  ONLINE  0  0  0"',
    ]);
  });
  test('the warning that a scan skips what only a checkpoint has is no line to complain of', () => {
    const scan = '  scan: scrub repaired 0B in 00:00:01 with 0 errors on Sun Nov 22 10:23:54 2026\n';
    const warning = '    scan warning: skipped blocks that are only referenced by the checkpoint.\n';
    const { result, skipped } = parse(config('').replace('config:', `${scan}${warning}config:`));
    expect(result[0]?.scans).toMatchObject([{ kind: 'scrub', state: 'finished', errors: 0 }]);
    expect(skipped).toEqual([]);
  });
  test('no config, no errors, as of a pool that cannot be opened', () => {
    expect(parse('  pool: t\n state: UNAVAIL\nconfig: The configuration cannot be determined.\n').result).toMatchObject(
      [{ pool: 't', vdevs: [], dataErrors: undefined }],
    );
  });
  test('nothing', () => expect(parse('')).toEqual({ result: [], skipped: [] }));
});

test.each([
  [undefined, undefined, undefined],
  [
    'One or more devices could not be opened.  Sufficient replicas exist for\n\tthe pool to',
    'ZFS-8000-2Q',
    'MISSING_DEV_R',
  ],
  ['One or more devices could not be opened.  There are insufficient\n\treplicas', 'ZFS-8000-3C', 'MISSING_DEV_NR'],
  ['One or more devices are faulted in response to IO failures.\n', 'ZFS-8000-HC', 'IO_FAILURE_WAIT'],
  ['One or more devices are faulted in response to IO failures.\n', 'ZFS-8000-JQ', 'IO_FAILURE_CONTINUE'],
  ['One or more devices have been removed.\n', undefined, 'REMOVED_DEV'],
  ['Some supported and requested features are not enabled on the pool.', undefined, 'FEAT_DISABLED'],
  [undefined, 'ZFS-8000-6X', 'BAD_GUID_SUM'],
  ['The pool has joined a band.', undefined, 'unknown'],
  ['Quantum foam.', 'ZFS-9000-QF', 'unknown'],
])('status %j %s is %s', (sentence, msgid, name) => {
  expect(statusReason(sentence, msgid, [])?.name).toBe(name);
});
