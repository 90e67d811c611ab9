import { access, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import * as z from 'zod/mini';
import { collectors } from '../collectors/index.ts';
import type { Collector } from '../lib/collector.ts';
import { messageOf } from '../lib/errors.ts';
import { liveHost } from '../lib/machine/live-host.ts';
import { openSurvivors } from '../lib/machine/survivors.ts';
import { countSeries } from '../lib/run/exposition.ts';

const root = path.resolve(import.meta.dirname, '..');
const textfile = 'textfile';
const stateDir = path.join(textfile, '.state');
/** How the title of a recorded machine begins. */
const standIn = 'recorded';

/** What a bundle reads: this machine, or a recorded one where this machine has nothing to read. */
interface Source {
  readonly title: string;
  readonly options: readonly string[];
  /** Whether variables of this process count, as TEXTFILE_TIMEOUT. */
  readonly extendEnv: boolean;
}

interface Outcome {
  readonly name: string;
  readonly source: string;
  readonly seconds?: number;
  /** Absent where no file was written. */
  readonly series?: number;
  /** What it had to say; one line each. */
  readonly messages: readonly string[];
}

async function runOnce(collector: Collector): Promise<Outcome> {
  const { name } = collector;
  let source = '-';
  try {
    const { title, options, extendEnv } = await sourceOf(collector);
    source = title;
    await mkdir(path.join(root, textfile), { recursive: true });
    const places = ['--textfile-dir', textfile, '--state-dir', stateDir];
    const run = await execa(process.execPath, [path.join('dist', `${name}.js`), ...places, ...options], {
      cwd: root,
      stdin: 'ignore',
      reject: false,
      extendEnv,
    });
    const seconds = run.durationMs / 1000;
    if (run.failed) return { name, source, seconds, messages: [reason(name, run.stderr)] };
    const text = await readFile(path.join(root, fileOf(name)), 'utf8');
    return { name, source, seconds, series: countSeries(text), messages: linesOf(run.stderr) };
  } catch (error) {
    return { name, source, messages: [`${name}: ${messageOf(error)}`] };
  }
}

async function sourceOf(collector: Collector): Promise<Source> {
  const host = liveHost({
    procfs: '/proc',
    sysfs: '/sys',
    stateDir: path.join(root, stateDir),
    timeout: collector.timeout,
    stop: new AbortController().signal,
    survivors: openSurvivors(path.join(root, stateDir, `${collector.name}.survivors.json`)),
  });
  const present = await collector.present(host);
  return present ? { title: 'this machine', options: [], extendEnv: true } : recorded(collector.name);
}

/** Without this machine's own settings: the recorded one was not asked with them. */
async function recorded(name: string): Promise<Source> {
  const folder = path.join('fixtures', name, 'healthy');
  const text = await readFile(path.join(root, folder, 'recording.json'), 'utf8');
  const { clock } = z.object({ clock: z.number() }).parse(JSON.parse(text));
  const config = path.join(folder, 'config.toml');
  const hasConfig = await access(path.join(root, config)).then(
    () => true,
    () => false,
  );
  return {
    title: `${standIn} ${new Date(clock * 1000).toISOString().slice(0, 10)}, ${folder}`,
    options: ['--replay', folder, '--config', hasConfig ? config : '/dev/null'],
    extendEnv: false,
  };
}

function fileOf(name: string): string {
  return path.join(textfile, `${name}.prom`);
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** The line that says why: a collector's own, or the error of a stack trace. */
function reason(name: string, stderr: string): string {
  const lines = linesOf(stderr);
  const own = lines.filter((line) => line.startsWith(`${name}: `)).at(-1);
  return own ?? `${name}: ${lines.find((line) => /^\w*Error\b/.test(line)) ?? lines[0] ?? 'ended without a word'}`;
}

/** Columns that are set to the right. */
const numbers = [2, 3];

function table(outcomes: readonly Outcome[]): string {
  const rows = [
    ['collector', 'source', 'series', 'duration', 'file'],
    ...outcomes.map(({ name, source, series, seconds }) => [
      name,
      source,
      String(series ?? '-'),
      seconds === undefined ? '-' : `${seconds.toFixed(2)} s`,
      series === undefined ? 'failed' : fileOf(name),
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const padded = (cell: string, column: number): string => {
    const width = widths[column] ?? 0;
    return numbers.includes(column) ? cell.padStart(width) : cell.padEnd(width);
  };
  return rows.map((row) => `  ${row.map(padded).join('  ')}\n`).join('');
}

function notes(outcomes: readonly Outcome[]): string {
  const lines = outcomes.flatMap(({ messages }) => messages);
  return lines.length === 0 ? '' : `\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

const outcomes: Outcome[] = [];
for (const collector of collectors) outcomes.push(await runOnce(collector));
const explanation = outcomes.some(({ source }) => source.startsWith(standIn))
  ? 'Where this machine has nothing to read, a recorded machine stands in for it.\n'
  : '';
process.stdout.write(`
Each collector ran once and wrote one file, as node_exporter reads it, into ${path.join(root, textfile)}.
${explanation}
${table(outcomes)}${notes(outcomes)}
Next: "node dist/zfs.js --stdout" prints what it finds on this machine,
      "node dist/zfs.js --check" tells whether it has here what it needs.
`);
if (outcomes.some(({ series }) => series === undefined)) process.exitCode = 1;
