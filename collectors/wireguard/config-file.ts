import { dummyKey } from '../../lib/keys.ts';
import { type NameComment, isName, readNameComment } from './name-comments.ts';
import { key } from './secrets.ts';

/** What a configuration file tells: which interface it is for, where it says so, and the peers that it names. */
export interface ConfigFile {
  readonly interface: string | undefined;
  readonly peers: readonly NamedPeer[];
}

/** A name in a configuration file, and the peer that it stands at. */
export interface NamedPeer {
  readonly name: string;
  /** Where in the file. */
  readonly line: number;
  /** Absent where the peer has none that can be read. */
  readonly publicKey: string | undefined;
  /** Where the public key is in a file of its own. */
  readonly keyFile: string | undefined;
}

type Line =
  | { readonly kind: 'blank' | 'setting' }
  | { readonly kind: 'comment'; readonly found: NameComment | undefined }
  /** The header of a peer; NetworkManager's has the key in it. */
  | { readonly kind: 'peer'; readonly publicKey: string | undefined }
  /** Any other header, or that of a peer that is commented out: what stands below names nobody. */
  | { readonly kind: 'section' | 'commented out' }
  | { readonly kind: 'public key' | 'public key file' | 'interface'; readonly value: string };

interface Section {
  readonly peer: boolean;
  /** Its header is commented out, and so is what stands in it. */
  readonly commentedOut: boolean;
  publicKey: string | undefined;
  keyFile: string | undefined;
  readonly names: Held[];
}

/** A name of which the next line that is no comment decides whose it is. */
interface Held extends NameComment {
  readonly line: number;
  /** Whether no blank line parts it from the section above, and from what stands below. */
  readonly joinsAbove: boolean;
  joinsBelow: boolean;
  /** It stands between two sections without a blank line. */
  unsure: boolean;
}

/**
 * A file of wg-quick(8), systemd.netdev(5) or NetworkManager (nm-settings-keyfile(5)):
 *
 *     [Peer]
 *     # friendly_name = alice's phone
 *     PublicKey = 2zzuyzLl3ezh0gR7FqzAN/JOtoOUMyUusHQEoi72KFM=
 *     AllowedIPs = 10.7.0.2/32
 *
 * A comment right above a header belongs to what follows, one that settings or a blank line follow to the section that it
 * stands in. A header that is commented out begins a section of nobody. Where a name may be that of either neighbour it is
 * nobody's.
 */
export function parseConfigFile(text: string): ConfigFile {
  const sections: Section[] = [];
  let interfaceName: string | undefined;
  let open: Section | undefined;
  let held: Held[] = [];
  let before: Line['kind'] = 'blank';
  let joinsAbove = false;
  for (const [index, content] of text.split('\n').entries()) {
    const line = readLine(content);
    if (line.kind === 'blank') {
      joinsAbove = false;
      for (const name of held) name.joinsBelow = false;
    } else if (line.kind === 'comment') {
      const { found } = line;
      if (found !== undefined && (found.place !== 'below header' || before === 'peer')) {
        held.push({ ...found, line: index + 1, joinsAbove, joinsBelow: true, unsure: false });
      }
    } else {
      joinsAbove = true;
      const isHeader = ['peer', 'section', 'commented out'].includes(line.kind);
      const next = isHeader ? newSection(line) : open;
      if (isHeader) part(held, open, next);
      else open?.names.push(...held);
      held = [];
      if (isHeader && next !== undefined) sections.push(next);
      open = next;
      if (line.kind === 'public key' && open !== undefined) open.publicKey ??= line.value;
      if (line.kind === 'public key file' && open !== undefined) open.keyFile ??= line.value;
      if (line.kind === 'interface' && open?.peer !== true) interfaceName ??= line.value;
    }
    before = line.kind;
  }
  open?.names.push(...held.filter((name) => !isOfNext(name)));
  return { interface: interfaceName, peers: named(sections) };
}

function newSection(line: Line): Section {
  return {
    peer: line.kind === 'peer',
    commentedOut: line.kind === 'commented out',
    publicKey: line.kind === 'peer' ? line.publicKey : undefined,
    keyFile: undefined,
    names: [],
  };
}

