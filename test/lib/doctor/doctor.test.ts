import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Collector, Need, Run } from '../../../lib/collector.ts';
import { check } from '../../../lib/doctor/doctor.ts';
import { findExporters } from '../../../lib/doctor/exporter.ts';
import { liveHost } from '../../../lib/machine/live-host.ts';
import { openSurvivors } from '../../../lib/machine/survivors.ts';
import { readRequest } from '../../../lib/options/config.ts';
import { callOf } from '../../../lib/run/call.ts';

let folder: string;
let textfiles: string;
let file: string;
const server = createServer();
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'doctor-'));
  textfiles = path.join(folder, 'textfiles');
  file = path.join(textfiles, 'fake.prom');
  for (const name of ['textfiles', 'proc', 'sys', 'bin']) mkdirSync(path.join(folder, name));
});
afterEach(() => {
  server.removeAllListeners('request').close();
  server.closeAllConnections();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** A process in the fake /proc. */
function running(pid: number, ...words: string[]): void {
  mkdirSync(path.join(folder, 'proc', String(pid)));
  writeFileSync(path.join(folder, 'proc', String(pid), 'cmdline'), words.map((word) => `${word}\0`).join(''));
}

describe('a node_exporter by its command line', () => {
  const url = 'http://127.0.0.1:9100';

  test.each<[string, string[], string[], string]>([
    ['Debian', ['/usr/bin/prometheus-node-exporter'], [], url],
    ['Fedora', ['/usr/bin/node-exporter', '--no-collector.zfs'], [], url],
    ['upstream', ['./node_exporter', '--collector.textfile.directory=/a b/c=d'], ['/a b/c=d'], url],
    ['the value apart', ['node_exporter', '--collector.textfile.directory', '/a', '--x'], ['/a'], url],
    [
      'several directories',
      ['node_exporter', '--collector.textfile.directory=/a', '--collector.textfile.directory=/b/*'],
      ['/a', '/b/*'],
      url,
    ],
    ['flags like ours', ['node_exporter', '--collector.textfile.directory-x=/a', '--xweb.listen-address=:1'], [], url],
    ['a port', ['node_exporter', '--web.listen-address=:9101'], [], 'http://127.0.0.1:9101'],
    ['a port apart', ['node_exporter', '--web.listen-address', ':9101'], [], 'http://127.0.0.1:9101'],
    ['all addresses', ['node_exporter', '--web.listen-address=0.0.0.0:9101'], [], 'http://127.0.0.1:9101'],
    ['all IPv6 addresses', ['node_exporter', '--web.listen-address=[::]:9101'], [], 'http://127.0.0.1:9101'],
    ['an address', ['node_exporter', '--web.listen-address=10.78.0.1:9100'], [], 'http://10.78.0.1:9100'],
    ['an IPv6 address', ['node_exporter', '--web.listen-address=[fd00::1]:9100'], [], 'http://[fd00::1]:9100'],
    ['a name', ['node_exporter', '--web.listen-address=node.wg2:9100'], [], 'http://node.wg2:9100'],
  ])('%s', async (_, words, directories, expected) => {
    running(42, ...words);
    expect(findExporters(path.join(folder, 'proc'))).toEqual([{ pid: 42, directories, url: expected }]);
  });

  test('nothing else is one', async () => {
    running(1, '/sbin/init');
    running(2);
    running(3, 'vim', '/usr/bin/node_exporter');
    running(4, '/usr/bin/zfs_exporter', '--collector.textfile.directory=/a');
    running(5, '/usr/bin/node', 'node_exporter.js');
    mkdirSync(path.join(folder, 'proc', '6'));
    mkdirSync(path.join(folder, 'proc', 'node_exporter'));
    expect(findExporters(path.join(folder, 'proc'))).toEqual([]);
  });
});

interface Case {
  readonly needs?: readonly Need[];
  readonly present?: boolean;
  readonly collect?: (run: Run) => void;
  readonly directory?: string;
  readonly netns?: string;
}

/** What --check prints of a collector, and its exit status. */
async function checked({ needs = [], present = true, collect, directory = textfiles, netns }: Case = {}) {
  const collector: Collector = {
    name: 'fake',
    summary: 'Test',
    metrics: [],
    settings: {},
    timeout: 20,
    needs,
    present: async () => present,
    async *collect(_, __, run) {
      if (collect === undefined) run.report('kstat', 'tank');
      collect?.(run);
      yield [];
    },
  };
  const [procfs, sysfs] = [path.join(folder, 'proc'), path.join(folder, 'sys')];
  const places = ['--procfs', procfs, '--sysfs', sysfs, '--textfile-dir', directory, '--state-dir', folder];
  const request = await readRequest({ ...collector, name: 'no-such-collector' }, ['--check', ...places], {});
  const call = callOf(collector, { ...request, netns }, new AbortController().signal);
  const survivors = openSurvivors(path.join(folder, 'survivors'));
  const host = liveHost({ procfs, sysfs, stateDir: folder, timeout: 20, stop: call.stop, survivors });
  let printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  const status = await check(call, host);
  return { status, lines: printed.split('\n').slice(0, -1) };
}

const good = ['ok    trial run: 1 of 1 sources read'];

/** A node_exporter, as process 42, that reads `directories` and answers with a page, or with a status and a page. */
async function exporter(answer: string | readonly [number, string], ...directories: string[]): Promise<void> {
  server.on('request', (request, response) => {
    const asked = request.url === '/metrics?collect[]=textfile';
    const [code, text] = typeof answer === 'string' ? [200, answer] : answer;
    response.statusCode = asked ? code : 404;
    response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const flags = directories.map((directory) => `--collector.textfile.directory=${directory}`);
  running(42, '/usr/bin/prometheus-node-exporter', ...flags, `--web.listen-address=127.0.0.1:${port}`);
}

/** Its page: the files that it has read, and whether all went well. */
function page(read: readonly string[], error = 0): string {
  const series = read.map((name) => `node_textfile_mtime_seconds{file="${name}"} 1.7e+09\n`);
  return `# TYPE node_textfile_mtime_seconds gauge\n${series.join('')}node_textfile_scrape_error ${error}\n`;
}

describe('--check follows the file', () => {
  const who = 'node_exporter (pid 42)';

  test.each<[string, () => Promise<void>, () => string[], 0 | 1]>([
    [
      'to a node_exporter that serves it',
      () => exporter(page(['/other/fake.prom', file]), textfiles),
      () => [`ok    ${who}: serves ${file} of 2023-11-14T22:13:20.000Z`],
      0,
    ],
    [
      'to one that reads a pattern of directories, with a slash at the end',
      () => exporter(page([file]), '/elsewhere', `${folder}/text*/`),
      () => [`ok    ${who}: serves ${file} of 2023-11-14T22:13:20.000Z`],
      0,
    ],
    [
      'to one that names no directory, since its default may be ours',
      () => exporter(page([file])),
      () => [`ok    ${who}: serves ${file} of 2023-11-14T22:13:20.000Z`],
      0,
    ],
    [
      'to one that complains of some file',
      () => exporter(page([file], 1), textfiles),
      () => [
        `ok    ${who}: serves ${file} of 2023-11-14T22:13:20.000Z`,
        `FAIL  ${who}: node_textfile_scrape_error is 1: it could not read some file in its directory; see its log`,
      ],
      1,
    ],
    [
      'to one that reads another directory',
      () => exporter(page([]), '/var/lib/a', '/var/lib/b'),
      () => [`FAIL  ${who}: reads /var/lib/a, /var/lib/b and not ${textfiles}`],
      1,
    ],
    [
      'to one that does not serve it, though it is there',
      async () => {
        writeFileSync(file, '');
        await exporter(page(['/other/fake.prom']));
      },
      () => [`FAIL  ${who}: does not serve ${file}: it reads another directory, or refuses the file; see its log`],
      1,
    ],
    [
      'to one that cannot serve it yet',
      () => exporter(page([]), textfiles),
      () => [`note  ${who}: cannot tell yet whether it reads ${file}: no run has written it`],
      0,
    ],
    [
      'to one of two',
      async () => {
        running(7, 'node_exporter', '--collector.textfile.directory=/elsewhere');
        await exporter(page([file]), textfiles);
      },
      () => [
        `note  node_exporter (pid 7): reads /elsewhere and not ${textfiles}`,
        `ok    ${who}: serves ${file} of 2023-11-14T22:13:20.000Z`,
      ],
      0,
    ],
    ['to none', async () => {}, () => [`FAIL  node_exporter: none runs here, so that nothing reads ${textfiles}`], 1],
  ])('%s', async (_, start, expected, status) => {
    await start();
    const found = await checked();
    expect(found.lines).toEqual([...good, `ok    textfile directory: ${textfiles} can be written`, ...expected()]);
    expect(found.status).toBe(status);
    expect(readdirSync(textfiles).filter((name) => name !== 'fake.prom')).toEqual([]);
  });

  test('to one that knows the directory by a link', async () => {
    symlinkSync('textfiles', path.join(folder, 'link'));
    await exporter(page([`${folder}/link/fake.prom`]), `${folder}/link`);
    symlinkSync('/', path.join(folder, 'proc/42/root'));
    const { lines, status } = await checked();
    expect([lines.at(-1), status]).toEqual([
      `ok    ${who}: serves ${folder}/link/fake.prom of 2023-11-14T22:13:20.000Z`,
      0,
    ]);
  });

  test('to one in a container, which has another place for it', async () => {
    await exporter(page(['/textfiles/fake.prom']), '/textfiles');
    symlinkSync(folder, path.join(folder, 'proc/42/root'));
    const { lines, status } = await checked();
    expect([lines.at(-1), status]).toEqual([
      `ok    ${who}: serves /textfiles/fake.prom of 2023-11-14T22:13:20.000Z`,
      0,
    ]);
  });

  test('in a directory whose name has quotes', async () => {
    const directory = path.join(folder, 'my "own"');
    mkdirSync(directory);
    await exporter(page([String.raw`${folder}/my \"own\"/fake.prom`]), directory);
    const { lines, status } = await checked({ directory });
    expect([lines.at(-1), status]).toEqual([expect.stringMatching(/^ok {4}node_exporter .* serves /), 0]);
  });

  test('to one that does not answer', async () => {
    await exporter(page([]), textfiles);
    server.close();
    const { lines, status } = await checked();
    expect(lines.at(-1)).toMatch(/^note {2}node_exporter \(pid 42\): http:\/\/127\.0\.0\.1:\d+ does not answer: /);
    expect(status).toBe(0);
  });

  test('to one that wants TLS', async () => {
    await exporter([400, 'Client sent an HTTP request to an HTTPS server.\n']);
    const { lines, status } = await checked();
    expect(lines.at(-1)).toMatch(
      /^note {2}.* does not answer: HTTP status 400: Client sent an HTTP request to an HTTPS server\.$/,
    );
    expect(status).toBe(0);
  });

  // What node_exporter 1.5 --no-collector.textfile answers to collect[]=textfile, or one that ignores it.
  const disabled = "Couldn't create filtered metrics handler: couldn't create collector: disabled collector: textfile";
  test.each([[[400, disabled] as const], ['# HELP node_load1 1m load average.\n']])(
    'to one whose textfile collector is off: %j',
    async (answer) => {
      await exporter(answer);
      const { lines, status } = await checked();
      expect([lines.at(-1), status]).toEqual([`FAIL  ${who}: its textfile collector is off`, 1]);
    },
  );

  test('into a directory that is not there', async () => {
    const directory = path.join(folder, 'missing');
    await exporter(page([]), directory);
    const { lines, status } = await checked({ directory });
    expect(lines).toContain(`FAIL  textfile directory: ${directory} cannot be written: ENOENT`);
    expect(status).toBe(1);
  });
});

describe('--check finds what else writes the file', () => {
  beforeEach(async () => {
    mkdirSync(path.join(folder, 'units/timers.target.wants'), { recursive: true });
    vi.stubEnv('SYSTEMD_UNIT_PATH', path.join(folder, 'units'));
    await exporter(page([file]), textfiles);
  });
  const third = async (): Promise<{ line: string | undefined; status: number }> => {
    const { lines, status } = await checked();
    return { line: lines[2], status };
  };
  const timer = (...parts: string[]): void =>
    writeFileSync(path.join(folder, 'units', ...parts, 'fake-metrics.timer'), '');

  test('nothing where the file is ours', async () => {
    writeFileSync(file, '# TYPE textfile_collector_info gauge\ntextfile_collector_info{collector="fake"} 1\n');
    expect(await third()).toEqual({ line: expect.stringMatching(/^ok {4}node_exporter/), status: 0 });
  });

  test('nothing in what is no file, and does not wait for it', async () => {
    await execa('mkfifo', [file]);
    expect(await third()).toEqual({ line: expect.stringMatching(/^ok {4}node_exporter/), status: 0 });
  });

  test('a file of our name that is not ours', async () => {
    writeFileSync(file, '# HELP textfile_collector_info says nothing\nzfs_pool_size 1\n');
    const line = `FAIL  ${file}: another program has written it; a run replaces it, and that program replaces ours`;
    expect(await third()).toEqual({ line, status: 1 });
  });

  test('looks at the file of the network namespace that it is called for', async () => {
    writeFileSync(file, 'zfs_pool_size 1\n');
    const blue = path.join(textfiles, 'fake-blue.prom');
    expect((await checked({ netns: 'blue' })).lines.filter((line) => line.includes('another program'))).toEqual([]);
    writeFileSync(blue, 'zfs_pool_size 1\n');
    expect((await checked({ netns: 'blue' })).lines[2]).toMatch(`FAIL  ${blue}: another program has written it`);
  });

  test('the timer of an older script', async () => {
    timer();
    const disabled = 'note  fake-metrics.timer: may write the same file, but is not enabled';
    expect(await third()).toEqual({ line: disabled, status: 0 });
    timer('timers.target.wants');
    const enabled = 'FAIL  fake-metrics.timer: may write the same file: systemctl disable --now fake-metrics.timer';
    expect(await third()).toEqual({ line: enabled, status: 1 });
  });
});

describe('--check looks at what the collector needs', () => {
  beforeEach(async () => exporter(page([file]), textfiles));

  test('tools, files and folders, in the places that the options name', async () => {
    vi.stubEnv('PATH', path.join(folder, 'bin'));
    writeFileSync(path.join(folder, 'bin/ztool'), '', { mode: 0o755 });
    writeFileSync(path.join(folder, 'bin/notool'), '', { mode: 0o644 });
    writeFileSync(path.join(folder, 'proc/stat'), '');
    const needs: Need[] = [
      { kind: 'tool', name: 'ztool', why: 'pools' },
      { kind: 'tool', name: 'notool', why: 'peers' },
      { kind: 'file', name: '/proc/stat', why: 'time' },
      { kind: 'file', name: '/sys/none', why: 'links' },
      { kind: 'file', name: '/proc/net', why: 'sockets' },
      { kind: 'folder', name: '/proc/net', why: 'sockets' },
      { kind: 'folder', name: '/proc/stat', why: 'pools' },
    ];
    mkdirSync(path.join(folder, 'proc/net'));
    const { lines, status } = await checked({ needs });
    expect(lines.slice(0, 7)).toEqual([
      `ok    tool ztool: ${folder}/bin/ztool`,
      'FAIL  tool notool: not on PATH; needed for peers',
      `ok    file ${folder}/proc/stat: time`,
      `FAIL  file ${folder}/sys/none: ENOENT; needed for links`,
      `FAIL  file ${folder}/proc/net: it is a folder; needed for sockets`,
      `ok    folder ${folder}/proc/net: sockets`,
      `FAIL  folder ${folder}/proc/stat: it is a file; needed for pools`,
    ]);
    expect(status).toBe(1);
  });

  test('not where there is nothing to read', async () => {
    const { lines, status } = await checked({ present: false, needs: [{ kind: 'tool', name: 'notool', why: 'x' }] });
    expect(lines[0]).toBe('note  fake: this machine has nothing to read; the file will say so');
    expect([lines[1], status]).toEqual([...good, 0]);
  });

  test('with a trial run, whose failures it names', async () => {
    const { lines, status } = await checked({
      collect: (run) => {
        run.report('kstat', 'tank');
        run.report('zpool list', '', 'zpool list: exit status 1');
        run.report('kstat', 'sick', 'Cannot read it');
      },
    });
    expect(lines.slice(0, 3)).toEqual([
      'FAIL  trial run: 1 of 3 sources read',
      'FAIL  trial run: zpool list: exit status 1',
      'FAIL  trial run: Cannot read it (sick)',
    ]);
    expect(status).toBe(1);
    expect(readdirSync(textfiles)).toEqual([]);
  });
});
