import { describe, expect, test } from 'vitest';
import { dashboardText } from '../../build/dashboards/dashboard.ts';
import { dashboards } from '../../build/dashboards/list.ts';
import { dashboardSchema } from '../../build/preview/dashboard.ts';
import { colored, written } from '../../build/preview/reading.ts';
import { rowsOf } from '../../build/preview/rows.ts';

describe('the preview', () => {
  test.each(dashboards)('reads the JSON of $name', ({ dashboard }) => {
    const { panels } = dashboardSchema.parse(JSON.parse(dashboardText(dashboard)));
    expect(panels.length).toBeGreaterThan(3);
  });

  test('knows every transformation of the tables', () => {
    const tables = dashboards
      .flatMap(({ dashboard }) => dashboardSchema.parse(JSON.parse(dashboardText(dashboard))).panels)
      .filter(({ type }) => type === 'table');
    expect(tables.length).toBeGreaterThan(5);
    for (const panel of tables) {
      const answers = (panel.targets ?? []).map((_, index) => [
        { labels: { instance: 'node01' }, points: [[0, index] as const] },
      ]);
      expect(rowsOf(panel, answers).rows).toHaveLength(1);
    }
  });

  test('writes and colours values as Grafana does', () => {
    expect(written(0.734, { unit: 'percentunit' })).toBe('73.4%');
    expect(written(1536, { unit: 'bytes' })).toBe('1.5 KiB');
    expect(written(90, { unit: 's' })).toBe('1.5 mins');
    const steps = [
      { value: null, color: 'green' },
      { value: 0.8, color: 'red' },
    ];
    expect(colored(0.79, { thresholds: { steps } })).toBe('#73bf69');
    expect(colored(0.8, { thresholds: { steps } })).toBe('#f2495c');
  });
});
