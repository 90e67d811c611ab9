import type { Run } from '../../lib/collector.ts';
import { type Sample, histogramSamples, sample } from '../../lib/metric.ts';
import type { BlockIo, Bucket, Frame, Retransmits } from './frame.ts';
import * as m from './metrics.ts';

export interface Limits {
  readonly device_limit: number;
  readonly retransmit_limit: number;
}

/** Every second power of two from 1 µs to 17 s: a disk has 16 series for each operation. */
const bounds = Array.from({ length: 13 }, (_, index) => 2 ** (2 * index));

/** What is made of other devices, whose requests are counted there: dm-0 where it is a multipath device. */
const derived = /^(?:loop|ram|zd|dm-)\d/;

/** include/net/tcp_states.h, in the words of ss(8). */
const states = [
  'established',
  'syn-sent',
  'syn-recv',
  'fin-wait-1',
  'fin-wait-2',
  'time-wait',
  'closed',
  'close-wait',
  'last-ack',
  'listen',
  'closing',
  'new-syn-recv',
];

const families = new Map([
  [2, 'ipv4'],
  [10, 'ipv6'],
]);

/** `names` are those of devices by their numbers; one that has none is told by its number. */
export function* frameSamples(
  { start, runQueue, blockIo, retransmits }: Frame,
  names: ReadonlyMap<string, string>,
  { device_limit: deviceLimit, retransmit_limit: retransmitLimit }: Limits,
  { limited }: Pick<Run, 'limited'>,
): Generator<Sample> {
  yield sample(m.startTime, {}, start);
  yield* histogramSamples(m.runQueueLatency, {}, ...upToBounds(runQueue));
  const devices = new Set(blockIo.map(({ device }) => device));
  const disks = [...devices]
    .map((device) => {
      const rows = blockIo.filter((one) => one.device === device);
      return { device: names.get(device) ?? device, rows, buckets: rows.flatMap(({ buckets }) => buckets) };
    })
    .filter(({ device }) => !derived.test(device))
    .sort((a, b) => total(b.buckets) - total(a.buckets));
  yield* limited(disks, deviceLimit, ({ device, rows }) => rows.flatMap((row) => [...blockIoSamples(device, row)]));
  yield* limited(
    [...retransmits].sort((a, b) => b.count - a.count),
    retransmitLimit,
    retransmitSamples,
  );
}

function blockIoSamples(device: string, { operation, buckets }: BlockIo): Generator<Sample> {
  return histogramSamples(m.blockIoLatency, { device, operation }, ...upToBounds(buckets));
}

/** How many took less than each bound, in seconds, and how many there are. */
function upToBounds(buckets: readonly Bucket[]): [buckets: [number, number][], count: number] {
  const upTo = bounds.map((bound): [number, number] => [bound / 1e6, total(buckets.filter(({ max }) => max < bound))]);
  return [upTo, total(buckets)];
}

function total(buckets: readonly Bucket[]): number {
  return buckets.reduce((sum, { count }) => sum + count, 0);
}

function* retransmitSamples({ family, port, state, count }: Retransmits): Generator<Sample> {
  const labels = {
    family: families.get(family) ?? String(family),
    port: String(port),
    state: states[state - 1] ?? String(state),
  };
  yield sample(m.retransmits, labels, count);
}
