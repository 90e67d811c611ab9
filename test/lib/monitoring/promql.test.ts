import { describe, expect, test } from 'vitest';
import { gauge } from '../../../lib/metric.ts';
import { labels, metricsOf, promql, render, series, threshold, thresholdsOf } from '../../../lib/monitoring/promql.ts';

const state = gauge('pool_state', 'State.', ['pool', 'state']);
const size = gauge('pool_size_bytes', 'Size.', ['pool']);

const mostly = promql`rate(${series(state, { state: { not: ['a', 'b'] } })}[5m])`;

test.each([
  [promql`${size} > ${80}`, 'pool_size_bytes > 80'],
  [series(state, { state: 'a "b" \\c' }), String.raw`pool_state{state="a \"b\" \\c"}`],
  [series(state, { state: ['a', 'b'], pool: 'x' }), 'pool_state{state=~"a|b", pool="x"}'],
  [mostly, 'rate(pool_state{state!~"a|b"}[5m])'],
  [promql`${promql`${size} or ${state}`} unless ${size}`, 'pool_size_bytes or pool_state unless pool_size_bytes'],
  [
    promql`sum by (${labels(state, 'pool', 'state')})
      (${state})`,
    'sum by (pool, state) (pool_state)',
  ],
])('%j', (expression, text) => {
  expect(render(expression)).toBe(text);
});

test('a matcher is added to every selector', () => {
  const text = 'pool_size_bytes{job="node"} * rate(pool_state{state!~"a|b", job="node"}[5m])';
  expect(render(promql`${size} * ${mostly}`, 'job="node"')).toBe(text);
});

test('knows the metrics that it reads', () => {
  expect(metricsOf(promql`${size} / ${series(state, { pool: 'x' })}`)).toEqual([size, state]);
});

test('a label that a metric does not have is an error of the compiler, which only lint sees', () => {
  // @ts-expect-error -- misspelt
  const misspelt = series(size, { pol: 'x' });
  // @ts-expect-error -- of another metric
  const foreign = labels(size, 'state');
  expect([render(misspelt), foreign]).toEqual(['pool_size_bytes{pol="x"}', 'state']);
});

describe('a threshold', () => {
  const limit = threshold('pool_full_ratio', 0.8, 'How full a pool may get.');
  const expr = promql`${size} > ${limit}`;

  test('is its standard, or what the site sets', () => {
    expect(render(expr)).toMatch(/> 0\.8$/);
    expect(render(expr, '', { pool_full_ratio: 0.7 })).toMatch(/> 0\.7$/);
  });

  test('is known from the expression', () => expect(thresholdsOf(expr)).toEqual([limit]));
});
