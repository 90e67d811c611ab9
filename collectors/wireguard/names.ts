import wildcardMatch from 'wildcard-match';
import type { Run } from '../../lib/collector.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Host } from '../../lib/host.ts';
import type { Interface, Peer } from './dump.ts';
import { type NamedPeer, isName, parsePeerNames } from './wg-quick.ts';

/** The names of one file, or of the settings. */
export interface NameList {
  readonly place: string;
  /** The interface that a wg-quick file is named after; empty for the settings. */
  readonly interface: string;
  readonly names: readonly Omit<NamedPeer, 'line'>[];
}

/** The names of peers, the one that counts most first: those of the settings, then those of the files. */
export async function readNames(
  host: Host,
  table: Readonly<Record<string, string>>,
  patterns: readonly string[],
  run: Run,
): Promise<readonly NameList[]> {
  const place = 'the setting names';
  const names = Object.entries(table).map(([publicKey, name]) => ({ publicKey, name: name.trim() }));
  const lists: NameList[] = [
    { place, interface: '', names: names.filter(({ name }) => accepted(name, place, run.skip)) },
  ];
  for (const pattern of patterns) {
    try {
      for (const file of await expand(host, pattern)) lists.push(await readFile(host, file, run.skip));
      run.report('names', pattern);
    } catch (error) {
      run.report('names', pattern, `Cannot read the names of peers: ${messageOf(error)}`);
    }
  }
  return lists;
}

/** The name of a peer. A file that is named after an interface knows better who is who there. */
export function namer(lists: readonly NameList[]): (peer: Peer) => string {
  const everywhere = new Map<string, string>();
  const bySource = new Map<string, Map<string, string>>();
  for (const list of lists) {
    const own = bySource.get(list.interface) ?? new Map<string, string>();
    bySource.set(list.interface, own);
    for (const { publicKey, name } of list.names) {
      if (publicKey === undefined) continue;
      if (!own.has(publicKey)) own.set(publicKey, name);
      if (!everywhere.has(publicKey)) everywhere.set(publicKey, name);
    }
  }
  return ({ interface: at, publicKey }) =>
    bySource.get('')?.get(publicKey) ?? bySource.get(at)?.get(publicKey) ?? everywhere.get(publicKey) ?? '';
}

/**
 * Names that no peer has, one line for each file. Not those of a file whose interface is down: it names nobody here. Only
 * the name is shown, since what stands in place of the public key may be any key.
 */
export function unusedNames(
  lists: readonly NameList[],
  interfaces: ReadonlyMap<string, Interface>,
  peers: readonly Peer[],
): string[] {
  const keys = new Set(peers.map(({ publicKey }) => publicKey));
  const isUsed = ({ publicKey }: { publicKey: string | undefined }): boolean =>
    publicKey !== undefined && keys.has(publicKey);
  return lists.flatMap((list) => {
    const unused = list.names.filter((one) => !isUsed(one)).map(({ name }) => name);
    const applies = list.interface === '' || interfaces.has(list.interface) || unused.length < list.names.length;
    if (unused.length === 0 || !applies) return [];
    const shown = unused.length > 5 ? [...unused.slice(0, 5), `and ${unused.length - 5} more`] : unused;
    return [`Cannot use names in ${list.place}: expected the public keys of peers, got none for ${shown.join(', ')}`];
  });
}

async function readFile(host: Host, file: string, onSkip: (reason: string) => void): Promise<NameList> {
  const text = await host.readText(file);
  if (text === undefined) throw new Error(`no such file, '${file}'`);
  const names = parsePeerNames(text).filter(({ name, line }) => accepted(name, `${file} line ${line}`, onSkip));
  return { place: file, interface: file.replace(/^.*\//, '').replace(/\.[^.]*$/, ''), names };
}

function accepted(name: string, place: string, onSkip: (reason: string) => void): boolean {
  if (isName(name)) return true;
  onSkip(
    `Cannot use a name in ${place}: expected up to 100 characters that can be read, got none, more, or what looks like a key`,
  );
  return false;
}

/** The files that a pattern names. A `*` stands for anything within one part of a path. */
async function expand(host: Host, pattern: string): Promise<string[]> {
  let found = [''];
  for (const part of pattern.split('/').slice(1)) {
    const below = async (folder: string): Promise<string[]> => {
      if (!/[*?]/.test(part)) return [`${folder}/${part}`];
      const entries = (await host.list(folder === '' ? '/' : folder)) ?? [];
      const fits = wildcardMatch(part, { separator: '/' });
      return entries.filter(({ name }) => fits(name)).map(({ name }) => `${folder}/${name}`);
    };
    found = (await Promise.all(found.map(below))).flat();
  }
  return found;
}
