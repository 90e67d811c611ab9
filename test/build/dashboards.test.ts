import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { dashboards, dashboardText } from '../../build/dashboards.ts';
import type { Metric } from '../../lib/metric.ts';
import * as nodeExporter from '../../lib/monitoring/node-exporter.ts';
import { metricsOf, render } from '../../lib/monitoring/promql.ts';
import { promtoolTest, withoutPromtool } from '../promtool.ts';
import { recordedSeries } from '../recorded.ts';

const root = path.join(import.meta.dirname, '../..');

const datasource = z.strictObject({ type: z.literal('prometheus'), uid: z.literal('${datasource}') });
const target = z.object({
  refId: z.string().check(z.regex(/^[A-Z]$/)),
  expr: z.string().check(z.includes('instance=~"$instance"')),
  legendFormat: z.string().check(z.startsWith('{{instance}}')),
  datasource,
});
const panelSchema = z.object({
  id: z.int(),
  type: z.enum(['row', 'stat', 'timeseries', 'state-timeline']),
  title: z.string().check(z.minLength(1)),
  gridPos: z.object({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
  targets: z.optional(z.array(target).check(z.minLength(1))),
});
const schema = z.object({
  uid: z.string().check(z.regex(/^[a-z-]{1,40}$/)),
  title: z.string(),
  schemaVersion: z.literal(39),
  templating: z.object({ list: z.array(z.object({ name: z.string(), type: z.string() })) }),
  panels: z.array(panelSchema),
});

describe.each(dashboards)('the dashboard of $name', ({ name, dashboard }) => {
  const { uid, panels, templating } = schema.parse(JSON.parse(dashboardText(dashboard)));

  test('is what npm run build writes', () => {
    expect(readFileSync(path.join(root, 'dist/dashboards', `${name}.json`), 'utf8')).toBe(dashboardText(dashboard));
  });

  test('has an identity of its own', () => {
    expect(dashboards.filter((one) => one.dashboard.uid === uid)).toHaveLength(1);
    expect(templating.list.map((one) => `${one.type} ${one.name}`)).toEqual([
      'datasource datasource',
      'query instance',
    ]);
  });

  test('has panels that differ, ask something, and do not lie on each other', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(panels.filter(({ type, targets }) => (type === 'row') !== (targets === undefined))).toEqual([]);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.filter(({ gridPos }) => gridPos.x + gridPos.w > 24)).toEqual([]);
  });

  const queries = dashboard.rows.flatMap(({ panels }) => panels.flatMap((panel) => panel.queries));

  test('names series by labels that they have', () => {
    const unknown = queries.flatMap(({ expr, legend }) => {
      const known = new Set(['instance', 'netns', ...metricsOf(expr).flatMap((metric) => metric.labels)]);
      return [...legend.matchAll(/\{\{(\w+)\}\}/g)].filter(([, label = '']) => !known.has(label)).map(() => legend);
    });
    expect(unknown).toEqual([]);
  });

  test.skipIf(withoutPromtool)('has an answer to every question on some recorded machine', async () => {
    const course = { step: 60, steps: 10, growth: 1 };
    const input = [
      ...recordedSeries(
        name,
        queries.flatMap(({ expr }) => metricsOf(expr)),
        course,
      ),
      ...Object.values<Metric>(nodeExporter).map((metric) => ({
        series: `${metric.name}{instance="healthy"}`,
        values: '1+1x10',
      })),
    ];
    const questions = queries.map(({ expr }) => ({
      expr: `group(${render(expr, 'instance=~".*"').replaceAll('$__rate_interval', '5m')})`,
      eval_time: '10m',
      exp_samples: [{ labels: '{}', value: 1 }],
    }));
    const group = { interval: '1m', input_series: input, promql_expr_test: questions };
    expect(await promtoolTest({ evaluation_interval: '1m', tests: [group] })).toBe('');
  });
});
