import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ruleFiles, rulesText } from '../build/rules.ts';
import { metricsOf } from '../lib/promql.ts';
import { promtoolTest, withoutPromtool } from './promtool.ts';
import { firing } from './goldens-firing.ts';
import { recordedSeries } from './recorded.ts';

/** Each recorded machine stays as it is for a week. */
const [step, steps] = [12 * 3600, 14];

let scratch = '';
beforeAll(async () => {
  scratch = await mkdtemp(path.join(os.tmpdir(), 'textfile-goldens-'));
});
afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

describe.skipIf(withoutPromtool)('on recorded machines', () => {
  test.each(ruleFiles.filter(({ name }) => firing[name] !== undefined))(
    'the alerts of $name fire where they should, and nowhere else',
    async (file) => {
      const { name, alerts } = file;
      const rules = path.join(scratch, `${name}.yml`);
      await writeFile(rules, rulesText(file));
      const metrics = alerts.flatMap(({ expr }) => metricsOf(expr));
      const input = recordedSeries(name, metrics, { step, steps });
      const names = [...new Set(alerts.map((alert) => alert.name))];
      const questions = names.map((alert) => ({
        expr: `group by (instance) (ALERTS{alertname="${alert}", alertstate="firing"})`,
        eval_time: `${step * steps}s`,
        exp_samples: (firing[name]?.[alert] ?? []).map((machine) => ({ labels: `{instance="${machine}"}`, value: 1 })),
      }));
      const group = { interval: `${step}s`, input_series: input, promql_expr_test: questions };
      const test = { rule_files: [rules], evaluation_interval: `${step}s`, tests: [group] };
      expect(await promtoolTest(test)).toBe('');
    },
  );
});