/** Gives each of the names between two sections to one of them, or to none. */
function part(held: readonly Held[], above: Section | undefined, below: Section | undefined): void {
  for (const name of held) {
    if (isOfNext(name)) below?.names.push(name);
    else if (name.place === 'below header') above?.names.push(name);
    else if (name.joinsAbove && name.joinsBelow) {
      name.unsure = true;
      if (above?.commentedOut !== true) below?.names.push(name);
    } else if (name.joinsBelow) below?.names.push(name);
    else if (name.joinsAbove) above?.names.push(name);
  }
}

/** Whatever stands in between, and be it nothing. */
function isOfNext({ place, joinsAbove }: Held): boolean {
  return place === 'above' || (place === 'below blank' && !joinsAbove);
}

/** Where a peer has a name above it and another one within, names between two sections may be those of the one before. */
function named(sections: readonly Section[]): NamedPeer[] {
  const peers = sections.filter(({ peer }) => peer);
  const mixed = peers.some(({ names }) => new Set(names.map(({ name }) => name)).size > 1 && names.some(isUnsure));
  return peers.flatMap(({ publicKey, keyFile, names }) => {
    const [best, ...others] = names.filter((name) => !mixed || !isUnsure(name)).sort((a, b) => a.rank - b.rank);
    // Of a peer that was taken out by hand its name may be left.
    const isOther = (one: Held): boolean => one.rank === best?.rank && isOfNext(one) && one.name !== best.name;
    if (best === undefined || (isOfNext(best) && others.some(isOther))) return [];
    return [{ name: best.name, line: best.line, publicKey, keyFile }];
  });
}

function isUnsure({ unsure }: Held): boolean {
  return unsure;
}

const plain = { blank: '', setting: 'Redacted =', section: '[Interface]', 'commented out': '#[Peer]' };

/** A line for a recording: of what is not needed only the kind is kept, since keys stand in settings and in comments. */
export function redactConfigLine(text: string): string {
  const line = readLine(text);
  if (line.kind === 'comment') {
    if (line.found === undefined) return '#';
    const { name, text: comment } = line.found;
    return isName(name) ? comment : comment.replaceAll(name, dummyKey);
  }
  if (line.kind === 'peer') return line.publicKey === undefined ? '[Peer]' : `[wireguard-peer.${line.publicKey}]`;
  if (line.kind === 'public key') return `PublicKey = ${line.value}`;
  if (line.kind === 'public key file') return `PublicKeyFile = ${line.value}`;
  if (line.kind === 'interface') return `Name = ${line.value}`;
  // A file of a public key holds nothing else.
  return line.kind === 'setting' && key.test(text.trim()) ? text.trim() : plain[line.kind];
}

/** Names of sections and settings are free in case, as wg has them; systemd's files have comments with `;`, too. */
function readLine(content: string): Line {
  const text = content.trim();
  if (text === '') return { kind: 'blank' };
  if (/^[#;]/.test(text)) {
    // PiVPN writes `#[disabled] [Peer]`.
    if (/^[#;][#;\s]*(?:\[disabled\]\s*)?\[\s*(?:(?:WireGuard)?Peer|wireguard-peer\.[^\]]*)\s*\]/i.test(text)) {
      return { kind: 'commented out' };
    }
    return { kind: 'comment', found: readNameComment(text) };
  }
  if (/^\[\s*(?:WireGuard)?Peer\s*\]/i.test(text)) return { kind: 'peer', publicKey: undefined };
  const inHeader = /^\[wireguard-peer\.([A-Za-z0-9+/]{43}=)\]$/.exec(text)?.[1];
  if (inHeader !== undefined) return { kind: 'peer', publicKey: inHeader };
  if (text.startsWith('[')) return { kind: 'section' };
  const publicKey = /^PublicKey\s*=\s*([A-Za-z0-9+/]{43}=)\s*(?:#.*)?$/i.exec(text)?.[1];
  if (publicKey !== undefined) return { kind: 'public key', value: publicKey };
  const keyFile = /^PublicKeyFile\s*=\s*(\/.*)$/.exec(text)?.[1];
  if (keyFile !== undefined) return { kind: 'public key file', value: keyFile };
  const name = /^(?:Name|interface-name)\s*=\s*([^\s/]{1,15})$/.exec(text)?.[1];
  return name === undefined ? { kind: 'setting' } : { kind: 'interface', value: name };
}
