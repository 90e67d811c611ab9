import { spawnSync } from 'node:child_process';
import { closeSync, constants, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const bundle = path.join(import.meta.dirname, '../../../dist/ebpf.js');

/** Runs what follows where tracefs is, whether the machine has it mounted or not. */
const traced = [
  'unshare',
  '--mount',
  'sh',
  '-c',
  'test -d /sys/kernel/tracing/events || mount -t tracefs nodev /sys/kernel/tracing; exec "$@"',
  '--',
];

/** What attaching takes: some kernels want more, as the README says. */
const paranoid = Number(readFileSync('/proc/sys/kernel/perf_event_paranoid', 'utf8'));
const wanted = ['bpf', 'perfmon', ...(paranoid > 2 ? ['sys_admin'] : [])];

/** As uid 0 with these capabilities alone, and no new ones: what its unit leaves it. */
const having = (...capabilities: readonly string[]): string[] => {
  const set = ['-all', ...capabilities.map((one) => `+${one}`)].join(',');
  return ['setpriv', '--no-new-privs', `--bounding-set=${set}`, `--inh-caps=${set}`];
};

function spawn([command = '', ...words]: readonly string[]) {
  return spawnSync(command, words, { encoding: 'utf8', timeout: 60_000 });
}

const isTracing = spawn([...traced, 'bpftrace', '-e', 'tracepoint:sched:sched_switch { exit(); }']).status === 0;
const untested = isTracing ? '' : ', NOT TESTED: bpftrace cannot trace here (not installed, not root, or no BPF)';

/** How many requests are made for certain. */
const writes = 200;

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(path.join(os.tmpdir(), 'textfile-ebpf-'));
});
afterAll(() => {
  rmSync(scratch, { recursive: true });
});

const fileText = (): string => {
  const file = path.join(scratch, 'ebpf.prom');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};

