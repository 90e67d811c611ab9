import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Metric, type Sample, counter, gauge, histogram, histogramSamples, sample } from '../../../lib/metric.ts';
import { render } from '../../../lib/run/exposition.ts';
import { parseExposition } from '../../faults/exposition-parser.ts';
import { complaints, withoutPromtool } from '../../promtool.ts';
import { seriesOf } from '../../replay.ts';

const size = gauge('pool_size_bytes', 'Size; \\ and "quotes"\nand a line.', ['pool', 'path']);
const reads = counter('pool_reads_total', 'Reads.', ['pool']);
const up = gauge('up', 'Up.');
const wait = histogram('pool_wait_seconds', 'Waits.', ['pool']);
const metrics: readonly Metric[] = [size, reads, up, wait];

/** What another program may call a thing: any character, the format's own ones often, and one name often twice. */
const name = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('\\', '"', '\n', 'n', '\r', ' ', '}', '#', '\u2028', '\0', '\ud800') }),
  fc.constantFrom('tank', 'constructor', '__proto__', 'x'.repeat(255)),
);
const value = fc.oneof(fc.double(), fc.integer(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
const single = fc.oneof(
  fc.tuple(name, name, value).map(([pool, path, number]) => sample(size, { pool, path }, number)),
  fc.tuple(name, value).map(([pool, number]) => sample(reads, { pool }, number)),
  value.map((number) => sample(up, {}, number)),
);
const waits = fc.tuple(name, fc.array(fc.nat(9), { minLength: 1, maxLength: 5 })).map(([pool, counts]) => [
  ...histogramSamples(
    wait,
    { pool },
    counts.map((_, k) => [2 ** k, sum(counts, k + 1)]),
    sum(counts),
  ),
]);
const samples = fc
  .array(
    fc.oneof(
      single.map((one) => [one]),
      waits,
    ),
    { maxLength: 20 },
  )
  .map((all) => all.flat());

function sum(counts: readonly number[], first = counts.length): number {
  return counts.slice(0, first).reduce((all, one) => all + one, 0);
}

describe('whatever there is to write', () => {
  test('a reader that knows nothing of the writer reads it, and each sample is in it or is told of', () => {
    fc.assert(
      fc.property(samples, (given) => {
        const { text, refused } = render(metrics, given);
        expect(text === '' ? [] : parseExposition(text)).toEqual([]);
        expect(seriesOf(text).size + refused.length).toBe(given.length);
      }),
      { numRuns: 500 },
    );
  });

  test('what is read is what was given', () => {
    const distinct = fc.uniqueArray(single, { selector: seriesIn, maxLength: 20 });
    fc.assert(
      fc.property(distinct, (given) => {
        const finite = given.filter((one) => typeof one.value === 'bigint' || Number.isFinite(one.value));
        const { text } = render(metrics, given);
        const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
        expect(lines.map(read).sort()).toEqual(finite.map((one) => `${seriesIn(one)} ${Number(one.value)}`).sort());
      }),
      { numRuns: 500 },
    );
  });

  test.skipIf(withoutPromtool)('promtool finds nothing wrong', async () => {
    // A run of it takes longer than a thousand texts.
    for (let batch = 0; batch < 4; batch += 1) {
      const seed = Math.floor(Math.random() * 2 ** 31);
      const { text } = render(metrics, fc.sample(samples, { numRuns: 50, seed }).flat());
      expect(await complaints(text), `seed ${seed}`).toEqual([]);
    }
  });
});

/** Without what UTF-8 cannot say. */
function seriesIn({ metric, labels }: Sample): string {
  const shown = metric.labels.map((label) => Buffer.from(labels[label] ?? '').toString());
  return JSON.stringify([metric.name, ...shown]);
}

/** The reader's side of the escaping, written from the format's description. */
function read(line: string): string {
  const at = line.lastIndexOf(' ');
  const [, metric = '', labels = ''] = /^(\w+)(?:\{(.*)\})?$/s.exec(line.slice(0, at)) ?? [];
  const texts = [...labels.matchAll(/\w+="((?:[^"\\]|\\.)*)"(?:,|$)/gs)].map(([, text = '']) =>
    text.replaceAll(/\\(.)/gs, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)),
  );
  return `${JSON.stringify([metric, ...texts])} ${Number(line.slice(at + 1))}`;
}
