import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { collectors } from '../../collectors/index.ts';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures');

/** A machine that is put together from recordings of several: by collector, the name of its folder below fixtures/. */
export interface Machine {
  readonly name: string;
  readonly env: string;
  readonly recordings: Readonly<Record<string, string>>;
}

/** A fleet in which much is wrong, so that the pictures show what that looks like. */
export const machines: readonly Machine[] = [
  machine('node01', 'production', ['healthy', 'healthy', 'healthy', 'healthy'], 'healthy'),
  machine('node02', 'production', ['degraded-faulted', 'accept-queue-full', 'stale', 'pending'], 'bpftrace-0.17'),
  machine('node03', 'production', ['scrub-running', 'states', 'names', 'chain-broken']),
  machine('node04', 'production', ['rebuild-running', 'tcp-info', 'healthy', 'target-diverged']),
  machine('node05', 'staging', ['resilver-running', 'tcp-info-retransmits', 'many-allowed-ips', 'partial-incremental']),
  machine('node06', 'staging', ['snapshots', 'ports-folded', 'limits', 'bookmark-only']),
  machine('node07', 'staging', ['write-errors', 'outbound-folded', 'interface-left-out', 'pull-source-refused']),
  machine('node08', 'staging', ['unprivileged-600', 'sockstat-missing', 'never-handshaken', 'ssh-refused'], 'lockdown'),
  machine('backup01', 'production', ['data-errors', 'ipv6-off', 'userspace', 'sink-by-client']),
  machine('node09', 'production', ['healthy', 'healthy', 'healthy', 'healthy']),
  machine('node10', 'production', [
    'replaced-spared-expanded-removed',
    'units',
    'healthy',
    'job-cleans-up-2-fails-for-a-day',
  ]),
  machine('node11', 'production', ['vdev-io', 'listener-gone', 'healthy', 'syncoid-sync-hosts']),
  machine('node12', 'staging', ['expansion-running', 'destinations-above-socket-limit', 'healthy', 'healthy']),
];

const withFailedUnit: ReadonlySet<string> = new Set(['node02', 'node07']);

/** Without `ebpf` that collector is off, as installed. */
function machine(
  name: string,
  env: string,
  [zfs, tcp, wireguard, replication]: [string, string, string, string],
  ebpf?: string,
): Machine {
  const recordings = { zfs, tcp, wireguard, 'replication-lag': replication };
  return { name, env, recordings: ebpf === undefined ? recordings : { ...recordings, ebpf } };
}

/** What its textfile directory holds at `now`, in seconds since 1970, `passed` seconds after the recordings were made. */
export function textfiles({ name, recordings }: Machine, now: number, passed: number): ReadonlyMap<string, string> {
  const texts = collectors.flatMap(({ name: collector }) => {
    const recording = recordings[collector];
    if (recording === undefined) return [];
    const folder = path.join(fixtures, collector, recording);
    const { clock } = z
      .object({ clock: z.number() })
      .parse(JSON.parse(readFileSync(path.join(folder, 'recording.json'), 'utf8')));
    return [
      [
        `${collector}.prom`,
        moved(readFileSync(path.join(folder, 'expected.prom'), 'utf8'), now - clock, passed),
      ] as const,
    ];
  });
  const units = readFileSync(path.join(fixtures, 'host/vm/systemd.prom'), 'utf8');
  // The unit that had failed on the recorded machine is one of a few.
  const failed = withFailedUnit.has(name) ? units : units.replaceAll(/^(.*state="failed".*) 1$/gm, '$1 0');
  return new Map([...texts, ['systemd.prom', failed]]);
}

/** The text with its times `by` seconds later, and what its counters have gained in `passed` seconds. */
export function moved(text: string, by: number, passed: number): string {
  const counters = new Set([...text.matchAll(/^# TYPE (\S+) (?:counter|histogram)$/gm)].map(([, name]) => name));
  return text.replaceAll(/^(\w+)(.*) (\S+)$/gm, (line, name: string, labels: string, value: string) => {
    if (value === '0' || line.startsWith('#')) return line;
    if (/(_timestamp|_timestamp_seconds|_handshake_seconds)$/.test(name))
      return `${name}${labels} ${Number(value) + by}`;
    const isCounter = counters.has(name) || counters.has(name.replace(/_(bucket|sum|count)$/, ''));
    // A counter of 64 bits that is near its end stays there.
    return isCounter && Number(value) < Number.MAX_SAFE_INTEGER
      ? `${name}${labels} ${gained(Number(value), passed)}`
      : line;
  });
}

/** A tenth of a percent a second: what a recording counted in weeks shows as traffic. */
function gained(value: number, passed: number): number {
  return value + Math.ceil((value * passed) / 1000);
}

/** Files of /proc whose numbers only grow. */
const growing = [
  'stat',
  'diskstats',
  'net/dev',
  'net/netstat',
  'net/snmp',
  'pressure/cpu',
  'pressure/io',
  'pressure/memory',
];
const still = ['loadavg', 'meminfo', 'net/sockstat', '1/mounts', '1/mountinfo'];

/** The files below the machine's /proc that node_exporter reads, at the same time. */
export function procfs(passed: number): ReadonlyMap<string, string> {
  const arcstats = 'spl/kstat/zfs/arcstats';
  return new Map([
    ...still.map((file) => [file, proc(file)] as const),
    ...growing.map((file) => [file, grown(proc(file), passed)] as const),
    [
      arcstats,
      proc(arcstats).replaceAll(/^(hits|misses)( +4 +)(\d+)$/gm, (_, name: string, gap: string, value: string) => {
        return `${name}${gap}${gained(Number(value), passed)}`;
      }),
    ],
  ]);
}

function proc(file: string): string {
  return readFileSync(path.join(fixtures, 'host/vm/proc', file), 'utf8');
}

/** All whole numbers but the time of booting and what names a disk. */
function grown(text: string, passed: number): string {
  return text.replaceAll(/^(btime .*|\s*\d+ +\d+ \S+)|(?<=[ =])\d+(?=\s)/gm, (number, name: string | undefined) =>
    name === undefined ? String(gained(Number(number), passed)) : number,
  );
}
