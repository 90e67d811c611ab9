import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { dashboardText } from '../../build/dashboards/dashboard.ts';
import { dashboards } from '../../build/dashboards/list.ts';
import { selectorOf } from '../../build/dashboards/variables.ts';
import { expressionsOf } from '../../lib/monitoring/dashboard.ts';
import { metricsOf } from '../../lib/monitoring/promql.ts';

const root = path.join(import.meta.dirname, '../..');

const datasource = z.strictObject({ type: z.literal('prometheus'), uid: z.literal('${datasource}') });
const target = z.object({
  refId: z.string().check(z.regex(/^[A-Z]$/)),
  expr: z.string(),
  legendFormat: z.optional(z.string().check(z.minLength(1))),
  datasource,
});
const panelSchema = z.object({
  id: z.int(),
  type: z.enum(['row', 'stat', 'bargauge', 'timeseries', 'state-timeline', 'heatmap', 'table']),
  title: z.string().check(z.minLength(1)),
  gridPos: z.object({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
  targets: z.optional(z.array(target).check(z.minLength(1))),
});
const variable = z.object({ name: z.string(), type: z.string(), includeAll: z.optional(z.boolean()) });
const link = z.object({ title: z.string(), url: z.optional(z.string()) });
const schema = z.object({
  uid: z.string().check(z.regex(/^[a-z-]{1,40}$/)),
  title: z.string(),
  schemaVersion: z.literal(42),
  templating: z.object({ list: z.array(variable) }),
  annotations: z.object({ list: z.array(z.object({ name: z.string(), expr: z.optional(z.string()) })) }),
  links: z.array(link),
  panels: z.array(panelSchema),
});

const uids = dashboards.map(({ dashboard }) => dashboard.uid);

describe.each(dashboards)('the dashboard $name', ({ name, dashboard }) => {
  const text = dashboardText(dashboard);
  const { uid, panels, templating, links } = schema.parse(JSON.parse(text));
  const panelsOf = [dashboard.now, ...dashboard.rows].flatMap((row) => row.panels);

  test('is what npm run build writes', () => {
    expect(readFileSync(path.join(root, 'dist/dashboards', `${name}.json`), 'utf8')).toBe(text);
  });

  test('has an identity of its own', () => {
    expect(uids.filter((one) => one === uid)).toHaveLength(1);
  });

  test('shows one machine until more are chosen, or the whole fleet', () => {
    const names = templating.list.map((one) => one.name);
    expect(names.slice(0, 4)).toEqual(['datasource', 'logs', 'job', 'env']);
    expect(names.includes('instance')).toBe(dashboard.machines !== 'fleet');
    // Where there is no value for all, Grafana takes the first machine.
    const instance = templating.list.find((one) => one.name === 'instance');
    expect(instance?.includeAll ?? false).toBe(dashboard.machines === 'any');
  });

  test('asks for the chosen machines in every selector', () => {
    const exprs = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    const selectors = panelsOf.flatMap(expressionsOf).flatMap(metricsOf);
    const found = exprs.join('\n').split(selectorOf(dashboard)).length - 1;
    // In a table the first column stands in each of the others again.
    expect(found).toBeGreaterThanOrEqual(selectors.length);
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

  test('links to dashboards that there are', () => {
    expect(links.map(({ title }) => title)).toContain('Dashboards');
    const linked = [...text.matchAll(/"\/d\/([a-z-]+)\?/g)].map(([, one]) => one ?? '');
    expect(linked.filter((one) => !uids.includes(one))).toEqual([]);
    expect(linked.includes('textfile-node')).toBe(true);
  });

  test('names series by labels that they have', () => {
    const queries = panelsOf.flatMap((panel) => ('queries' in panel ? panel.queries : []));
    const unknown = queries.flatMap(({ expr, legend }) => {
      const known = new Set(['instance', 'netns', ...metricsOf(expr).flatMap((metric) => metric.labels)]);
      return [...legend.matchAll(/\{\{(\w+)\}\}/g)].filter(([, label = '']) => !known.has(label)).map(() => legend);
    });
    expect(unknown).toEqual([]);
  });

  test('says of each line of a graph which machine it is of, where there is more than one', () => {
    const queries = panelsOf.flatMap((panel) => ('queries' in panel ? panel.queries : []));
    const without = queries.filter(({ legend }) => !legend.startsWith('{{instance}}'));
    const sums = without.filter(({ expr }) => /\b(sum|count|quantile|max) ?\(|^quantile/.test(exprText(expr)));
    expect(without.filter((one) => !sums.includes(one))).toEqual([]);
  });

  test('joins what is of one network namespace', () => {
    const joins = [...text.matchAll(/\bon \(instance([^)]*)\) group_/g)].map(([, labels = '']) => labels.split(', '));
    expect(joins.filter((labels) => !labels.includes('netns'))).toEqual([]);
  });
});

function exprText({ parts }: { readonly parts: readonly unknown[] }): string {
  return parts.map((part) => (typeof part === 'string' ? part : '')).join('');
}
