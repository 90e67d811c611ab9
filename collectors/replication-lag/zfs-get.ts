import type { Run } from '../../lib/collector.ts';
import type { Command, Host } from '../../lib/host.ts';
import type { Value } from '../../lib/metric.ts';
import { cellsOf, integer } from '../../lib/parse.ts';
import { type Site, failureOf, runThere, siteLabel } from './site.ts';
import type { Snapshot } from './zfs-list.ts';

/** What is asked of single snapshots and bookmarks, by their full names. */
export interface SnapshotFacts {
  /** UNIX times. */
  readonly creations: ReadonlyMap<string, number>;
  /** Bytes; a bookmark has none. */
  readonly written: ReadonlyMap<string, Value>;
}

/** A command's names together have at most this many characters: an argument may have 128 KiB, and ssh makes one of all. */
const maxNames = 96 * 1024;

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
    const failure = failureOf(site, words, await runThere(host, site, words, onLine));
    if (failure !== undefined) run.report('zfs get', siteLabel(site), failure);
  }
  return { creations, written };
}

function portions(names: readonly string[]): string[][] {
  const parts: string[][] = [];
  let length = 0;
  for (const name of names) {
    const part = parts.at(-1);
    length += name.length + 3;
    if (part !== undefined && length <= maxNames) part.push(name);
    else {
      parts.push([name]);
      length = name.length + 3;
    }
  }
  return parts;
}

/**
 * The bytes that a receive_resume_token stands for, from `zfs send -nvt <token>`: a dry run, which shows what is in the token
 * before it looks for the snapshot, so that it need not be there (zfs-send(8); zfs_send_resume_impl in libzfs_sendrecv.c):
 *
 *     resume token contents:
 *     nvlist version: 0
 *     	object = 0x2
 *     	offset = 0x4a0000
 *     	bytes = 0x4c3850
 *     	toguid = 0xdd0728da408cd2a4
 *     	toname = rpool/big@one
 */
export async function readReceivedBytes(
  host: Host,
  site: Site,
  token: string,
  { attempt }: Run,
): Promise<bigint | undefined> {
  const words: Command = ['zfs', 'send', '-nvt', token];
  const lines: string[] = [];
  const output = await runThere(host, site, words, (line) => lines.push(line));
  return attempt(() => {
    const found = [...lines, ...output.stderr.split('\n')].flatMap(
      (line) => /^\s*bytes = (0x[0-9a-f]+)$/.exec(line)?.[1] ?? [],
    );
    const [bytes] = found.slice(-1);
    if (bytes !== undefined) return BigInt(bytes);
    const reason = failureOf(site, ['zfs', 'send', '-nvt'], output) ?? 'expected a line of bytes, got none';
    throw new Error(`Cannot read a receive_resume_token: ${reason}`);
  });
}
