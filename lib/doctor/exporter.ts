import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import wildcardMatch from 'wildcard-match';
import { oneLine } from '../errors.ts';
import { escapeLabel } from '../run/exposition.ts';

/** A node_exporter that runs here, as its command line describes it. */
export interface Exporter {
  readonly pid: number;
  /** Values of --collector.textfile.directory, each a pattern of folders; empty where the program's default counts. */
  readonly directories: readonly string[];
  /** Base of its pages, as `http://127.0.0.1:9100`. */
  readonly url: string;
}

/** Every node_exporter whose command line this user may read. */
export function findExporters(procfs: string): Exporter[] {
  const pids = readdirSync(procfs).filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => exporterOf(Number(pid), commandLine(procfs, pid))).filter((one) => one !== undefined);
}

function commandLine(procfs: string, pid: string): string[] {
  try {
    return readFileSync(path.join(procfs, pid, 'cmdline'), 'utf8').split('\0');
  } catch {
    return [];
  }
}

function exporterOf(pid: number, [program = '', ...words]: readonly string[]): Exporter | undefined {
  if (!/^(prometheus-)?node[-_]exporter$/.test(path.basename(program))) return undefined;
  const address = flag(words, 'web.listen-address')[0] ?? ':9100';
  const [, host = '', port = '9100'] = /^(.*):(\d+)$/.exec(address) ?? [];
  const any = host === '' || host === '0.0.0.0' || host === '[::]';
  return {
    pid,
    directories: flag(words, 'collector.textfile.directory'),
    url: `http://${any ? '127.0.0.1' : host}:${port}`,
  };
}

/** `--name=value` and `--name value`, as kingpin reads them. */
function flag(words: readonly string[], name: string): string[] {
  return words.flatMap((word, index) => {
    const [, value] = /^--[^=]+=(.*)$/s.exec(word) ?? [];
    const isFlag = word === `--${name}` || word.startsWith(`--${name}=`);
    return isFlag ? [value ?? words[index + 1] ?? ''] : [];
  });
}

/**
 * What an exporter calls `folder` in its metrics, where it reads it; undefined where it does not. It may know it by a link or, in a
 * container, by the place that it has there.
 */
export function nameOfFolder({ pid, directories }: Exporter, folder: string, procfs: string): string | undefined {
  const patterns = directories.map((one) => path.resolve(one));
  if (patterns.length === 0 || wildcardMatch(patterns, { separator: '/' })(folder)) return folder;
  const inode = inodeOf(folder);
  return patterns.find((one) => inode !== undefined && inodeOf(path.join(procfs, String(pid), 'root', one)) === inode);
}

function inodeOf(folder: string): string | undefined {
  try {
    const { dev, ino } = statSync(folder, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** What the exporter itself says of a file in its textfile directory. */
export interface Served {
  /** The file's modification time as node_exporter saw it; undefined where it does not read the file. */
  readonly mtime: number | undefined;
  /** Whether it could not read some file of the directory; undefined where its textfile collector is off. */
  readonly scrapeError: boolean | undefined;
}

/** Asks a running exporter. Throws where it does not answer within five seconds. */
export async function askExporter({ url }: Exporter, file: string): Promise<Served> {
  const answer = await fetch(`${url}/metrics?collect[]=textfile`, { signal: AbortSignal.timeout(5000) });
  const text = await answer.text();
  // It names the collector that it does not know. One that wants TLS says 400, too, and that.
  if (answer.status === 400 && text.includes('textfile')) return { mtime: undefined, scrapeError: undefined };
  if (!answer.ok) throw new Error(`HTTP status ${answer.status}: ${oneLine(text).slice(0, 80)}`);
  const lines = text.split('\n');
  const valueOf = (series: string): number | undefined => {
    const line = lines.find((one) => one.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.slice(series.length));
  };
  const scrapeError = valueOf('node_textfile_scrape_error');
  return {
    mtime: valueOf(`node_textfile_mtime_seconds{file="${escapeLabel(file)}"}`),
    scrapeError: scrapeError === undefined ? undefined : scrapeError === 1,
  };
}
