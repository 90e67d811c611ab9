import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../../build/demo/programs.ts';
import { collectors } from '../../../collectors/index.ts';
import * as nodeExporter from '../../../lib/monitoring/node-exporter.ts';
import { replayOptions } from '../../replay.ts';
import { isLeftOut, missingTool } from '../../tools.ts';

const program = 'prometheus-node-exporter';
const files = collectors.map(({ name }) => `${name}.prom`);

describe.skipIf(isLeftOut('node_exporter'))('node_exporter', () => {
  let scratch = '';
  let textfile = '';
  let exporter: Exporter | undefined;
  let url = '';

  beforeAll(async () => {
    scratch = await mkdtemp(path.join(os.tmpdir(), 'textfile-exporter-'));
    textfile = path.join(scratch, 'textfile');
    await mkdir(textfile);
    for (const { name } of collectors) {
      await bundle(name, ['--textfile-dir', textfile, '--state-dir', scratch, ...replayOptions(name, 'healthy')]);
    }
    const address = `127.0.0.1:${await freePort()}`;
    url = `http://${address}/metrics`;
    exporter = startExporter(address, textfile);
    await answering(url, exporter);
  }, 30_000);

  afterAll(async () => {
    exporter?.kill();
    await exporter;
    await rm(scratch, { recursive: true, force: true });
  });

  test('reads the files of all collectors without an error', async () => {
    const served = parse(await get(url));
    expect(served.series.get(keyOf('node_textfile_scrape_error', ''))).toBe(0);
    for (const file of files) {
      const { mtimeMs } = await stat(path.join(textfile, file));
      const key = keyOf('node_textfile_mtime_seconds', `file="${path.join(textfile, file)}"`);
      expect(served.series.get(key)).toBe(Math.floor(mtimeMs / 1000));
    }
  });

  test.each(files)('serves %s: each family and each series with its value', async (file) => {
    const served = parse(await get(url));
    const ours = parse(await readFile(path.join(textfile, file), 'utf8'));
    expect(ours.series.size).toBeGreaterThan(0);
    expect([...ours.families].filter((line) => !served.families.has(line))).toEqual([]);
    const different = [...ours.series].filter(([key, value]) => !Object.is(served.series.get(key), value));
    expect(different).toEqual([]);
  });

  test('serves nothing of ours that is in no file', async () => {
    const texts = await Promise.all(files.map(async (file) => readFile(path.join(textfile, file), 'utf8')));
    const ours = parse(texts.join(''));
    const served = [...parse(await get(url)).series.keys()].filter((key) => !/^(node|promhttp)_/.test(key));
    expect(served.filter((key) => !ours.series.has(key))).toEqual([]);
  });

  test('is found by --check, which says that it serves the file', async () => {
    const { stdout } = await bundle('zfs', ['--check', '--textfile-dir', textfile, '--state-dir', scratch]);
    expect(linesAbout(stdout, exporter?.pid)).toEqual([servesZfs(exporter?.pid, textfile)]);
  });

  test('as the only one of a machine makes --check end with 0', async () => {
    // Here may run another one, which reads another directory, and --check rightly says so.
    const procfs = path.join(scratch, 'proc');
    await mkdir(procfs);
    await symlink(`/proc/${exporter?.pid}`, path.join(procfs, String(exporter?.pid)));
    const places = ['--procfs', procfs, '--textfile-dir', textfile, '--state-dir', scratch];
    const { stdout, stderr, exitCode } = await bundle('zfs', ['--check', ...places]);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(linesAbout(stdout, exporter?.pid)).toEqual([servesZfs(exporter?.pid, textfile)]);
    expect(stdout).not.toMatch(/^FAIL/m);
  });

  test('has the metrics of its own that rules and dashboards read', async () => {
    const procfs = path.join(scratch, 'proc-of-zfs');
    await mkdir(path.join(procfs, 'spl/kstat/zfs'), { recursive: true });
    await symlink('/proc/net', path.join(procfs, 'net'));
    await writeFile(path.join(procfs, 'spl/kstat/zfs/arcstats'), arcstats);
    const address = `127.0.0.1:${await freePort()}`;
    const more = ['--collector.netstat', '--collector.zfs', `--path.procfs=${procfs}`];
    const other = startExporter(address, textfile, more);
    try {
      await answering(`http://${address}/metrics`, other);
      const names = [...parse(await get(`http://${address}/metrics`)).series.keys()];
      const wanted = Object.values(nodeExporter).map(({ name }) => name);
      expect(wanted.filter((name) => !names.includes(name))).toEqual([]);
    } finally {
      other.kill();
      await other;
    }
  });
});

