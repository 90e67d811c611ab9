import { describe, expect, test } from 'vitest';
import type { BlockIo, Frame } from '../../../collectors/ebpf/frame.ts';
import { parsePartitions } from '../../../collectors/ebpf/partitions.ts';
import { frameSamples } from '../../../collectors/ebpf/samples.ts';
import { seam } from '../../../lib/run/seam.ts';

const nothing: Frame = { start: 1_796_011_270, runQueue: [], blockIo: [], retransmits: [] };
const names = parsePartitions(
  'major minor  #blocks  name\n\n   8        0  488386584 sda\n   8       16  488386584 sdb\n 230        0   10485760 zd0\n 253        0  488386584 dm-0\n   7        0       1024 loop0\n',
);

/** The samples of a frame as lines, and how many series were left out. */
function told(frame: Partial<Frame>, limits = { device_limit: 64, retransmit_limit: 50 }) {
  let dropped = 0;
  const { limited } = seam({ report: () => {}, skip: () => {}, drop: (series) => (dropped += series) });
  const samples = [...frameSamples({ ...nothing, ...frame }, names, limits, { limited })];
  const lines = samples.map(
    ({ metric, suffix = '', labels, value }) => `${metric.name}${suffix} ${Object.values(labels).join(' ')} ${value}`,
  );
  return { lines, dropped };
}

const read = (device: string, count: number): BlockIo => ({
  device,
  operation: 'read',
  buckets: [{ max: 127, count }],
});
const counts = (lines: readonly string[]): string[] =>
  lines.filter((line) => line.startsWith('ebpf_block_io_latency_seconds_count'));

test('a bucket holds what took less than its bound: bounds of powers of two, in whole µs rounded down', () => {
  const runQueue = [0, 1, 3, 7, 15, 2 ** 24 - 1, Number.POSITIVE_INFINITY].map((max) => ({ max, count: 1 }));
  const buckets = told({ runQueue }).lines.filter((line) => line.includes('_bucket'));
  expect(buckets.map((line) => line.replace('ebpf_run_queue_latency_seconds_bucket ', ''))).toEqual([
    '0.000001 1',
    '0.000004 3',
    '0.000016 5',
    ...['0.000064', '0.000256', '0.001024', '0.004096', '0.016384', '0.065536', '0.262144', '1.048576', '4.194304'].map(
      (bound) => `${bound} 5`,
    ),
    '16.777216 6',
    '+Inf 7',
  ]);
});

describe('devices', () => {
  test('have their name; one that the kernel does not name has its number', () => {
    expect(counts(told({ blockIo: [read('8:16', 3), read('259:1', 2)] }).lines)).toEqual([
      'ebpf_block_io_latency_seconds_count sdb read 3',
      'ebpf_block_io_latency_seconds_count 259:1 read 2',
    ]);
  });

  test('that are made of others are none, and not left out by a limit', () => {
    const { lines, dropped } = told({ blockIo: [read('230:0', 9), read('7:0', 9), read('253:0', 9), read('8:0', 1)] });
    expect([counts(lines), dropped]).toEqual([['ebpf_block_io_latency_seconds_count sda read 1'], 0]);
  });

  test('beyond the limit are those with the fewest requests, of all operations, and their series are counted', () => {
    const blockIo = [
      read('8:0', 5),
      { ...read('8:16', 3), operation: 'write' as const },
      read('8:16', 4),
      read('259:1', 6),
    ];
    const { lines, dropped } = told({ blockIo }, { device_limit: 2, retransmit_limit: 50 });
    expect(counts(lines).map((line) => line.split(' ')[1])).toEqual(['sdb', 'sdb', '259:1']);
    expect(dropped).toBe(16);
  });
});

test('retransmits have words for numbers, the largest first, and those beyond the limit are counted', () => {
  const retransmits = [
    { family: 2, port: 443, state: 1, count: 5 },
    { family: 10, port: 0, state: 2, count: 7 },
    { family: 28, port: 22, state: 13, count: 6 },
    { family: 2, port: 80, state: 4, count: 1 },
  ];
  const { lines, dropped } = told({ retransmits }, { device_limit: 64, retransmit_limit: 3 });
  expect(lines.filter((line) => line.includes('retransmits'))).toEqual([
    'ebpf_tcp_retransmits_total ipv6 0 syn-sent 7',
    'ebpf_tcp_retransmits_total 28 22 13 6',
    'ebpf_tcp_retransmits_total ipv4 443 established 5',
  ]);
  expect(dropped).toBe(1);
});
