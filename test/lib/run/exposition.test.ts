import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  counter,
  gauge,
  histogram,
  histogramSamples,
  sample,
  sampleOf,
  stateSet,
  type Metric,
  type Sample,
  type Value,
} from '../../../lib/metric.ts';
import { countSeries, render as renderAll } from '../../../lib/run/exposition.ts';

/** The text of samples that can all be written. */
function render(...[metrics, samples, common]: Parameters<typeof renderAll>): string {
  const { text, refused } = renderAll(metrics, samples, common);
  expect(refused).toEqual([]);
  return text;
}

const size = gauge('pool_size_bytes', 'Size of the pool.', ['pool']);
const reads = counter('pool_reads_total', 'Reads.', ['pool', 'vdev']);
const up = gauge('up', 'Whether it is up.');

test('renders families in the order of their declaration and series sorted', () => {
  const text = render(
    [up, size, reads],
    [
      sample(reads, { vdev: 'sdb', pool: 'tank' }, 7),
      sample(size, { pool: 'tank' }, 2),
      sample(size, { pool: 'rpool' }, 10),
      sample(up, {}, 1),
      sample(reads, { pool: 'tank', vdev: 'sda' }, 0),
    ],
  );
  expect(text).toBe(
    [
      '# HELP up Whether it is up.',
      '# TYPE up gauge',
      'up 1',
      '# HELP pool_size_bytes Size of the pool.',
      '# TYPE pool_size_bytes gauge',
      'pool_size_bytes{pool="rpool"} 10',
      'pool_size_bytes{pool="tank"} 2',
      '# HELP pool_reads_total Reads.',
      '# TYPE pool_reads_total counter',
      'pool_reads_total{pool="tank",vdev="sda"} 0',
      'pool_reads_total{pool="tank",vdev="sdb"} 7',
      '',
    ].join('\n'),
  );
  expect(countSeries(text)).toBe(5);
});

test('a family without samples is left out', () => {
  expect(render([size, up], [sample(up, {}, 0)])).not.toContain('pool_size_bytes');
});

describe('values', () => {
  test.each<[Value, string]>([
    [0, '0'],
    [-0, '0'],
    [1.5, '1.5'],
    [-3, '-3'],
    [1e21, '1e+21'],
    [2 ** 53 - 1, '9007199254740991'],
    [18446744073709551615n, '18446744073709551615'],
    [9007199254740993n, '9007199254740993'],
  ])('%s is printed as %s', (value, expected) => {
    expect(render([up], [sample(up, {}, value)])).toContain(`\nup ${expected}\n`);
  });

  test('no finite number is changed on its way', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const [, printed] = /^up (\S+)$/m.exec(render([up], [sample(up, {}, value)])) ?? [];
        expect(Number(printed) === value).toBe(true);
      }),
    );
  });
});

describe('escaping', () => {
  test.each([
    ['a backslash', 'a\\b', 'a\\\\b'],
    ['a quote', 'say "x"', 'say \\"x\\"'],
    ['a newline', 'a\nb', 'a\\nb'],
    ['a backslash before n', 'a\\nb', 'a\\\\nb'],
    ['a backslash at the end', 'a\\', 'a\\\\'],
    ['UTF-8', 'Zürich/日本/🦊', 'Zürich/日本/🦊'],
    ['what looks like the end of a series', '"} 1 #', '\\"} 1 #'],
    ['half a surrogate pair', 'a\ud800b\udc00', 'a\ufffdb\ufffd'],
    ['nothing', '', ''],
  ])('label value: %s', (_, value, expected) => {
    expect(render([size], [sample(size, { pool: value }, 1)])).toContain(`\npool_size_bytes{pool="${expected}"} 1\n`);
  });

  test.each([
    ['a backslash', 'a\\b', 'a\\\\b'],
    ['a quote, which stays', 'say "x"', 'say "x"'],
    ['a newline', 'a\nb', 'a\\nb'],
    ['UTF-8', 'größer', 'größer'],
  ])('HELP: %s', (_, help, expected) => {
    const metric = gauge('m', help);
    expect(render([metric], [sample(metric, {}, 1)])).toBe(`# HELP m ${expected}\n# TYPE m gauge\nm 1\n`);
  });

  const anyText = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('\\', '"', '\n', 'n', ' ', '}', 'é') }),
  );

  test('any label value can be read back, and the text ends in exactly one newline', () => {
    fc.assert(
      fc.property(anyText, (value) => {
        const text = render([size], [sample(size, { pool: value }, 1)]);
        const lines = text.split('\n');
        expect(lines).toHaveLength(4);
        expect(lines[3]).toBe('');
        expect(text.endsWith('\n\n')).toBe(false);
        const [, escaped] = /^pool_size_bytes\{pool="(.*)"\} 1$/s.exec(lines[2] ?? '') ?? [];
        expect(escaped).not.toMatch(/(?<!\\)(?:\\\\)*"/);
        expect(unescape(escaped ?? 'no such line')).toBe(value);
      }),
      { numRuns: 500 },
    );
  });

  test('the text does not depend on the order of the samples', () => {
    const distinct = fc.uniqueArray(anyText, { minLength: 1, maxLength: 8 });
    const shuffled = distinct.chain((values) =>
      fc.tuple(fc.constant(values), fc.shuffledSubarray(values, { minLength: values.length })),
    );
    fc.assert(
      fc.property(shuffled, ([one, other]) => {
        expect(sizesOf(other)).toBe(sizesOf(one));
      }),
    );
  });
});

