import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { dashboardText } from '../../build/dashboards/dashboard.ts';
import { dashboards } from '../../build/dashboards/list.ts';
import { isLeftOut } from '../tools.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { withoutData } from './without-data.ts';

/** What Grafana fills in, for a picture of the few seconds that there are. */
const filledIn: Readonly<Record<string, string>> = {
  $__rate_interval: '5s',
  $__interval_ms: '5000',
  $__interval: '5s',
  $__range: '1h',
  $rows: '50',
  $job: '.*',
  $env: '.*',
  $instance: '.*',
  $device: '.*',
};

const schema = z.object({
  templating: z.object({ list: z.array(z.object({ name: z.string(), query: z.optional(z.unknown()) })) }),
  annotations: z.object({ list: z.array(z.object({ name: z.string(), expr: z.optional(z.string()) })) }),
  panels: z.array(
    z.object({
      type: z.string(),
      title: z.string(),
      targets: z.optional(z.array(z.object({ expr: z.string(), instant: z.optional(z.boolean()) }))),
    }),
  ),
});

describe.skipIf(isLeftOut('live'))('Prometheus, which has scraped a fleet of recorded machines,', () => {
  let fleet: Fleet | undefined;
  beforeAll(async () => {
    fleet = await startFleet();
    await fleet.run(9);
    fleet.kill('node09');
    await fleet.run(4);
  }, 120_000);
  afterAll(async () => fleet?.stop());

  test('finds the machine that is down the worst, and those with critical alerts after it', async () => {
    const worst = await ask(fleet, 'sort_desc(instance:alerts_firing:worst)', true);
    const values = worst
      .map((one) => z.parse(vector, one))
      .map(({ metric, value }) => [metric.instance, Number(value[1])] as const);
    expect(values[0]).toEqual(['node09', 3]);
    expect(values.find(([name]) => name === 'node02')?.[1]).toBeCloseTo(2, 1);
  });

  test('counts the machines, and no other target', async () => {
    const [worst, nodes] = await Promise.all(
      ['instance:alerts_firing:worst', 'count(up{job="node"})'].map(async (expr) => ask(fleet, expr, true)),
    );
    expect(nodes).toMatchObject([{ value: [expect.any(Number), String(worst?.length)] }]);
  });

  describe.each(dashboards)('the dashboard $name', ({ name, dashboard }) => {
    const { panels, annotations, templating } = schema.parse(JSON.parse(dashboardText(dashboard)));
    const queries = panels.flatMap(({ title, type, targets = [] }) =>
      targets.map(({ expr, instant = false }) => ({ title, type, expr, instant })),
    );

    test('has an answer to every question, but for those with a reason', async () => {
      const unanswered: string[] = [];
      for (const { title, expr, instant } of queries) {
        const series = await ask(fleet, expr, instant);
        if (series.length === 0) unanswered.push(`${title}: ${expr}`);
      }
      const known = Object.keys(withoutData[name] ?? {});
      expect(unanswered.filter((one) => !known.some((start) => one.startsWith(start)))).toEqual([]);
      // A reason that holds no longer is taken out.
      expect(known.filter((start) => !unanswered.some((one) => one.startsWith(start)))).toEqual([]);
    });

    test('draws no more lines than can be told apart', async () => {
      const many: string[] = [];
      for (const { title, type, expr, instant } of queries) {
        if (type === 'table') continue;
        const series = await ask(fleet, expr.replaceAll('$instance', 'node01'), instant);
        if (series.length > 24) many.push(`${title}: ${series.length}`);
      }
      expect(many).toEqual([]);
    });

    test('knows what is annotated, and what to choose from', async () => {
      const exprs = annotations.list.flatMap(({ expr }) => (expr === undefined ? [] : [expr]));
      for (const expr of exprs) expect(await ask(fleet, expr, false), expr).not.toEqual([]);
      for (const { name: variable, query } of templating.list) {
        const text = z.safeParse(z.object({ query: z.string() }), query);
        if (!text.success) continue;
        const [, selector = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(text.data.query) ?? [];
        expect(label).toBe(variable);
        const series = await ask(fleet, `group by (${label}) (${selector})`, true);
        expect(series.length, text.data.query).toBeGreaterThan(0);
      }
    });
  });
});

const vector = z.object({ metric: z.object({ instance: z.string() }), value: z.tuple([z.number(), z.string()]) });

const answer = z.object({
  status: z.string(),
  error: z.optional(z.string()),
  data: z.optional(z.object({ result: z.array(z.unknown()) })),
});

/** The series that Prometheus answers with, now or over all the time that there was. */
async function ask(fleet: Fleet | undefined, expr: string, instant: boolean): Promise<readonly unknown[]> {
  const query = Object.entries(filledIn).reduce((text, [name, value]) => text.replaceAll(name, () => value), expr);
  const now = Date.now() / 1000;
  const fields = instant ? { time: String(now) } : { start: String(fleet?.since), end: String(now), step: '1' };
  const url = `http://${fleet?.address}/api/v1/${instant ? 'query' : 'query_range'}`;
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams({ query, ...fields }) });
  const { status, error, data } = z.parse(answer, await response.json());
  if (status !== 'success') throw new Error(`Cannot ask ${query}: ${error ?? 'no answer'}`);
  return data?.result ?? [];
}
