import type { Value } from '../../lib/metric.ts';
import { type Attempt, integer, unexpected, watching } from '../../lib/parse.ts';
import { plausible } from './plausible.ts';
import {
  type ListedPool,
  type Scan,
  type TrimState,
  type VdevClass,
  type VdevNode,
  isLeaf,
  typeOf,
  vdevStateOf,
} from './pool-status.ts';
import { parseCheckpoint, parseExpansion, parseRemoval, parseScan, parseTime } from './scan-line.ts';
import { statusReason } from './status-reason.ts';

/**
 * `zpool status -p -P -s -t`, OpenZFS < 2.3 (cmd/zpool/zpool_main.c status_callback, print_status_config), with TZ=UTC:
 *
 *       pool: m1
 *      state: DEGRADED
 *     status: One or more devices could not be opened.  Sufficient replicas exist for
 *     ␉the pool to continue functioning in a degraded state.
 *        see: https://openzfs.github.io/openzfs-docs/msg/ZFS-8000-2Q
 *       scan: resilvered 18K in 00:00:00 with 0 errors on Sun Nov 22 08:44:09 2026
 *     config:
 *
 *     ␉NAME                     STATE     READ WRITE CKSUM  SLOW
 *     ␉m1                       DEGRADED     0     0     0     0
 *     ␉  mirror-0               DEGRADED     0     0     0     0
 *     ␉    /var/vd2/a0          ONLINE       0     0     0     0  (untrimmed)
 *     ␉    8005500101699027583  UNAVAIL      0     0     0     0  was /var/vd2/a1
 *     ␉spares
 *     ␉  /var/vd2/sp            AVAIL
 *
 *     errors: No known data errors
 *
 * -p makes the counters exact, but not the sizes of the scan line.
 */
export function parseZpoolStatusText(text: string, attempt: Attempt): ListedPool[] {
  return text
    .split(/^(?= *pool: )/m)
    .filter((part) => /^ *pool: /.test(part))
    .map((part) => {
      const pool = poolStatus(sectionsOf(part), attempt);
      const left = part.replaceAll(section, '').trim();
      if (left !== '') attempt(() => fail(`zpool status of pool ${pool.pool}`, 'lines of a known form', left));
      return pool;
    });
}

function fail(place: string, expected: string, got: string | undefined): never {
  throw unexpected(place, expected, got);
}

/** A `key: text` line, with the lines that go on with a tab; `scan warning:` tells what a checkpoint keeps from a scan. */
const section = /^ *([a-z]+(?: warning)?): ?(.*(?:\n(?:[\t ]*\n)*\t.*)*)/gm;

interface Section {
  readonly key: string;
  readonly text: string;
}

function sectionsOf(part: string): Section[] {
  return [...part.matchAll(section)].map(([, key, text]) => ({
    key: key ?? '',
    text: text ?? '',
  }));
}

function poolStatus(sections: readonly Section[], attempt: Attempt): ListedPool {
  const text = (key: string): string | undefined => sections.find((section) => section.key === key)?.text;
  const pool = text('pool') ?? '';
  const place = `zpool status of pool ${pool}`;
  const ofScans = watching(attempt);
  const scans = scansOf(sections, place, ofScans.attempt).map((scan) => plausible(scan, place, attempt));
  return {
    pool,
    scans,
    scansWhole: ofScans.whole(),
    roots: attempt(() => parseConfig(text('config') ?? fail(place, 'its config', undefined), place, attempt)) ?? [],
    guid: undefined,
    reason: statusReason(text('status'), text('see')?.split('/').pop(), scans),
    dataErrors: attempt(() => parseErrors(text('errors'), place)),
    checkpoint: attempt(() => parseCheckpoint(text('checkpoint'), place)),
    dedupTable: undefined,
  };
}

const scanKeys = new Map(
  Object.entries<typeof parseScan>({
    scan: parseScan,
    scrub: parseScan,
    remove: parseRemoval,
    expand: parseExpansion,
  }),
);

