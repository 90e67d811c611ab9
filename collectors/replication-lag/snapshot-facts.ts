import type { Command, Host } from '../../lib/host.ts';
import type { Value } from '../../lib/metric.ts';
import { attempting, integer } from '../../lib/parse.ts';
import { type Site, failureOf, runThere } from './site.ts';
import type { Snapshot } from './snapshot.ts';

/** What is asked of single snapshots and bookmarks, by their full names. */
export interface SnapshotFacts {
  /** UNIX times. */
  readonly creations: ReadonlyMap<string, number>;
  /** Bytes; a bookmark has none. */
  readonly written: ReadonlyMap<string, Value>;
  /** One for each command that failed. */
  readonly failures: readonly string[];
}

/** A command's names together have at most this many characters: an argument may have 128 KiB, and ssh makes one of all. */
const maxNames = 96 * 1024;

export async function askSnapshotFacts(
  host: Host,
  site: Site,
  snapshots: readonly Snapshot[],
  onSkip: (reason: string) => void,
): Promise<SnapshotFacts> {
  const creations = new Map<string, number>();
  const written = new Map<string, Value>();
  const failures: string[] = [];
  for (const names of portions([...new Set(snapshots.map(({ name }) => name))])) {
    const words: Command = ['zfs', 'get', '-Hp', '-o', 'name,property,value', 'creation,written', ...names];
    const onLine = lineReader(creations, written, onSkip);
    const failure = failureOf(site, words, await runThere(host, site, words, onLine));
    if (failure !== undefined) failures.push(failure);
  }
  return { creations, written, failures };
}

/**
 * `zfs get -Hp -o name,property,value creation,written …`:
 *
 *     rpool/data@manual1	creation	1795333212
 *     rpool/data@manual1	written	4029952
 *     rpool/data#manual1	written	-
 */
function lineReader(creations: Map<string, number>, written: Map<string, Value>, onSkip: (reason: string) => void) {
  const attempt = attempting(onSkip);
  return (line: string): void => {
    const [name = '', property = '', text] = line.split('\t');
    const value = attempt(() => integer(text, `zfs get of ${name}, ${property}`));
    if (value === undefined) return;
    if (property === 'creation') creations.set(name, Number(value));
    if (property === 'written') written.set(name, value);
  };
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
