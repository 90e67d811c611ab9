import type { Value } from '../../lib/metric.ts';
import { type Attempt, integer } from '../../lib/parse.ts';
import { type PoolStatus, type TrimState, type Vdev, type VdevClass, distinct, vdevStateOf } from './pool-status.ts';
import { parseScan } from './scan-line.ts';
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
export function parseZpoolStatusText(text: string, attempt: Attempt): PoolStatus[] {
  return text
    .split(/^(?= *pool: )/m)
    .filter((part) => /^ *pool: /.test(part))
    .map((part) => poolStatus(sectionsOf(part), attempt));
}

interface Section {
  readonly key: string;
  readonly text: string;
}

/** `key: text` lines, each with the lines that go on with a tab. */
function sectionsOf(part: string): Section[] {
  return [...part.matchAll(/^ *([a-z]+): ?(.*(?:\n(?:[\t ]*\n)*\t.*)*)/gm)].map(([, key, text]) => ({
    key: key ?? '',
    text: text ?? '',
  }));
}

function poolStatus(sections: readonly Section[], attempt: Attempt): PoolStatus {
  const text = (key: string): string | undefined => sections.find((section) => section.key === key)?.text;
  const pool = text('pool') ?? '';
  const place = `zpool status of pool ${pool}`;
  return {
    pool,
    scans: sections
      .filter(({ key }) => key === 'scan' || key === 'scrub')
      .map((section) => attempt(() => parseScan(section.text, place)))
      .filter((scan) => scan !== undefined),
    vdevs: distinct(parseConfig(text('config') ?? '', place, attempt)),
    guid: undefined,
    reason: statusReason(text('status'), text('see')?.split('/').pop()),
    dataErrors: attempt(() => parseErrors(text('errors'), place)),
  };
}

/** `No known data errors` | `3 data errors, use '-v' for a list` | `List of errors unavailable: permission denied`. */
function parseErrors(text: string | undefined, place: string): Value | undefined {
  if (text === undefined || text.startsWith('List of errors unavailable')) return undefined;
  if (text.startsWith('No known data errors')) return 0;
  return integer(/^(\d+) data errors/.exec(text)?.[1] ?? text, `${place}, errors`);
}

const headings: Readonly<Record<string, VdevClass>> = {
  special: 'special',
  dedup: 'dedup',
  logs: 'log',
  cache: 'l2cache',
  spares: 'spare',
};

interface Layout {
  readonly stateColumn: number;
  /** NAME STATE READ WRITE CKSUM [SLOW] */
  readonly columns: readonly string[];
}

function parseConfig(text: string, place: string, attempt: Attempt): Vdev[] {
  const lines = text.split('\n').filter((line) => line.startsWith('\t'));
  const header = lines.findIndex((line) => line.startsWith('\tNAME '));
  const layout: Layout = {
    stateColumn: lines[header]?.indexOf('STATE') ?? 0,
    columns: lines[header]?.trim().split(/ +/) ?? [],
  };
  const vdevs: Vdev[] = [];
  const above: string[] = [];
  let vdevClass: VdevClass = 'normal';
  for (const line of header < 0 ? [] : lines.slice(header + 1)) {
    const heading = headings[line.trim()];
    if (heading !== undefined && !line.startsWith('\t ')) {
      vdevClass = heading;
      above.length = 0;
      continue;
    }
    const depth = (/^\t( *)/.exec(line)?.[1]?.length ?? 0) / 2;
    const vdev = parseVdev(line, layout, vdevClass, above[depth - 1] ?? '', place, attempt);
    above[depth] = vdev.name;
    if (vdev.type !== 'indirect' && vdev.type !== 'hole') vdevs.push(vdev);
  }
  // SLOW is printed for interior vdevs too, where it is always 0; JSON has it for leaves only.
  const parents = new Set(vdevs.map(({ parent }) => parent));
  return vdevs.map((vdev) => (parents.has(vdev.name) ? { ...vdev, slow: undefined } : vdev));
}

function parseVdev(
  line: string,
  layout: Layout,
  vdevClass: VdevClass,
  parent: string,
  place: string,
  attempt: Attempt,
): Vdev {
  const [name, rest] = cut(line, layout.stateColumn);
  const [, state = '', afterState = ''] = /^(\S+) *(.*)$/.exec(rest) ?? [];
  // A spare has no counters, and may have a remark.
  const counted = /^(?:\d|- )/.test(afterState) ? layout.columns.slice(2) : [];
  const words = afterState.split(/ +/, counted.length);
  const counters = new Map(
    counted.map((column, index) => [column, attempt(() => integer(words[index], `${place}, ${column} of ${name}`))]),
  );
  const remark = afterState.replace(new RegExp(`^(?:\\S+ *){${counted.length}}`), '');
  const was = /^was (.+?)(?: {2}\(|$)/.exec(remark)?.[1];
  return {
    name: was ?? name,
    class: vdevClass,
    type: typeOf(was ?? name, parent, vdevClass),
    parent,
    state: vdevStateOf(state),
    read: counters.get('READ'),
    write: counters.get('WRITE'),
    checksum: counters.get('CKSUM'),
    slow: counters.get('SLOW'),
    guid: undefined,
    trim: trimState(remark),
  };
}

/** The name may hold spaces, so what tells its end is the column, which printf counted in bytes. */
function cut(line: string, column: number): [name: string, rest: string] {
  const bytes = Buffer.from(line);
  return [bytes.subarray(0, column).toString().trim(), bytes.subarray(column).toString().trim()];
}

function trimState(remark: string): TrimState | undefined {
  if (remark.includes('(trim unsupported)')) return 'unsupported';
  if (remark.includes('(untrimmed)')) return 'untrimmed';
  if (/% trimmed, suspended/.test(remark)) return 'suspended';
  if (/% trimmed, completed/.test(remark)) return 'complete';
  return remark.includes('% trimmed') ? 'active' : undefined;
}

/** Text has no types: `mirror-0` is one of those that stand above others, anything else a leaf. */
function typeOf(name: string, parent: string, vdevClass: VdevClass): string {
  if (parent === '' && vdevClass === 'normal') return 'root';
  if (/^draid\d+-\d+-\d+$/.test(name)) return 'dspare';
  const interior = /^(mirror|raidz|draid|replacing|spare|indirect|hole)[^/]*-\d+$/.exec(name)?.[1];
  return interior ?? (name.startsWith('/dev/') ? 'disk' : 'file');
}