function scansOf(sections: readonly Section[], place: string, attempt: Attempt): Scan[] {
  return sections
    .map(({ key, text }) => attempt(() => scanKeys.get(key)?.(text, place)))
    .filter((scan) => scan !== undefined);
}

/** `No known data errors` | `3 data errors, use '-v' for a list` | `List of errors unavailable: permission denied`. */
function parseErrors(text: string | undefined, place: string): Value | undefined {
  if (text === undefined || text.startsWith('List of errors unavailable')) return undefined;
  if (text.startsWith('No known data errors')) return 0;
  return integer(/^(\d+) data errors/.exec(text)?.[1] ?? text, `${place}, errors`);
}

const headings = new Map(
  Object.entries<VdevClass>({
    special: 'special',
    dedup: 'dedup',
    logs: 'log',
    cache: 'l2cache',
    spares: 'spare',
  }),
);

interface Layout {
  readonly stateColumn: number;
  /** NAME STATE READ WRITE CKSUM [SLOW] */
  readonly columns: readonly string[];
}

/** One line below the header: how deep it stands, and what it says. */
interface Line {
  readonly depth: number;
  readonly vdev: Omit<VdevNode, 'children'>;
}

function parseConfig(text: string, place: string, attempt: Attempt): VdevNode[] {
  const lines = text.split('\n').filter((line) => line.startsWith('\t'));
  const header = lines.findIndex((line) => line.startsWith('\tNAME '));
  const layout: Layout = {
    stateColumn: lines[header]?.indexOf('STATE') ?? 0,
    columns: lines[header]?.trim().split(/ +/) ?? [],
  };
  if (header < 0 && lines.length > 0) fail(`${place}, config`, 'a header', lines[0]);
  const parsed: Line[] = [];
  let vdevClass: VdevClass = 'normal';
  for (const line of header < 0 ? [] : lines.slice(header + 1)) {
    const heading = headings.get(line.trim());
    if (heading !== undefined && !line.startsWith('\t ')) {
      vdevClass = heading;
      continue;
    }
    const vdev = attempt(() => parseLine(line, layout, vdevClass, place, attempt));
    if (vdev !== undefined) parsed.push(vdev);
  }
  return treeOf(parsed);
}

/** Below each line stand those that follow it, are deeper and of the same class. */
function treeOf(lines: readonly Line[]): VdevNode[] {
  const roots: VdevNode[] = [];
  for (let index = 0; index < lines.length;) {
    const line = lines[index];
    if (line === undefined) break;
    const { depth, vdev } = line;
    const end = lines.findIndex(
      (below, place) => place > index && (below.depth <= depth || below.vdev.class !== vdev.class),
    );
    const children = treeOf(lines.slice(index + 1, end < 0 ? lines.length : end));
    // SLOW is printed for interior vdevs too, where it is always 0; JSON has it for leaves only.
    const node = { ...vdev, children };
    roots.push(isLeaf(node) ? node : { ...node, slow: undefined, path: undefined });
    index = end < 0 ? lines.length : end;
  }
  return roots;
}

