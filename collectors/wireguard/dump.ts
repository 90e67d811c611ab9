import { dummyKey } from '../../lib/keys.ts';
import type { Value } from '../../lib/metric.ts';
import { type Attempt, integer, unexpected } from '../../lib/parse.ts';
import { mayBePrivate, publicKeyOf } from '../../lib/x25519.ts';
import { key, withoutPartsOfKeys } from './secrets.ts';

/** An interface of this machine. What wg prints as `(none)`, `off` or port 0 is an empty text. */
export interface Interface {
  readonly kind: 'interface';
  readonly name: string;
  readonly publicKey: string;
  readonly listenPort: string;
  readonly fwmark: string;
}

export interface Peer {
  readonly kind: 'peer';
  readonly interface: string;
  readonly publicKey: string;
  /** An address without its port. */
  readonly endpoint: string | undefined;
  readonly allowedIps: readonly string[];
  /** UNIX time; 0: never. */
  readonly latestHandshake: Value | undefined;
  /** Bytes. */
  readonly received: Value | undefined;
  readonly sent: Value | undefined;
  /** Seconds; absent where it is off. */
  readonly keepalive: Value | undefined;
}

/** No longer than the kernel allows, which is shorter than a key. */
const interfaceName = /^[^\s/\p{Cc}]{1,15}$/u;
const keyOrNone = /^(?:[A-Za-z0-9+/]{43}=|\(none\))$/;
const digits = /^\d{1,20}$/;
const address = /^(?:\[([\da-fA-F:.]+(?:%[^\s\]]{1,15})?)\]|([\d.]+)):\d+$/;
const prefixes = /^(?:\(none\)|[\da-fA-F:.]{2,45}\/\d{1,3}(?:,[\da-fA-F:.]{2,45}\/\d{1,3})*)$/;

interface Column {
  readonly shape: RegExp;
  readonly secret?: true;
  /** Another shape costs this value; that of any other column costs the line. */
  readonly loose?: true;
}

const interfaceColumns: readonly Column[] = [
  { shape: interfaceName },
  { shape: keyOrNone, secret: true },
  { shape: keyOrNone },
  { shape: /^\d{1,5}$/ },
  { shape: /^(?:off|0x[\da-f]+)$/ },
];
/**
 * AmneziaWG has what it disguises packets with between the port and the fwmark: nine columns in its first release and more
 * in each since, one of them a secret key.
 */
const amneziaColumns = 9;
const number: Column = { shape: /^\d{1,10}$/ };
const amneziaInterfaceColumns = (count: number): readonly Column[] => [
  ...interfaceColumns.slice(0, 4),
  ...Array.from({ length: count - 5 }, (_, index) => (index < 5 ? number : { shape: /^/, secret: true as const })),
  ...interfaceColumns.slice(4),
];
const peerColumns: readonly Column[] = [
  { shape: interfaceName },
  { shape: key },
  { shape: keyOrNone, secret: true },
  { shape: address, loose: true },
  { shape: prefixes, loose: true },
  { shape: digits },
  { shape: digits },
  { shape: digits },
  { shape: /^(?:off|\d{1,20})$/, loose: true },
];

/**
 * One line of `wg show all dump` (wg(8)), an interface or a peer, by the number of its columns:
 *
 *     wg0	PRIVATE-KEY	uPVgT2nj+l6bDyrPk9CTevrrIsLCXe1aXE2bACR08Aw=	51820	off
 *     wg0	2zzuyzLl3ezh0gR7FqzAN/JOtoOUMyUusHQEoi72KFM=	PRESHARED-KEY	192.0.2.2:51821	10.7.0.2/32,fd00::/64	1795331279	51068	3185308	25
 *
 * The secret columns go no further than the split, and no error shows what stands in a line: a peer's line that is cut
 * off behind its fifth column has the preshared key where an interface has its public one. The line of an interface of
 * `awg show all dump` has more columns.
 */
