import type { AlertCase } from '../../lib/monitoring/alert.ts';

/** The step of these cases: the longest with two samples in each 5 minutes. A day has 576. */
const step = '2m30s';
const day = 576;

/** So many steps, in each of which so many durations were up to each bound; or the machine is off, and counts from 0 after it. */
interface Phase {
  readonly steps: number;
  readonly upTo?: Readonly<Record<string, number>>;
}

const bounds = ['0.016384', '0.065536', '0.262144', '1.048576', '+Inf'];
/** Of 1,800, twelve a second. */
const upTo = (...counts: readonly number[]): Phase['upTo'] =>
  Object.fromEntries(bounds.map((le, index) => [le, counts[index] ?? 1800]));

/** The slowest hundredth takes 16, 40, 65 or 970 ms or more. */
const fast = upTo();
const usual = upTo(1765);
const still = upTo(0);
const slow = upTo(1620, 1620, 1620);
/** The same, two a second. */
const few = Object.fromEntries(Object.entries(slow ?? {}).map(([le, count]) => [le, count / 6]));

const lasting = (steps: number, upTo?: Phase['upTo']): Phase => ({ steps, ...(upTo && { upTo }) });

/** Its series, as promtool writes them. */
function histogram(name: string, labels: string, phases: readonly Phase[]): Record<string, string> {
  const buckets = bounds.map((le) => [`${name}_bucket{${labels}le="${le}"}`, course(phases, le)] as const);
  return Object.fromEntries([...buckets, [`${name}_count{${labels}}`, course(phases, '+Inf')]]);
}

function course(phases: readonly Phase[], le: string): string {
  let value = 0;
  const parts = phases.map(({ steps, upTo }) => {
    const from = value;
    const gained = upTo?.[le] ?? 0;
    value = upTo === undefined ? 0 : value + gained * steps;
    return upTo === undefined ? `_x${steps}` : `${from}+${gained}x${steps - 1}`;
  });
  return parts.join(' ');
}

const disk = (device: string, ...phases: readonly Phase[]): Record<string, string> =>
  histogram('ebpf_block_io_latency_seconds', `device="${device}",operation="read",`, phases);

const aWeek = lasting(7.5 * day, usual);
const aDay = lasting(day, slow);

const isSlow = (device: string, before: string) => ({
  labels: { device, operation: 'read' },
  summary: `One in 100 read requests of ${device} on db1 takes 969.9ms or more.`,
  listed: `In the week before it was ${before} at most. `,
});
const sda = isSlow('sda', '40.26ms');

export const cases: readonly AlertCase[] = [
  {
    alert: 'BlockIOLatencyHigh',
    what: 'a disk gets slow; of others one is slow each night, one is new, one hardly used, one still fast enough',
    step,
    series: {
      ...disk('sda', aWeek, aDay),
      ...disk('sdb', ...Array.from({ length: 8 }, () => [lasting(day - 60, usual), lasting(60, slow)]).flat()),
      ...disk('sdc', lasting(4 * day), lasting(3.5 * day, usual), aDay),
      ...disk('sdd', aWeek, lasting(day, few)),
      ...disk('sde', lasting(7.5 * day, fast), lasting(day, still)),
    },
    // A day later that is its week.
    fires: { '22h': [], '24h': [], '180h': [], '181h': [sda], '191h': [sda], '203h': [sda], '205h': [] },
  },
  {
    alert: 'BlockIOLatencyHigh',
    what: 'a disk was slow in a scrub, which is no measure; another one was away for a day and a half, and is known all the same',
    step,
    series: {
      ...disk('sda', lasting(3 * day, usual), lasting(100, slow), lasting(4.5 * day, usual), aDay),
      'ALERTS{alertname="ZFSScrubRunning",alertstate="firing",severity="info",pool="tank"}': `_x${3 * day} 1x102`,
      ...disk('sdb', lasting(7 * day, usual), lasting(1.5 * day), lasting(30, usual), lasting(60, slow)),
    },
    fires: { '184h': [], '186h': [sda], '205h': [sda], '206h': [sda, isSlow('sdb', '39.93ms')] },
  },
  {
    alert: 'RunQueueLatencyHigh',
    what: 'threads wait, and later few of them do',
    step,
    series: histogram('ebpf_run_queue_latency_seconds', '', [lasting(60, usual), lasting(60, slow), lasting(60, few)]),
    fires: {
      '145m': [],
      '170m': [{ summary: 'One in 100 threads on db1 waits 969.9ms or more for a processor.' }],
      '6h': [],
    },
  },
];
