import type { Run } from '../../lib/collector.ts';
import { type Command, type Host, type Output, succeeded } from '../../lib/host.ts';
import type { Value } from '../../lib/metric.ts';
import { cellsOf, integer } from '../../lib/parse.ts';
import { type Site, failureOf, portions, runThere, siteLabel } from './site.ts';
import type { Dataset, Snapshot } from './zfs-list.ts';

/** What is asked of single snapshots and bookmarks, by their full names. */
export interface SnapshotFacts {
  /** UNIX times. */
  readonly creations: ReadonlyMap<string, number>;
  /** Bytes; a bookmark has none. */
  readonly written: ReadonlyMap<string, Value>;
}

/**
 * `zfs get -Hp -o name,property,value creation,written …`:
 *
 *     rpool/data@manual1	creation	1795333212
 *     rpool/data@manual1	written	4029952
 *     rpool/data#manual1	written	-
 */
export async function readSnapshotFacts(
  host: Host,
  site: Site,
  snapshots: readonly Snapshot[],
  run: Run,
): Promise<SnapshotFacts> {
  const creations = new Map<string, number>();
  const written = new Map<string, Value>();
  const onLine = (line: string): void => {
    run.attempt(() => {
      const [name = '', property = '', text] = cellsOf(line, 3, 'zfs get');
      const value = integer(text, `zfs get of ${name}, ${property}`);
      if (value === undefined) return;
      if (property === 'creation') creations.set(name, Number(value));
      if (property === 'written') written.set(name, value);
    });
  };
  for (const names of portions([...new Set(snapshots.map(({ name }) => name))])) {
    const words: Command = ['zfs', 'get', '-Hp', '-o', 'name,property,value', 'creation,written', ...names];
    // Two of each, and what a shell may say before.
    const output = await runThere(host, site, words, onLine, 2 * names.length + 1000);
    const missing = names.find((name) => !creations.has(name));
    const silence = missing && `Cannot read zfs get: expected the creation of ${missing}, got none, and no error`;
    const failure = failureOf(site, words, output) ?? silence;
    if (failure !== undefined) run.report('zfs get', siteLabel(site), failure);
  }
  return { creations, written };
}

/** An interrupted receive, or one that is under way. */
export interface PartialReceive {
  /** Bytes that the target has. */
  readonly bytes: Value | undefined;
  /** Whether the source still has the snapshot that it is of; undefined where either is not known. */
  readonly resumable: boolean | undefined;
  /** Bytes still to come, as zfs estimates them. */
  readonly remaining: Value | undefined;
}

interface Receive {
  readonly token: string;
  readonly sourceSite: Site;
  readonly targetSite: Site;
  /** Undefined where it could not be read. */
  readonly source: Pick<Dataset, 'snapshots'> | undefined;
}

/** What a receive_resume_token tells on the target, and what the source has to say to it. */
export async function readPartialReceive(
  host: Host,
  { token, sourceSite, targetSite, source }: Receive,
  run: Run,
): Promise<PartialReceive> {
  const words: Command = ['zfs', 'send', '-nvt', token];
  const { lines, output } = await allLines(host, targetSite, words);
  const bytes = run.attempt(() => {
    const found = field(lines, 'bytes');
    if (found !== undefined && output.cut !== true) return found;
    const reason = failureOf(targetSite, ['zfs', 'send', '-nvt'], output) ?? 'expected a line of bytes, got none';
    throw new Error(`Cannot read a receive_resume_token: ${reason}`);
  });
  const guid = field(lines, 'toguid')?.toString();
  const resumable = guid && source ? source.snapshots.some((one) => one.guid === guid) : undefined;
  const remaining = resumable === true ? await readRemaining(host, sourceSite, token, run) : undefined;
  return { bytes, resumable, remaining };
}

async function allLines(host: Host, site: Site, words: Command): Promise<{ lines: string[]; output: Output }> {
  const lines: string[] = [];
  const output = await runThere(host, site, words, (line) => lines.push(line));
  return { lines: [...lines, ...output.stderr.split('\n')], output };
}

/**
 * What is in a receive_resume_token, from `zfs send -nvt <token>`: a dry run, which shows it before it looks for the snapshot, so
 * that it need not be there (zfs-send(8); zfs_send_resume_impl in libzfs_sendrecv.c):
 *
 *     resume token contents:
 *     nvlist version: 0
 *     	object = 0x2
 *     	offset = 0x4a0000
 *     	bytes = 0x4c3850
 *     	toguid = 0xdd0728da408cd2a4
 *     	toname = rpool/big@one
 */
function field(lines: readonly string[], name: string): bigint | undefined {
  for (const line of lines) {
    const [, key, value = ''] = /^\s*(\w+) = (0x[0-9a-f]+)$/.exec(line) ?? [];
    if (key === name) return BigInt(value);
  }
  return undefined;
}

/** Where the snapshot is there, `zfs send -nvPt <token>` ends with what is still to be sent: `size	1073741824`. */
async function readRemaining(host: Host, site: Site, token: string, run: Run): Promise<Value | undefined> {
  const { lines, output } = await allLines(host, site, ['zfs', 'send', '-nvPt', token]);
  return run.attempt(() => {
    const [size] = lines.flatMap((line) => /^size\t(\d+)$/.exec(line)?.[1] ?? []);
    if (size !== undefined && succeeded(output)) return BigInt(size);
    const reason = failureOf(site, ['zfs', 'send', '-nvPt'], output) ?? 'expected a line of size, got none';
    throw new Error(`Cannot tell what is still to be received: ${reason}`);
  });
}