function parseLine(line: string, layout: Layout, vdevClass: VdevClass, place: string, attempt: Attempt): Line {
  const depth = (/^\t( *)/.exec(line)?.[1]?.length ?? 0) / 2;
  if (!Number.isInteger(depth)) fail(`${place}, config`, 'two spaces for each level', line);
  const { label, state, rest } = cut(line, layout.stateColumn, place);
  // A spare has no counters, and may have a remark.
  const counted = /^(?:\d|- )/.test(rest) ? layout.columns.slice(2) : [];
  const words = rest.split(/ +/, counted.length);
  const counters = new Map(
    counted.map((column, index) => [column, attempt(() => integer(words[index], `${place}, ${column} of ${label}`))]),
  );
  const remark = rest.replace(new RegExp(`^(?:\\S+ *){${counted.length}}`), '');
  const was = /^was (.+?)(?: {2}\(|$)/.exec(remark)?.[1];
  const path = was ?? (label.startsWith('/') ? label : undefined);
  const vdev = {
    label,
    missing: was !== undefined,
    class: vdevClass,
    type: depth === 0 && vdevClass === 'normal' ? 'root' : typeOf(label, path),
    path,
    state: vdevStateOf(state),
    aux: auxOf(remark),
    read: counters.get('READ'),
    write: counters.get('WRITE'),
    checksum: counters.get('CKSUM'),
    slow: counters.get('SLOW'),
    guid: undefined,
    trim: trimState(remark),
    trimmed: attempt(() => trimmedAt(remark, `${place}, TRIM of ${label}`)),
    resilver: remark.includes('(resilvering)')
      ? ('running' as const)
      : remark.includes('(awaiting resilver)')
        ? ('waiting' as const)
        : undefined,
    noalloc: /\((non-allocating|removing)\)/.test(remark),
    size: undefined,
    allocated: undefined,
    resilvered: undefined,
    dioVerifyErrors: undefined,
  };
  return { depth, vdev };
}

/** The name may hold spaces, so what tells its end is the column, which printf counted in bytes. */
function cut(line: string, column: number, place: string): { label: string; state: string; rest: string } {
  const bytes = Buffer.from(line);
  const [, state, rest] = /^([A-Z_]+)(?: +(.*))?$/.exec(bytes.subarray(column).toString().trimEnd()) ?? [];
  if (state === undefined || bytes[column - 1] !== 0x20) {
    throw unexpected(`${place}, config`, `a state in column ${column}`, line);
  }
  return { label: bytes.subarray(0, column).toString().trim(), state, rest: rest ?? '' };
}

/** What is printed for a vdev_aux_t, and its name. cmd/zpool/zpool_main.c print_status_config(). */
const auxWords: readonly (readonly [remark: string, aux: string])[] = [
  ['cannot open', 'OPEN_FAILED'],
  ['corrupted data', 'CORRUPT_DATA'],
  ['insufficient replicas', 'NO_REPLICAS'],
  ['missing device', 'BAD_GUID_SUM'],
  ['newer version', 'VERSION_NEWER'],
  ['unsupported feature(s)', 'UNSUP_FEAT'],
  ['unsupported minimum blocksize', 'ASHIFT_TOO_BIG'],
  ['currently in use', 'SPARED'],
  ['in use by pool', 'SPARED'],
  ['too many errors', 'ERR_EXCEEDED'],
  ['experienced I/O failures', 'IO_FAILURE'],
  ['bad intent log', 'BAD_LOG'],
  ['external device fault', 'EXTERNAL'],
  ['split into new pool', 'SPLIT_POOL'],
  ['currently active elsewhere', 'ACTIVE'],
  ['all children offline', 'CHILDREN_OFFLINE'],
  ['invalid label', 'BAD_LABEL'],
];

function auxOf(remark: string): string {
  return auxWords.find(([words]) => remark.startsWith(words))?.[1] ?? '';
}

function trimState(remark: string): TrimState | undefined {
  if (remark.includes('(trim unsupported)')) return 'unsupported';
  if (remark.includes('(untrimmed)')) return 'untrimmed';
  if (/% trimmed, suspended/.test(remark)) return 'suspended';
  if (/% trimmed, completed/.test(remark)) return 'complete';
  return remark.includes('% trimmed') ? 'active' : undefined;
}

/** `(100% trimmed, completed at Sun Nov 22 10:07:59 2026)`. */
function trimmedAt(remark: string, place: string): number | undefined {
  const on = /% trimmed, completed at ([^)]+)\)/.exec(remark)?.[1];
  return on === undefined ? undefined : parseTime(on, place);
}
