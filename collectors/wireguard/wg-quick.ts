import { dummyKey, mayHoldKey } from './secrets.ts';

/** A name in a wg-quick file, and the peer that it stands at. */
export interface NamedPeer {
  readonly name: string;
  /** Where in the file. */
  readonly line: number;
  /** Absent where the peer has none that can be read. */
  readonly publicKey: string | undefined;
}

type Line =
  | { readonly kind: 'blank' | 'comment' | 'peer' | 'section' | 'setting' }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'key'; readonly publicKey: string };

interface Block {
  publicKey?: string;
  name?: Held;
}

interface Held {
  readonly name: string;
  readonly line: number;
}

/**
 * The names of peers in a file of wg-quick(8), or of systemd.netdev(5):
 *
 *     [Peer]
 *     # friendly_name = alice's phone
 *     PublicKey = 2zzuyzLl3ezh0gR7FqzAN/JOtoOUMyUusHQEoi72KFM=
 *     AllowedIPs = 10.7.0.2/32
 *
 * The comment may stand anywhere in a peer's section, or above it: there it is the next peer's if a blank line parts it
 * from the peer before, or if that one has its name already. Of all other comments nothing is looked at, since wg-portal
 * writes private keys into them.
 */
export function parsePeerNames(text: string): NamedPeer[] {
  const blocks: Block[] = [];
  let open: Block | undefined;
  let held: Held | undefined;
  let afterBlank = false;
  const settle = (): void => {
    if (open !== undefined && held !== undefined) open.name ??= held;
    held = undefined;
  };
  for (const [index, line] of text.split('\n').entries()) {
    const read = readLine(line);
    if (read.kind === 'name') {
      const found = { name: read.name, line: index + 1 };
      if (open === undefined || open.name !== undefined || afterBlank) held = found;
      else open.name = found;
    } else if (read.kind === 'peer') {
      open = held === undefined ? {} : { name: held };
      held = undefined;
      blocks.push(open);
    } else if (read.kind === 'section' || read.kind === 'setting' || read.kind === 'key') {
      settle();
      if (read.kind === 'section') open = undefined;
      if (read.kind === 'key' && open !== undefined) open.publicKey ??= read.publicKey;
    }
    afterBlank = read.kind === 'blank' || (afterBlank && (read.kind === 'comment' || read.kind === 'name'));
  }
  settle();
  return blocks.flatMap(({ name, publicKey }) => (name === undefined ? [] : [{ ...name, publicKey }]));
}

/** Whether a text will do as a name: a label that a person can read, and certainly no key. */
export function isName(text: string): boolean {
  return text !== '' && text.length <= 100 && !mayHoldKey(text) && !/\p{Cc}/u.test(text);
}

const bare = { blank: '', comment: '#', peer: '[Peer]', section: '[Interface]', setting: 'Redacted =' };

/** A line for a recording: of what is not needed only the kind is kept, since keys stand in settings and in comments. */
export function redactWgQuickLine(line: string): string {
  const read = readLine(line);
  if (read.kind === 'key') return `PublicKey = ${read.publicKey}`;
  if (read.kind === 'name') return `# friendly_name = ${isName(read.name) ? read.name : dummyKey}`;
  return bare[read.kind];
}

/** Names of sections and settings are free in case, as wg has them; systemd's files have comments with `;`, too. */
function readLine(line: string): Line {
  const text = line.trim();
  if (text === '') return { kind: 'blank' };
  const name = /^[#;]\s*friendly_name\s*=\s*(.+)$/i.exec(text)?.[1];
  if (name !== undefined) return { kind: 'name', name };
  if (/^[#;]/.test(text)) return { kind: 'comment' };
  if (/^\[\s*(?:WireGuard)?Peer\s*\]/i.test(text)) return { kind: 'peer' };
  if (text.startsWith('[')) return { kind: 'section' };
  const publicKey = /^PublicKey\s*=\s*([A-Za-z0-9+/]{43}=)\s*(?:#.*)?$/i.exec(text)?.[1];
  return publicKey === undefined ? { kind: 'setting' } : { kind: 'key', publicKey };
}