function sizesOf(pools: readonly string[]): string {
  const samples = pools.map((pool) => sample(size, { pool }, pool.length));
  return render([size], samples);
}

/** The reader's side of the escaping, written from the format's description. */
function unescape(text: string): string {
  return text.replaceAll(/\\(.)/gs, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
}

function labelled(...labels: string[]): Metric {
  return { name: 'm', type: 'gauge', help: 'Help.', labels };
}

describe('leaves out', () => {
  const ofPool = (labels: Record<string, string>): Sample => ({ metric: size, labels, value: 1 });
  const one = sample(up, {}, 1);
  const ofBad = (metric: Metric): Sample => ({
    metric,
    labels: Object.fromEntries(metric.labels.map((label) => [label, 'x'])),
    value: 1,
  });
  const bad = (metric: Metric): [Metric[], Sample[]] => [[size, metric], [ofBad(metric)]];

  test.each<[string, Metric[], Sample[], string]>([
    ['an undeclared metric', [size], [one], 'Cannot render up: expected a declared metric, got an undeclared one'],
    [
      'another declaration of the same name',
      [size, up],
      [sample(gauge('up', 'Other help.'), {}, 1)],
      'Cannot render up: expected a declared metric, got an undeclared one',
    ],
    ['a blank HELP', ...bad(gauge('m', ' \n')), 'Cannot render m: expected a HELP text, got none'],
    ['a metric name with a dash', ...bad(gauge('a-b', 'H.')), 'expected a metric name, got "a-b"'],
    ['a metric name with a newline', ...bad(gauge('a\n', 'H.')), 'expected a metric name, got "a\\n"'],
    ['a metric name that begins with a digit', ...bad(gauge('1m', 'H.')), 'expected a metric name, got "1m"'],
    ['no metric name', ...bad(gauge('', 'H.')), 'expected a metric name, got ""'],
    ['a counter without _total', ...bad(counter('m', 'H.')), 'ends in _total on counters only, got counter'],
    ['a gauge with _total', ...bad(gauge('m_total', 'H.')), 'ends in _total on counters only, got gauge'],
    ['a label name with a dash', ...bad(labelled('a-b')), 'Cannot render m: expected label names, got "a-b"'],
    ['a label name with a colon', ...bad(labelled('a:b')), 'expected label names, got "a:b"'],
    ['a reserved label name', ...bad(labelled('__name__')), 'expected label names, got "__name__"'],
    // node_exporter skips the whole file for a label name that stands there twice.
    ['a label that is declared twice', ...bad(labelled('a', 'a')), 'Cannot render m: expected label'],
    ['a second declaration of a name', ...bad(gauge(size.name, 'Other help.')), 'expected one declaration, got two'],
    ['a missing label', [size], [ofPool({})], 'Cannot render pool_size_bytes: expected labels pool, got '],
    ['one label too many', [size], [ofPool({ pool: 'a', vdev: 'b' })], 'expected labels pool, got pool, vdev'],
    ['another label', [size], [ofPool({ vdev: 'b' })], 'expected label pool, got a sample without it'],
    ['NaN', [size, up], [sample(up, {}, Number.NaN)], 'Cannot render up: expected a finite value, got NaN'],
    ['+Inf', [size, up], [sample(up, {}, Infinity)], 'Cannot render up: expected a finite value, got Infinity'],
    ['-Inf', [size, up], [sample(up, {}, -Infinity)], 'Cannot render up: expected a finite value, got -Infinity'],
  ])('%s, and nothing else', (_, metrics, samples, message) => {
    const { text, refused } = renderAll(metrics, [...samples, sample(size, { pool: 'good' }, 7)]);
    expect(refused).toEqual([expect.stringContaining(message)]);
    expect(text).toBe(render([size], [sample(size, { pool: 'good' }, 7)]));
  });

  // Which of two values is the right one, nobody knows.
  test('a series that has several values, wholly', () => {
    const samples = [
      ['a', 1],
      ['b', 1],
      ['a', 2],
      ['c', 1],
      ['a', 1],
    ] as const;
    const { text, refused } = renderAll(
      [size],
      samples.map(([pool, value]) => sample(size, { pool }, value)),
    );
    const reason = 'Cannot render pool_size_bytes: expected each series once, got pool_size_bytes{pool="a"} 3 times';
    expect(refused).toEqual([reason, reason, reason]);
    expect(text).toBe(render([size], [sample(size, { pool: 'b' }, 1), sample(size, { pool: 'c' }, 1)]));
  });

  test('what differs in nothing that UTF-8 can say', () => {
    const samples = ['\ud800', '\ud801'].map((pool, value) => sample(size, { pool }, value));
    expect(renderAll([size], samples).refused).toHaveLength(2);
  });

  test('what is told a second time, but for the first', () => {
    const { text, refused } = renderAll([up], [one, one]);
    expect(refused).toEqual(['Cannot render up: expected each series once, got up twice']);
    expect(text).toBe(render([up], [one]));
  });
});

describe('samples', () => {
  test('absent is no sample, and true and false are 1 and 0', () => {
    const values = [undefined, false, true, 0, 5n].map((value) => [...sampleOf(up, {}, value)].map((s) => s.value));
    expect(values).toEqual([[], [0], [1], [0], [5n]]);
  });

  test('a state set has 1 for the current state and 0 for all others', () => {
    const state = gauge('pool_state', 'State.', ['pool', 'state']);
    const samples = [...stateSet(state, { pool: 'tank' }, ['online', 'degraded', 'unknown'], 'degraded')];
    expect(samples.map(({ labels, value }) => [labels['state'], value])).toEqual([
      ['online', 0],
      ['degraded', 1],
      ['unknown', 0],
    ]);
  });
});

test('common labels stand after the own ones of every series', () => {
  const up = gauge('up', 'Up.');
  const info = gauge('some_info', 'Info.', ['name']);
  const text = render([up, info], [sample(up, {}, 1), sample(info, { name: 'a' }, 1)], { netns: 'blue "1"' });
  expect(text).toContain('\nup{netns="blue \\"1\\""} 1\n');
  expect(text).toContain('\nsome_info{name="a",netns="blue \\"1\\""} 1\n');
});

describe('histograms', () => {
  const wait = histogram('wait_seconds', 'How long.', ['pool']);
  const samples = (pool: string) =>
    histogramSamples(
      wait,
      { pool },
      [
        [0.5, 1],
        [2, 3n],
        [10, 3],
      ],
      4,
    );
  const text = (pool: string): string =>
    `wait_seconds_bucket{pool="${pool}",le="0.5"} 1\nwait_seconds_bucket{pool="${pool}",le="2"} 3\n` +
    `wait_seconds_bucket{pool="${pool}",le="10"} 3\nwait_seconds_bucket{pool="${pool}",le="+Inf"} 4\n` +
    `wait_seconds_sum{pool="${pool}"} NaN\nwait_seconds_count{pool="${pool}"} 4\n`;

  test('have their buckets in the order of le, and a sum that is not known', () => {
    expect(render([wait], [...samples('b'), ...samples('a')])).toBe(
      `# HELP wait_seconds How long.\n# TYPE wait_seconds histogram\n${text('a')}${text('b')}`,
    );
  });
  test('a bare sample is refused', () => {
    expect(renderAll([wait], [sample(wait, { pool: 'a' }, 1)]).refused).toEqual([
      expect.stringContaining('expected a sample of a histogram'),
    ]);
  });
  test('no bucket may be unknown', () => {
    expect(renderAll([wait], histogramSamples(wait, { pool: 'a' }, [[1, Number.NaN]], 0)).refused).toEqual([
      expect.stringContaining('a finite value'),
    ]);
  });
});