/** Some lines of /proc/spl/kstat/zfs/arcstats, of OpenZFS 2.3.9. */
const arcstats = `19 1 0x01 148 40256 94254830523 378059871182
name                            type data
hits                            4    128468
misses                          4    6
c_max                           4    2051137536
size                            4    13160176
`;

async function bundle(name: string, options: readonly string[]) {
  const file = path.join(import.meta.dirname, '../../../dist', `${name}.js`);
  return execa(process.execPath, [file, ...options], { reject: !options.includes('--check') });
}

type Exporter = ReturnType<typeof startExporter>;

function startExporter(address: string, textfile: string, more: readonly string[] = []) {
  const options = ['--collector.disable-defaults', '--collector.textfile', '--web.disable-exporter-metrics'];
  const places = [`--collector.textfile.directory=${textfile}`, `--web.listen-address=${address}`];
  return execa(program, [...options, ...places, ...more], { stdin: 'ignore', reject: false });
}

/** Until it answers, or has ended and never will. */
async function answering(url: string, exporter: Exporter): Promise<void> {
  while (!(await get(url).then(Boolean, () => false))) {
    if (exporter.pid === undefined || exporter.exitCode !== null) throw new Error(await reasonOf(exporter));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function reasonOf(exporter: Exporter): Promise<string> {
  const { code, stderr } = await exporter;
  if (code !== 'ENOENT') return `Cannot test with node_exporter: it has ended: ${stderr}`;
  return missingTool(program, program, 'node_exporter');
}

async function get(url: string): Promise<string> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5000) });
  if (!answer.ok) throw new Error(`Cannot scrape node_exporter: HTTP status ${answer.status}`);
  return answer.text();
}

interface Exposition {
  /** HELP and TYPE lines. */
  readonly families: ReadonlySet<string>;
  /** By name and sorted labels: node_exporter sorts labels and formats numbers in its own way, those of `le`, too. */
  readonly series: ReadonlyMap<string, number>;
}

function parse(text: string): Exposition {
  const lines = text.split('\n').filter((line) => line !== '');
  const series = lines
    .filter((line) => !line.startsWith('#'))
    .map((line): [string, number] => {
      const [, name = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      if (name === '') throw new Error(`Cannot parse ${line}`);
      return [keyOf(name, labels), Number(value)];
    });
  return { families: new Set(lines.filter((line) => line.startsWith('#'))), series: new Map(series) };
}

function keyOf(name: string, labels: string): string {
  const pairs = [...labels.matchAll(/\w+="(?:\\.|[^"\\])*"/g)].map(([pair]) =>
    pair.replace(/^le="(.*)"$/, (_, bound: string) => `le="${Number(bound)}"`),
  );
  return [name, ...pairs.sort()].join(' ');
}

function linesAbout(stdout: string, pid: number | undefined): string[] {
  return stdout.split('\n').filter((line) => line.includes(`node_exporter (pid ${pid})`));
}

function servesZfs(pid: number | undefined, textfile: string): unknown {
  return expect.stringMatching(
    new RegExp(String.raw`^ok    node_exporter \(pid ${pid}\): serves ${textfile}/zfs\.prom of \d{4}-`),
  );
}
