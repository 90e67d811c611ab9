import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, utimesSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { execa } from 'execa';
import { freePort } from '../../build/demo/programs.ts';
import { answered } from '../../build/preview/scrape.ts';
import { seriesOf } from '../replay.ts';
import { demandTool, isLeftOut, missingTool } from '../tools.ts';
import { atAnyMoment, judged, judgedAfterOne, prepared } from './judge.ts';
import { temporary, violations } from './oracle.ts';
import type { Cell, Row } from './row.ts';
import { runBundle } from './stage.ts';

/** Faults while the file is being written: a reader sees the old one or the new one, and always a whole one. */
export const writingRows: readonly Row[] = [
  { name: 'SIGKILL at any moment', alike: true, run: killed },
  {
    name: 'SIGKILL at each system call of the write',
    alike: true,
    doesNotApply: () => noStrace(),
    run: killedAtEachCall,
  },
  ...['EDQUOT', 'EIO'].map((code) =>
    prepared(
      `textfile directory: ${code} as the file is written`,
      () => ({
        exit: 1,
        wrapper: strace('fsync', `error=${code}`),
        says: new RegExp(`Cannot write .*\\.prom: ${code}`),
      }),
      { alike: true, doesNotApply: () => noStrace() },
    ),
  ),
  { name: 'many runs at once', alike: true, run: atOnce },
  {
    name: 'node_exporter scrapes while it is written',
    alike: true,
    doesNotApply: () => (isLeftOut('node_exporter') ? 'left out with TEXTFILE_TEST_WITHOUT' : undefined),
    run: scraped,
  },
];

async function killed(cell: Cell): Promise<readonly string[]> {
  const wrong = await atAnyMoment(cell, 'KILL', { beside: temporary });
  return wrong.length > 0 ? wrong : swept(cell);
}

/** What the killed ones have left goes with the next run, once it is old. */
async function swept(cell: Cell): Promise<string[]> {
  for (const folder of [cell.stage.textfile, cell.stage.state])
    for (const name of readdirSync(folder)) if (temporary.test(name)) utimesSync(path.join(folder, name), 1e9, 1e9);
  return judged(cell);
}

interface Call {
  readonly name: string;
  /** Counted among those of this name. */
  readonly nth: number;
}

async function killedAtEachCall(cell: Cell): Promise<readonly string[]> {
  const calls = await callsOfWrite(cell);
  if (calls.length < 5) return [`cannot be tried: strace saw ${calls.length} calls`];
  for (const { name, nth } of calls) {
    const wrapper = strace(name, 'signal=KILL', nth);
    const wrong = await judgedAfterOne(cell, { exit: 'any', beside: temporary, wrapper });
    if (wrong.length > 0) return wrong.map((one) => `killed at ${name} ${nth}: ${one}`);
  }
  return swept(cell);
}

/** From the call that makes the temporary file to the one after the rename. */
async function callsOfWrite({ stage }: Cell): Promise<Call[]> {
  const log = path.join(stage.folder, 'strace');
  const traced = 'openat,fchmod,write,fsync,rename,close';
  await runBundle(stage, { wrapper: [...straceWords, '-o', log, '-e', `trace=${traced}`] });
  const counts = new Map<string, number>();
  const calls = readFileSync(log, 'utf8')
    .split('\n')
    .map((line) => {
      const name = /^\w+/.exec(line)?.[0] ?? '';
      const nth = (counts.get(name) ?? 0) + 1;
      counts.set(name, nth);
      return { name, nth, line };
    });
  const first = calls.findIndex(({ name, line }) => name === 'openat' && /\.prom\.[\da-f]{32}"/.test(line));
  const last = calls.findIndex(({ name, line }) => name === 'rename' && line.includes('.prom"'));
  return first === -1 ? [] : calls.slice(first, last + 2);
}

const straceWords = ['/usr/bin/strace', '-qq'];

function strace(name: string, fault: string, nth?: number): string[] {
  const when = nth === undefined ? '' : `:when=${nth}`;
  return [...straceWords, '-o', '/dev/null', '-e', `trace=${name}`, '-e', `inject=${name}:${fault}${when}`];
}

function noStrace(): string | undefined {
  if (isLeftOut('strace')) return 'left out with TEXTFILE_TEST_WITHOUT';
  const { error, status } = spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']);
  if (error !== undefined) throw new Error(missingTool('strace', 'strace', 'strace'));
  return status === 0 ? undefined : 'nobody may trace a process here';
}

async function atOnce(cell: Cell): Promise<readonly string[]> {
  const { stage, healthy, rounds } = cell;
  const runs = Array.from({ length: Math.min(rounds, 20) }, async () => runBundle(stage, { timeout: 60 }));
  const outcomes = await Promise.all(runs);
  const wrong: string[] = [];
  for (const outcome of outcomes)
    wrong.push(...(await violations(stage, outcome, { timeout: 60, healthy: healthy.text ?? '' })));
  return wrong;
}

/** Two runs a round, and as many scrapes as there is time for. */
async function scraped(cell: Cell): Promise<readonly string[]> {
  const { stage, rounds } = cell;
  await demandTool('prometheus-node-exporter', 'prometheus-node-exporter', 'node_exporter');
  const first = await judged(cell);
  const address = `127.0.0.1:${await freePort()}`;
  // By another name: what names the stage and goes on would count as left running by the collector.
  const away = await mkdtemp(path.join(os.tmpdir(), 'textfile-scraped-'));
  await symlink(stage.textfile, path.join(away, 'textfile'));
  const exporter = execa(
    'prometheus-node-exporter',
    [
      `--web.listen-address=${address}`,
      '--collector.disable-defaults',
      '--collector.textfile',
      `--collector.textfile.directory=${path.join(away, 'textfile')}`,
    ],
    { reject: false, stdout: 'ignore', stderr: 'ignore' },
  );
  const counts = countsOf(cell.healthy.text ?? '');
  const names = new Set(counts.keys());
  const wrong = new Set(first);
  const running = new AbortController();
  const scrapes = async (): Promise<void> => {
    while (!running.signal.aborted) {
      const served = await answered(`http://${address}/metrics`);
      if (!served.includes('\nnode_textfile_scrape_error 0\n')) wrong.add('node_exporter could not read the file');
      if (!isDeepStrictEqual(countsOf(served, names), counts)) wrong.add('node_exporter served a part of the file');
    }
  };
  const scraping = scrapes();
  for (let run = 0; run < 2 * rounds; run += 1) for (const one of await judged(cell)) wrong.add(one);
  running.abort();
  await scraping;
  exporter.kill();
  await exporter;
  await rm(away, { recursive: true });
  return [...wrong].slice(0, 5);
}

/** How many series each name has, of these names or of all; node_exporter has an order of labels of its own. */
function countsOf(text: string, names?: ReadonlySet<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const series of seriesOf(text).keys()) {
    const [name = ''] = series.split('{');
    if (names?.has(name) ?? true) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
