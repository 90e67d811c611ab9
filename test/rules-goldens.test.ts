import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { ruleFiles, rulesText } from '../build/rules.ts';
import { metricsOf } from '../lib/promql.ts';
import { promtoolTest } from './alert-case.ts';
import { firing } from './goldens-firing.ts';
import { fixture, readFixture, seriesOf } from './replay.ts';

const leftOut = (process.env['TEXTFILE_TEST_WITHOUT'] ?? '').split(',').includes('promtool');

/** Each recorded machine stays as it is for a week. */
const [step, steps] = [12 * 3600, 14];

let scratch = '';
beforeAll(async () => {
  scratch = await mkdtemp(path.join(os.tmpdir(), 'textfile-goldens-'));
});
afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

describe.skipIf(leftOut)('on recorded machines', () => {
  test.each(ruleFiles.filter(({ name }) => firing[name] !== undefined))(
    'the alerts of $name fire where they should, and nowhere else',
    async (file) => {
      const { name, alerts } = file;
      const rules = path.join(scratch, `${name}.yml`);
      await writeFile(rules, rulesText(file));
      const read = new Set(alerts.flatMap(({ expr }) => metricsOf(expr).map((metric) => metric.name)));
      const input = readdirSync(fixture(name)).flatMap((machine) => inputOf(name, machine, read));
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

/** The golden's series of the metrics in `read`, as those of a machine that is named after it. */
function inputOf(collector: string, machine: string, read: ReadonlySet<string>) {
  const clock = clockOf(collector, machine);
  return [...seriesOf(readFixture(collector, machine, 'expected.prom'))]
    .filter(([series]) => read.has(series.replace(/\{.*/s, '')))
    .map(([series, value]) => ({ series: onMachine(series, machine), values: values(series, value, clock) }));
}

function onMachine(series: string, machine: string): string {
  const [, name = '', labels = ''] = /^(\w+)(?:\{(.*)\})?$/s.exec(series) ?? [];
  return `${name}{instance="${machine}"${labels === '' ? '' : ','}${labels}}`;
}

/** Time begins at 0 in promtool: a timestamp keeps its distance from now. */
function values(series: string, value: string, clock: number): string {
  const isTime = /^\w+(_timestamp|_handshake)_seconds\b/.test(series) && value !== '0';
  return isTime ? `${(Number(value) - clock).toFixed(3)}+${step}x${steps}` : `${value}x${steps}`;
}

function clockOf(collector: string, machine: string): number {
  return z.object({ clock: z.number() }).parse(JSON.parse(readFixture(collector, machine, 'recording.json'))).clock;
}
