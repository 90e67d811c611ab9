import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ruleFiles } from '../../build/stack/rule-files.ts';
import { slices } from '../../collectors/index.ts';
import { metricsOf } from '../../lib/monitoring/promql.ts';
import { rulesText } from '../../lib/monitoring/rules.ts';
import { anySite } from '../../lib/monitoring/site.ts';
import { promtoolTest, withoutPromtool } from '../promtool.ts';
import { recordedSeries } from '../recorded.ts';
import { fixture, readFixture } from '../replay.ts';
import { casesOf } from './cases.ts';

/**
 * Each recorded machine stays as it is for a week. Where a recording rule remembers since when, for 28 hours in steps that it
 * survives: it forgets after five minutes.
 */
const courseOf = (name: string) =>
  name === 'replication-lag' ? { step: 240, steps: 420 } : { step: 12 * 3600, steps: 14 };

let scratch = '';
beforeAll(async () => {
  scratch = await mkdtemp(path.join(os.tmpdir(), 'textfile-goldens-'));
});
afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

const firing: Record<string, Readonly<Record<string, readonly string[]>>> = {};
for (const { name } of slices) firing[name] = (await casesOf(name)).firing ?? {};

/** What a recording itself says of its making. */
const sayings = {
  TextfileCollectorSourceFailing: /^textfile_collector_source_success\{.*\} 0$/m,
  TextfileCollectorSeriesDropped: /^textfile_collector_series_dropped\{.*\} [1-9]/m,
  TextfileCollectorParseErrors: /^textfile_collector_parse_errors\{.*\} [1-9]/m,
};

describe.skipIf(withoutPromtool)('on recorded machines', () => {
  test.each(Object.entries(firing))(
    'the alerts of %s fire where they should, and nowhere else',
    async (name, machines) => {
      expect(await differences(name, name, machines)).toBe('');
    },
    // A day of many machines: a minute of processor time.
    300_000,
  );

  test.each(Object.keys(firing))('the alerts on the collector %s itself, too', async (name) => {
    const recordings = readdirSync(fixture(name)).map((machine) => [
      machine,
      readFixture(name, machine, 'expected.prom'),
    ]);
    const machines = Object.entries(sayings).map(([alert, saying]) => {
      return [alert, recordings.filter(([, text = '']) => saying.test(text)).map(([machine = '']) => machine)];
    });
    expect(await differences('textfile-collector', name, Object.fromEntries(machines))).toBe('');
  });
});

/** Between what fires in the rules of `name` on the recordings of `collector`, and the machines on which it should. */
async function differences(
  name: string,
  collector: string,
  machines: Readonly<Record<string, readonly string[]>>,
): Promise<string> {
  const file = ruleFiles.find((one) => one.name === name);
  if (file === undefined) throw new Error(`Cannot test the rules of ${name}: expected some, got none`);
  const { step, steps } = courseOf(name);
  const rules = path.join(scratch, `${name}.yml`);
  await writeFile(rules, rulesText(file, anySite));
  const metrics = [...file.records, ...file.alerts].flatMap(({ expr }) => metricsOf(expr));
  const questions = [...new Set(file.alerts.map((alert) => alert.name))].map((alert) => ({
    expr: `group by (instance) (ALERTS{alertname="${alert}", alertstate="firing"})`,
    eval_time: `${step * steps}s`,
    exp_samples: (machines[alert] ?? []).map((machine) => ({ labels: `{instance="${machine}"}`, value: 1 })),
  }));
  const input = recordedSeries(collector, metrics, { step, steps });
  const group = { interval: `${step}s`, input_series: input, promql_expr_test: questions };
  return promtoolTest({ rule_files: [rules], evaluation_interval: `${step}s`, tests: [group] });
}
