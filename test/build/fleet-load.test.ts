import { describe, expect, test } from 'vitest';
import { measureLoad } from '../../build/fleet/load/measure.ts';
import { loadTables } from '../../build/fleet/load/tables.ts';
import { withoutAmtool } from '../amtool.ts';
import { withoutPromtool } from '../promtool.ts';
import { readFixture } from '../replay.ts';

const measured = {
  nodes: 100,
  series: 200_000,
  samplesPerSecond: 20_000,
  memory: 500e6,
  processors: 0.4,
  rules: 0.25,
  slowest: { name: 'zfs', seconds: 0.1 },
  overview: 0.05,
};

describe('the load of a fleet', () => {
  test.skipIf(withoutPromtool || withoutAmtool)(
    'is measured by a Prometheus that scrapes every machine',
    async () => {
      const text = readFixture('tcp', 'healthy', 'expected.prom');
      const page = { text, clock: Date.now() / 1000 };
      const { nodes, series, ...found } = await measureLoad(page, {
        nodes: 3,
        scrapeSeconds: 1,
        evaluationSeconds: 1,
        scrapes: 6,
      });
      const own = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
      expect(nodes).toBe(3);
      expect(series).toBeGreaterThan(3 * own);
      for (const value of [found.samplesPerSecond, found.memory, found.processors, found.rules, found.overview])
        expect(value).toBeGreaterThan(0);
    },
    90_000,
  );

  test('is told for fleets of other sizes by the difference of two', () => {
    const half = { ...measured, nodes: 50, series: 100_000, memory: 300e6 };
    const tables = loadTables([], [half, measured]);
    expect(tables).toMatch(/^\| 100 +\| 200,000 +\| 20,000 +\| 0\.40 +\| 500 MB \| 250 ms +\| zfs, 100 ms +\| 50 ms/m);
    // Ten times the series are 1.8 million more, of 2 kB each; every 30 s for ten times as many is three times as often as every 10 s.
    expect(tables).toMatch(/^\| 1,000 +\| 30 s +\| 2,000,000 +\| 66,667 +\| 1\.33 +\| 4\.1 GB +\| 173 GB +\| 2\.5 s/m);
  });
});
