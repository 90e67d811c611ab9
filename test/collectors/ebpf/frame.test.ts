import { describe, expect, test } from 'vitest';
import { eventsOf, parseFrame, startOf } from '../../../collectors/ebpf/frame.ts';

const end = '{"type": "printf", "data": "frame 1796011270\\n"}';
const waited = '{"type": "hist", "data": {"@run_queue": []}}';
const frame = (...lines: string[]): string => [waited, ...lines, end, ''].join('\n');

test('the lines of a frame', () => {
  const found = parseFrame(
    frame(
      '',
      '{"type": "hist", "data": {"@run_queue": [{"min": 0, "max": 0, "count": 3}, {"min": 1, "max": 1, "count": 0}]}}',
      '{"type": "hist", "data": {"@block_io": {"8388624,1": [{"min": 64, "max": 127, "count": 2}], "272629761,2": [{"min": 2, "max": 3, "count": 1}], "8388624,0": [{"min": 8, "max": 15, "count": 9}]}}}',
      '{"type": "map", "data": {"@retransmits": {"2,5201,1": 14, "10,0,2": 1}}}',
      '{"type": "map", "data": {"@events": 26294}}',
    ),
  );
  expect(found).toEqual({
    start: 1_796_011_270,
    runQueue: [
      { max: 0, count: 3 },
      { max: 1, count: 0 },
    ],
    blockIo: [
      { device: '8:16', operation: 'read', buckets: [{ max: 127, count: 2 }] },
      { device: '260:1', operation: 'write', buckets: [{ max: 3, count: 1 }] },
    ],
    retransmits: [
      { family: 2, port: 5201, state: 1, count: 14 },
      { family: 10, port: 0, state: 2, count: 1 },
    ],
  });
});

test('a minor number above 255 is one', () => {
  const key = 259 * 2 ** 20 + 1000;
  const [row] = parseFrame(frame(`{"type": "hist", "data": {"@block_io": {"${key},3": []}}}`)).blockIo;
  expect(row).toEqual({ device: '259:1000', operation: 'flush', buckets: [] });
});

test('of a map that counted nothing there is no line', () => {
  expect(parseFrame(frame())).toEqual({ start: 1_796_011_270, runQueue: [], blockIo: [], retransmits: [] });
});

test('what else bpftrace tells is none of ours', () => {
  const lost = '{"type": "lost_events", "data": {"events": 3}}';
  expect(parseFrame(frame(lost)).runQueue).toEqual([]);
});

test('the bucket above all others has no upper bound', () => {
  const text = frame('{"type": "hist", "data": {"@run_queue": [{"min": 9007199254740992, "count": 1}]}}');
  expect(parseFrame(text).runQueue).toEqual([{ max: Number.POSITIVE_INFINITY, count: 1 }]);
});

// Constructed: with bpftrace 0.17, whose map was set to that by hand, the bucket of 0 µs was left out without the one below.
test('the bucket below 0 is none of ours, and stands for those above it, of 2^31 and more', () => {
  const buckets = '[{"max": -1, "count": 1}, {"min": 0, "max": 0, "count": 2147483654}]';
  const { runQueue, blockIo } = parseFrame(
    [
      `{"type": "hist", "data": {"@run_queue": ${buckets}}}`,
      `{"type": "hist", "data": {"@block_io": {"8388624,1": ${buckets}}}}`,
      end,
    ].join('\n'),
  );
  expect([runQueue, blockIo[0]?.buckets]).toEqual([
    [{ max: 0, count: 2_147_483_654 }],
    [{ max: 0, count: 2_147_483_654 }],
  ]);
});

describe('is refused:', () => {
  test.each([
    ['a frame without its end', '{"type": "map", "data": {"@events": 1}}\n', 'expected the end of a frame'],
    ['nothing', '', 'expected the end of a frame, got nothing'],
    ['an end of nothing', `${end}\n`, 'expected @run_queue, got nothing'],
    ['half a line', frame('{"type": "hist", "data": {"@run_queue": [{"min": 0, "max": 0, "cou'), 'a line of JSON'],
    ['a line that is no JSON', frame('Attaching 8 probes...'), 'a line of JSON'],
    ['a count below 0', frame('{"type":"map","data":{"@retransmits":{"2,1,1":-1}}}'), '@retransmits.2,1,1'],
    ['half a count', frame('{"type":"map","data":{"@retransmits":{"2,1,1":1.5}}}'), '@retransmits.2,1,1'],
    ['a key of other parts', frame('{"type":"map","data":{"@retransmits":{"2,1":1}}}'), 'a family, a port and a state'],
    ['a key that is a word', frame('{"type":"hist","data":{"@block_io":{"sda,1":[]}}}'), 'a device and an operation'],
    ['a histogram without buckets', frame('{"type":"hist","data":{"@run_queue":7}}'), '@run_queue'],
  ])('%s', (_, text, message) => {
    expect(() => parseFrame(text)).toThrow(message);
    expect(() => parseFrame(text)).toThrow(/^Cannot parse bpftrace -f json: expected [^\n]*$/);
  });
});

test('a line tells the start, or how much was counted, or neither', () => {
  expect([startOf(end), startOf('{"type": "map", "data": {"@events": 5}}'), startOf('')]).toEqual([
    1_796_011_270,
    undefined,
    undefined,
  ]);
  expect([eventsOf('{"type": "map", "data": {"@events": 5}}'), eventsOf(end)]).toEqual([5, undefined]);
});
