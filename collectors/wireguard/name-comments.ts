import { parseJson } from '../../lib/parse.ts';
import { mayHoldKey } from './secrets.ts';

/** A name that a comment gives to a peer. */
export interface NameComment {
  readonly name: string;
  /**
   * Which peer: the one whose section it stands in or right above, the next one, the next one where a blank line is above, or the
   * one whose header is the line before.
   */
  readonly place: 'around' | 'above' | 'below blank' | 'below header';
  /** Of two names of a peer the one with the lower rank counts: what somebody wrote for this before what a program writes anyway. */
  readonly rank: number;
  /** The comment again, for a recording. */
  readonly text: string;
}

interface Form extends Pick<NameComment, 'place' | 'rank'> {
  readonly pattern: RegExp;
  /** The comment with another name in it. */
  readonly write: (name: string) => string;
  /** Where the name is not what the pattern holds. */
  readonly read?: (found: string) => string | undefined;
}

/** How programs that write configuration files name peers. All other comments are not looked at: wg-portal's hold private keys. */
const forms: readonly Form[] = [
  // prometheus_wireguard_exporter, wg-portal, and people.
  {
    pattern: /^[#;]\s*friendly_name\s*=\s*(.+)$/is,
    place: 'around',
    rank: 0,
    write: (name) => `# friendly_name = ${name}`,
  },
  // The same exporter: `# friendly_json = {"name": "alice", "id": 7}`
  {
    pattern: /^[#;]\s*friendly_json\s*=\s*(\{.*\})$/i,
    place: 'around',
    rank: 1,
    write: (name) => `# friendly_json = ${JSON.stringify({ name })}`,
    read: nameInJson,
  },
  // People and their scripts; with the second # for WGDashboard, which reads it and does not write it.
  { pattern: /^#\s*Name#?\s*=\s*(.+)$/is, place: 'around', rank: 2, write: (name) => `# Name = ${name}` },
  // wg-easy: its own number or UUID of the client
  {
    pattern: /^# Client: (.+) \((?:\d+|[\da-f-]{36})\)$/is,
    place: 'above',
    rank: 2,
    write: (name) => `# Client: ${name} (0)`,
  },
  // PiVPN
  { pattern: /^### begin (\S+) ###$/, place: 'above', rank: 2, write: (name) => `### begin ${name} ###` },
  // wireguard-install of angristan, and of Nyr
  { pattern: /^### Client (\S+)$/, place: 'above', rank: 2, write: (name) => `### Client ${name}` },
  { pattern: /^# BEGIN_PEER (\S+)$/, place: 'above', rank: 2, write: (name) => `# BEGIN_PEER ${name}` },
  // wireguard-ui, with a blank line above and, where there are notes, one below. People write the same within a section.
  { pattern: /^# Name:\s+(.+)$/s, place: 'below blank', rank: 2, write: (name) => `# Name: ${name}` },
  // linuxserver/wireguard
  { pattern: /^# (peer(?:\d+|_[A-Za-z\d]+))$/, place: 'below header', rank: 2, write: (name) => `# ${name}` },
];

/** The name in a comment, of any form that is known. Undefined where it is another comment. */
export function readNameComment(comment: string): NameComment | undefined {
  for (const { pattern, place, rank, write, read } of forms) {
    const found = pattern.exec(comment)?.[1];
    const name = found === undefined || read === undefined ? found : read(found);
    if (name !== undefined) return { name, place, rank, text: write(name) };
  }
  return undefined;
}

/** Whether a text will do as a name: a label that a person can read, and certainly no key. */
export function isName(text: string): boolean {
  return text !== '' && text.length <= 100 && !mayHoldKey(text) && !/\p{Cc}/u.test(text);
}

/** The keys that people use; the exporter makes a label of each key that there is, and text of each number. */
function nameInJson(text: string): string | undefined {
  const json = new Map(Object.entries(Object(parseJson(text))));
  const values = ['name', 'friendly_name', 'peer_name', 'username'].map((key) => json.get(key));
  return values.map((value) => (Number.isSafeInteger(value) ? String(value) : value)).find(isText);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