/** The sum of the series of `metric` with these labels. */
function sumOf(text: string, metric: string, labels = ''): number {
  const lines = text.split('\n').filter((line) => line.startsWith(metric) && line.includes(labels));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

/** Where /proc/diskstats has how many requests were done. */
const fields = { read: 3, write: 7, discard: 14, flush: 18 } as const;
type Operation = keyof typeof fields;

/** Requests of an operation that all disks have done; of a loop device those that it hands on. */
function done(diskstats: string, operation: Operation): number {
  const rows = diskstats.split('\n').map((row) => row.trim().split(/ +/));
  return rows.filter(([major]) => major !== '7').reduce((sum, row) => sum + Number(row[fields[operation]] ?? 0), 0);
}

const diskstats = (): string => readFileSync('/proc/diskstats', 'utf8');

/** The next frame that the follower puts into its file. */
async function nextFrame(): Promise<string> {
  const before = fileText();
  for (let attempt = 0; attempt < 1200; attempt += 1) {
    const text = fileText();
    if (text !== before && text.includes('source="bpftrace",target=""} 1')) return text;
    await sleep(50);
  }
  throw new Error(`Cannot go on: expected another frame, got ${fileText().slice(-500)}`);
}

/** The bundle, as its service runs it. */
function follow(...options: readonly string[]) {
  const words = [...traced, ...having(...wanted), process.execPath, bundle, '--follow', '--interval', '1'];
  const [command = '', ...more] = [...words, '--textfile-dir', scratch, '--state-dir', scratch, ...options];
  return execa(command, more, { reject: false });
}

/** What the network namespace of the second peer has counted. */
const snmpFile = (): string => path.join(scratch, 'snmp');

/** How many segments TCP has sent again there. */
function sentAgain(snmp: string): number {
  const [names = [], values = []] = snmp
    .split('\n')
    .flatMap((line) => (line.startsWith('Tcp: ') ? [line.split(' ')] : []));
  return Number(values[names.indexOf('RetransSegs')]);
}

/**
 * Two threads that want one processor, writes that wait for the disk one after the other, a peer that never answers, and one
 * that there is no way to any more.
 */
async function load(): Promise<void> {
  const busy = ['timeout', '5', 'taskset', '-c', '0', 'sh', '-c', 'while :; do :; done'];
  const linked = [
    'ip link add near type veth peer name far && ip link set near up && ip link set far up',
    'ip address add 192.0.2.1/24 dev near && ip neighbour add 192.0.2.2 lladdr 02:00:00:00:00:02 dev near',
  ].join(' && ');
  const connect = (port: number, then = ''): string =>
    `timeout 5 "$0" -e 'require("node:net").connect(${port}, "192.0.2.2").on("error", () => setInterval(() => {}, 1000)); ${then}'`;
  const flush =
    'setTimeout(() => require("node:child_process").execFile("ip", ["route", "flush", "192.0.2.0/24"]), 100)';
  const lost = `${linked} && exec ${connect(5201)}`;
  const cutOff = `${linked} && { ${connect(5202, flush)}; status=$?; cat /proc/net/snmp > '${snmpFile()}'; exit $status; }`;
  const networks = [lost, cutOff].map((script) => ['unshare', '--net', 'sh', '-c', script, process.execPath]);
  const commands = [busy, busy, ...networks];
  const running = commands.map(async ([command = '', ...words]) => execa(command, words, { reject: false }));
  const file = openSync(path.join(scratch, 'written'), constants.O_CREAT | constants.O_WRONLY | constants.O_SYNC);
  for (let count = 0; count < writes; count += 1) {
    writeSync(file, 'x'.repeat(4096));
    await sleep(1);
  }
  closeSync(file);
  // timeout(1) ends each of them.
  expect((await Promise.all(running)).map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual([
    [124, ''],
    [124, ''],
    [124, ''],
    [124, ''],
  ]);
}

const childrenOf = (pid = 0): string[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter((child) => child !== '');

describe.skipIf(!isTracing)(`bpftrace itself, followed under a real load${untested}`, () => {
  let [before, after] = ['', ''];
  let [disksBefore, disksAfter] = ['', ''];
  let end: unknown;
  let left: string[] = [];

  beforeAll(async () => {
    const follower = follow();
    try {
      await nextFrame();
      disksBefore = diskstats();
      before = await nextFrame();
      await load();
      await nextFrame();
      after = await nextFrame();
      disksAfter = diskstats();
    } finally {
      left = childrenOf(follower.pid);
      follower.kill('SIGTERM');
      const { stderr, signal } = await follower;
      end = { stderr, signal };
    }
  }, 120_000);

  const grown = (metric: string, labels = ''): number => sumOf(after, metric, labels) - sumOf(before, metric, labels);

  const counted = (operation: Operation): number =>
    grown('ebpf_block_io_latency_seconds_count', `operation="${operation}"`);

  test.each(['read', 'write', 'discard', 'flush'] as const)('counts each %s once, as the kernel does', (operation) => {
    const most = done(disksAfter, operation) - done(disksBefore, operation);
    expect(counted(operation)).toBeLessThanOrEqual(most);
    // Not all of them are within the two frames.
    expect(counted(operation) > 0 || most < 20).toBe(true);
  });

  test('counts the writes that were made, but for a few in an interrupt', () => {
    expect(counted('write')).toBeGreaterThanOrEqual(0.95 * writes);
  });

  test('counts waits of milliseconds where two threads share a processor', () => {
    const waits = grown('ebpf_run_queue_latency_seconds_count');
    const short = grown('ebpf_run_queue_latency_seconds_bucket', 'le="0.001024"');
    expect(waits - short).toBeGreaterThan(10);
  });

  test('counts what TCP sends again, by the port of the service', () => {
    expect(grown('ebpf_tcp_retransmits_total', 'family="ipv4",port="5201",state="syn-sent"')).toBeGreaterThan(0);
  });

  test('does not count what TCP could not send again', () => {
    const snmp = readFileSync(snmpFile(), 'utf8');
    expect(sumOf(after, 'ebpf_tcp_retransmits_total', 'port="5202"')).toBe(sentAgain(snmp));
  });

  test('has nothing to complain of with the capabilities of its unit, and leaves nothing behind', () => {
    expect(end).toEqual({ stderr: '', signal: 'SIGTERM' });
    expect(left).toHaveLength(1);
    expect(left.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
  });

  test('is stopped where there is more to count than it may', async () => {
    const { stderr, exitCode } = await follow('--event-limit', '1');
    expect({ stderr, exitCode }).toEqual({
      stderr: expect.stringMatching(
        /^ebpf: Cannot go on counting: expected at most 1 events in a second, got \d+; stopped$/,
      ),
      exitCode: 0,
    });
  });

  test.each([
    ['without the capabilities', [...traced, ...having()], /create map: '@\w+': Operation not permitted$/],
    ['as another user', [...traced, 'setpriv', '--reuid=65534', '--clear-groups'], /root user\.?$/],
    [
      'without tracefs',
      ['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs nodev /sys/kernel/tracing; exec "$@"', '--'],
      /^ebpf: Cannot trace: expected tracefs at \/sys\/kernel\/tracing, got none$/,
    ],
  ])('says in one line why it cannot be: %s', (_, words, reason) => {
    const { stdout, stderr, status } = spawn([...words, process.execPath, bundle, '--stdout']);
    expect(stderr).toMatch(/^ebpf: [^\n]*\n$/);
    expect(stderr.trim()).toMatch(reason);
    expect(status).toBe(0);
    expect(stdout).toContain('textfile_collector_source_success{collector="ebpf",source="bpftrace",target=""} 0\n');
  });
});