export function parseDumpLine(line: string, place: string, attempt: Attempt): Interface | Peer {
  const cells = line.split('\t');
  const columns = columnsOf(cells);
  if (columns === peerColumns) return peerOf(cells, place, attempt);
  if (columns !== undefined) return interfaceOf(cells);
  throw unexpected(place, 'the 5 columns of an interface or the 9 of a peer', `${cells.length} other columns`);
}

/** A line without its secrets, for a recording; it is then read as the line itself would be. */
export function redactDumpLine(line: string): string {
  const cells = line.split('\t');
  const columns = columnsOf(cells);
  if (columns === undefined) return withoutPartsOfKeys(line);
  return cells
    .map((cell, index) => {
      const { shape, secret } = columns[index] ?? {};
      if (secret === true && !isNothing(cell)) return dummyKey;
      return shape?.test(cell) === true ? cell : withoutPartsOfKeys(cell);
    })
    .join('\t');
}

/** Columns from both ends have to fit: in a line that lost a part of itself, a secret may stand in place of another key. */
function columnsOf(cells: readonly string[]): readonly Column[] | undefined {
  const known = [interfaceColumns, peerColumns];
  const all = cells.length >= 5 + amneziaColumns ? [amneziaInterfaceColumns(cells.length)] : known;
  const fitting = all.find(
    (columns) =>
      columns.length === cells.length &&
      columns.every(({ shape, loose }, index) => loose === true || shape.test(cells[index] ?? '')),
  );
  return fitting !== undefined && isMoved(cells, fitting) ? undefined : fitting;
}

/**
 * Whether a column too many and one too few have put a private key where a public one is expected. No interface has a
 * public key alone, and none has the same key twice.
 */
function isMoved([, first = '', second = '']: readonly string[], columns: readonly Column[]): boolean {
  if (second === '(none)' || first === dummyKey) return false;
  if (first === second || first === '(none)') return true;
  return columns !== peerColumns && mayBePrivate(second) && publicKeyOf(first) !== second;
}

function isNothing(cell: string): boolean {
  return ['(none)', '(null)', 'off', ''].includes(cell);
}

function interfaceOf(cells: readonly string[]): Interface {
  const [name = '', , publicKey = '', listenPort = ''] = cells;
  const fwmark = cells.at(-1) ?? '';
  return {
    kind: 'interface',
    name,
    publicKey: publicKey === '(none)' ? '' : publicKey,
    listenPort: listenPort === '0' ? '' : listenPort,
    fwmark: fwmark === 'off' ? '' : fwmark,
  };
}

function peerOf(
  [
    name = '',
    publicKey = '',
    ,
    endpoint = '',
    allowedIps = '',
    handshake = '',
    received = '',
    sent = '',
    keepalive = '',
  ]: readonly string[],
  place: string,
  attempt: Attempt,
): Peer {
  const [, v6, v4] = address.exec(endpoint) ?? [];
  return {
    kind: 'peer',
    interface: name,
    publicKey,
    endpoint: v6 ?? v4,
    allowedIps: attempt(() => listed(allowedIps, `${place}, allowed ips`)) ?? [],
    latestHandshake: integer(handshake, place),
    received: integer(received, place),
    sent: integer(sent, place),
    keepalive: attempt(() => seconds(keepalive, `${place}, persistent keepalive`)),
  };
}

function listed(cell: string, place: string): readonly string[] {
  if (!prefixes.test(cell)) throw unexpected(place, 'addresses with their prefix lengths', 'something else');
  return cell === '(none)' ? [] : cell.split(',');
}

/** awg 3 lets a peer choose anew within a range each time, as `20-30`: it has to be heard from by the end of it. */
function seconds(range: string, place: string): Value | undefined {
  if (range === 'off') return undefined;
  const cell = range.replace(/^\d+-/, '');
  if (!digits.test(cell)) throw unexpected(place, 'an integer', 'something else');
  return integer(cell, place);
}
