import { describe, expect, test } from 'vitest';
import { gauge, sample } from '../../../lib/metric.ts';
import { seam } from '../../../lib/run/seam.ts';

function telling() {
  const told: string[] = [];
  const run = seam({
    report: (source, target, reason) => told.push(`${source} ${target}: ${reason ?? 'read'}`),
    skip: (reason) => told.push(reason),
    drop: (series) => told.push(`${series} left out`),
  });
  return { told, run };
}

describe('a source', () => {
  test('that was read is reported', async () => {
    const { told, run } = telling();
    expect(await run.read('zpool list', 'tank', () => 7)).toBe(7);
    expect(told).toEqual(['zpool list tank: read']);
  });

  test('whose reader throws, at once or later, is reported with the reason', async () => {
    const { told, run } = telling();
    const at = (): never => {
      throw new Error('no such file');
    };
    expect(await run.read('sockstat', '', at)).toBeUndefined();
    expect(await run.read('sockstat', '', async () => at())).toBeUndefined();
    expect(told).toEqual(['sockstat : no such file', 'sockstat : no such file']);
  });
});

test('a value that makes no sense is told and costs itself', () => {
  const { told, run } = telling();
  const values = ['1', 'x', '3'].map((text) =>
    run.attempt(() => {
      if (text === 'x') throw new SyntaxError('Cannot parse it');
      return Number(text);
    }),
  );
  expect({ values, told }).toEqual({ values: [1, undefined, 3], told: ['Cannot parse it'] });
});

test('a limit keeps the first and counts the series of the others', () => {
  const { told, run } = telling();
  const metric = gauge('a', 'A.', ['name']);
  const both = (name: string) => [sample(metric, { name }, 1), sample(metric, { name: `${name}2` }, 1)];
  const kept = [...run.limited(['x', 'y', 'z'], 1, both)];
  expect(kept.map(({ labels }) => labels['name'])).toEqual(['x', 'x2']);
  expect(told).toEqual(['2 left out', '2 left out']);
});
