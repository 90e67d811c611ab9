import wildcardMatch from 'wildcard-match';
import type { Run } from '../../lib/collector.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Entry, Host } from '../../lib/host.ts';
import { type NamedPeer, parseConfigFile } from './config-file.ts';
import type { Interface, Peer } from './dump.ts';
import { isName } from './name-comments.ts';
import { key } from './secrets.ts';

/** The names of one file, or of the settings. */
export interface NameList {
  readonly place: string;
  /** The interface that a file is for; empty for the settings. */
  readonly interface: string;
  readonly names: readonly Omit<NamedPeer, 'line' | 'keyFile'>[];
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
  const accepted = names.filter(({ name }) => run.attempt(() => checkName(name, place)) === true);
  const lists: NameList[] = [{ place, interface: '', names: accepted }];
  for (const pattern of patterns) {
    const [found] = await Promise.allSettled([expand(host, pattern)]);
    if (found.status === 'rejected') {
      run.report('names', pattern, unreadable(messageOf(found.reason)), 'once');
    } else lists.push(...(await readFiles(host, pattern, found.value, run)));
  }
  return lists;
}

/** What a pattern may mean. */
interface Found {
  readonly path: string;
  /** As the list of the folder has it; undefined where no list was asked. */
  readonly entry: Entry | undefined;
}

/** The files of one pattern. A bad one costs itself only, and is told by its own name. */
async function readFiles(host: Host, pattern: string, files: readonly Found[], run: Run): Promise<NameList[]> {
  const lists: NameList[] = [];
  if (files.every(({ path }) => path !== pattern)) run.report('names', pattern);
  for (const found of files) {
    const text = await contentOf(host, found, pattern, run);
    if (text !== undefined) lists.push(await listOf(host, found.path, text, run));
  }
  return lists;
}

async function contentOf(host: Host, { path, entry }: Found, pattern: string, run: Run): Promise<string | undefined> {
  const [read] = await Promise.allSettled([entry?.folder === true ? undefined : host.readText(path)]);
  const text = read.status === 'fulfilled' ? read.value : undefined;
  const refusal = read.status === 'rejected' ? messageOf(read.reason) : undefined;
  if (path === pattern && refusal === undefined) {
    run.report('names', path, text === undefined ? unreadable(`no such file, '${path}'`) : undefined, 'once');
  } else if (refusal !== undefined && !refusal.endsWith(': it is a folder')) {
    run.report('names', path, unreadable(refusal), 'once');
  } else if (text === undefined && (entry !== undefined || refusal !== undefined)) {
    // No failure: the link waits for its target, and the folder is one by mistake, of a container that mounts it.
    const got = entry?.folder === true || refusal !== undefined ? 'a folder' : 'a link that leads nowhere';
    run.note(unreadable(`expected a file, got ${got}, '${path}'`), 'once');
  }
  return text;
}

function unreadable(reason: string): string {
  return `Cannot read the names of peers: ${reason}`;
}

async function listOf(host: Host, file: string, text: string, run: Run): Promise<NameList> {
  const parsed = parseConfigFile(text);
  const names: NameList['names'][number][] = [];
  for (const peer of parsed.peers) {
    if (run.attempt(() => checkName(peer.name, `${file} line ${peer.line}`)) !== true) continue;
    names.push({ name: peer.name, publicKey: peer.publicKey ?? (await keyOf(host, file, peer, run)) });
  }
  const stem = file.replace(/^.*\//, '').replace(/\.[^.]*$/, '');
  return { place: file, interface: parsed.interface ?? stem, names: names.filter(({ publicKey }) => publicKey !== '') };
}

/** The key of a peer that has it in a file of its own: of systemd.netdev(5). Empty, and told, where it cannot be had. */
async function keyOf(host: Host, file: string, { name, keyFile }: NamedPeer, run: Run): Promise<string | undefined> {
  if (keyFile === undefined) return undefined;
  const [read] = await Promise.allSettled([host.readText(keyFile)]);
  const text = read.status === 'fulfilled' ? read.value?.trim() : undefined;
  if (text !== undefined && key.test(text)) return text;
  const got =
    read.status === 'rejected' ? messageOf(read.reason) : text === undefined ? 'no such file' : 'something else';
  run.note(
    `Cannot use the name ${name} in ${file}: its key stands in ${keyFile}: expected a public key, got ${got}`,
    'once',
  );
  return '';
}

/** The name of a peer. A file that is for an interface knows better who is who there. */
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
    return [`Cannot use names in ${list.place}: expected the public keys of peers, got none for ${firstFive(unused)}`];
  });
}

/** As much of a list as a line may hold. */
export function firstFive(names: readonly string[]): string {
  return (names.length > 5 ? [...names.slice(0, 5), `and ${names.length - 5} more`] : names).join(', ');
}

function checkName(name: string, place: string): true {
  if (isName(name)) return true;
  throw new SyntaxError(
    `Cannot use a name in ${place}: expected up to 100 characters that can be read, got none, more, or what looks like a key`,
  );
}

/** The files that a pattern names. A `*` stands for anything within one part of a path. */
async function expand(host: Host, pattern: string): Promise<Found[]> {
  let found: Found[] = [{ path: '', entry: undefined }];
  for (const part of pattern.split('/').slice(1)) {
    const below = async ({ path: folder }: Found): Promise<Found[]> => {
      if (!/[*?]/.test(part)) return [{ path: `${folder}/${part}`, entry: undefined }];
      const entries = (await host.list(folder === '' ? '/' : folder)) ?? [];
      const fits = wildcardMatch(part, { separator: '/' });
      return entries.filter(({ name }) => fits(name)).map((entry) => ({ path: `${folder}/${entry.name}`, entry }));
    };
    found = (await Promise.all(found.map(below))).flat();
  }
  return found;
}
