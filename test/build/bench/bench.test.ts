import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Case, quietCases } from '../../../build/bench/cases.ts';
import { compile } from '../../../build/bench/machine.ts';
import { median } from '../../../build/bench/measure.ts';
import { plot } from '../../../build/bench/plot.ts';
import { type Result, ratio, typical } from '../../../build/bench/result.ts';
import { type Tools, runCase } from '../../../build/bench/run-case.ts';
import { tables } from '../../../build/bench/tables.ts';
import { seriesOf } from '../../replay.ts';
import { demandTool, isLeftOut } from '../../tools.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'textfile-bench-'));
const sizes = { datasets: 8, snapshots: 32, sockets: 50, peers: 3 };
let tools: Tools;

/** The files of one case, as series with their values. */
async function measured(one: Case): Promise<{ result: Result; files: Record<string, Map<string, string>> }> {
  const result = await runCase(one, tools, { rounds: 1, seconds: 1 });
  const read = (name: string) => seriesOf(readFileSync(path.join(folder, 'machine/textfile', `${name}.prom`), 'utf8'));
  return { result, files: Object.fromEntries([one.collector, ...one.alternatives].map((name) => [name, read(name)])) };
}

function sum(file: ReadonlyMap<string, string> | undefined, prefix: string): number {
  const values = [...(file ?? [])].filter(([series]) => series.startsWith(prefix)).map(([, value]) => Number(value));
  return values.reduce((total, value) => total + value, 0);
}

describe.skipIf(isLeftOut('bench'))('on the stand-ins', () => {
  beforeAll(async () => {
    await demandTool('gcc', 'gcc', 'bench');
    await demandTool('python3', 'python3', 'bench');
    const runtimes = [{ version: process.versions.node, file: process.execPath }];
    tools = { ...(await compile(folder)), folder, runtimes, python: 'python3' };
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  describe.each(quietCases(sizes))('$collector', (one) => {
    test('finds all that the stand-ins tell, and the alternatives find the same', async () => {
      const { result, files } = await measured(one);
      expect(result.messages).toEqual([]);
      expect(result.commands.length).toBeGreaterThan(0);
      const own = files[one.collector] ?? new Map<string, string>();
      expect(own.get(`textfile_collector_success{collector="${one.collector}"}`)).toBe('1');
      for (const name of one.alternatives) {
        const shared = [...(files[name] ?? [])].filter(([series]) => own.has(series));
        expect(shared.length).toBeGreaterThan(1);
        for (const [series, value] of shared) expect(`${series} ${value}`).toBe(`${series} ${own.get(series)}`);
      }
      for (const costs of Object.values(result.costs)) {
        for (const { cpu, wall, memory } of costs) {
          expect(cpu).toBeGreaterThan(0);
          expect(wall).toBeGreaterThan(0);
          expect(memory).toBeGreaterThan(500_000);
        }
      }
    });
  });

  test('the machine is as large as it should be', async () => {
    const [zfs, tcp, wireguard] = quietCases({ datasets: 40, snapshots: 400, sockets: 300, peers: 30 });
    if (!zfs || !tcp || !wireguard) throw new Error('expected three cases');
    const datasets = (await measured(zfs)).files['zfs'] ?? new Map<string, string>();
    expect([...datasets.keys()].filter((one) => one.startsWith('zfs_dataset_used_bytes{'))).toHaveLength(40);
    expect(sum(datasets, 'zfs_snapshot_count{')).toBe(400);
    expect(sum((await measured(tcp)).files['tcp'], 'tcp_sockets{')).toBe(300);
    expect(sum((await measured(wireguard)).files['wireguard'], 'wireguard_peer_info{')).toBe(30);
  });

  test('a collector that fails is no measurement', async () => {
    const [zfs] = quietCases(sizes);
    if (!zfs) throw new Error('expected a case');
    await expect(
      runCase({ ...zfs, variables: { TEXTFILE_TIMEOUT: 'soon' } }, tools, { rounds: 1, seconds: 1 }),
    ).rejects.toThrow(/variable TEXTFILE_TIMEOUT/);
  });
});

test('the median of an even number is the mean of the two in the middle', () => {
  expect(median([4, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 100])).toBe(3.5);
});

describe('what was measured', () => {
  const cost = (cpu: number) => ({ cpu, wall: cpu * 2, memory: cpu * 1e9 });
  const result = (size: number, cpu: number): Result => ({
    case: {
      collector: 'zfs',
      grows: 'datasets',
      sizes: { ...sizes, datasets: size, snapshots: size * 10 },
      alternatives: ['zfs.sh', 'zfs.py'],
      first: true,
      variables: {},
    },
    series: size * 18,
    messages: ['zpool iostat: exit status 2'],
    commands: [['zfs', 'list']],
    costs: {
      commands: [cost(0.01), cost(0.02)],
      'node 20.1.0': [cost(0.02), cost(0.04)],
      'collector 20.1.0': [cost(cpu), cost(cpu * 2)],
      'zfs.sh': [cost(cpu * 25), cost(cpu * 50)],
      'zfs.py': [cost(0.1), cost(0.1)],
    },
  });
  const growing = [result(10, 0.06), result(1000, 0.159)];
  const bench = { version: '0', date: '', machine: [['sh', 'dash']] as const, quiet: [], growing };

  test('is compared round by round', () => {
    expect(typical(result(10, 0.06), 'collector 20.1.0', 'cpu')).toBeCloseTo(0.09);
    expect(ratio(result(10, 0.06), 'cpu', 'collector 20.1.0', ['commands', 'node 20.1.0'])).toBeCloseTo(2);
  });
  test('stands in the tables with its slope and the targets', () => {
    const text = tables(bench);
    expect(text).toMatch(/\| zfs +\| 1,000 datasets, 10,000 snapshots +\| 18,000 +\| 0\.24 /);
    expect(text).toMatch(/\| zfs +\| datasets +\| 150\.0 +\| 0\.0 +\| 0\.0 +\|/);
    expect(text).toMatch(/at 1,000 datasets, of the collector >= 20 +\| 25 +\| met +\|/);
    expect(text).toContain('zpool iostat: exit status 2');
  });
  test('is drawn', () => {
    const drawn = plot(growing);
    expect(drawn.match(/<g /g)).toHaveLength(2);
    expect(drawn).toContain('zfs: CPU s by datasets');
    expect(drawn).not.toContain('NaN');
  });
});
