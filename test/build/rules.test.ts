import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ruleFiles } from '../../build/stack/rule-files.ts';
import { slices } from '../../collectors/index.ts';
import type { AlertCase } from '../../lib/monitoring/alert.ts';
import { metricsOf, render } from '../../lib/monitoring/promql.ts';
import { type RuleFile, rulesText } from '../../lib/monitoring/rules.ts';
import { anySite } from '../../lib/monitoring/site.ts';
import { differences } from '../alerts/alert-case.ts';
import { casesOf } from '../alerts/cases.ts';
import { promtool, withoutPromtool } from '../promtool.ts';

const root = path.join(import.meta.dirname, '../..');
const cases = new Map<string, readonly AlertCase[]>();
for (const { name } of ruleFiles) cases.set(name, (await casesOf(name)).cases);

let scratch = '';
beforeAll(async () => {
  scratch = await mkdtemp(path.join(os.tmpdir(), 'textfile-rules-'));
  for (const file of ruleFiles)
    await writeFile(placeOf(file), rulesText(endingAtOnce(file), { ...anySite, keep_firing_minutes: 0 }));
});
afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

/** Cases are of what holds, and not of how long it is told after that. */
function endingAtOnce(file: RuleFile): RuleFile {
  return { ...file, alerts: file.alerts.map((alert) => ({ ...alert, keepFiringFor: '0s' })) };
}

function placeOf({ name }: RuleFile): string {
  return path.join(scratch, `${name}.yml`);
}

describe.each(ruleFiles)('the rules of $name', (file) => {
  const { name, alerts, records, readme } = file;

  test('are what npm run build writes', () => {
    expect(readFileSync(path.join(root, 'dist/rules', `${name}.yml`), 'utf8')).toBe(rulesText(file, anySite));
  });

  test('are in no bundle', () => {
    for (const { collector } of slices) {
      const bundle = readFileSync(path.join(root, 'dist', `${collector.name}.js`), 'utf8');
      expect(alerts.filter((one) => bundle.includes(one.name))).toEqual([]);
    }
  });

  test('have a runbook each, and no runbook is without its alert', () => {
    const text = existsSync(path.join(root, readme)) ? readFileSync(path.join(root, readme), 'utf8') : '';
    const [, runbooks = ''] = /^## Runbooks\n(.*?)(?=^## |(?![\s\S]))/ms.exec(text) ?? [];
    const headings = [...runbooks.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual([...new Set(alerts.map((one) => one.name))]);
  });

  test('say only of what can be known from the expression', () => {
    for (const { name: alert, expr, summary, description } of alerts) {
      const known = new Set(['instance', ...metricsOf(expr).flatMap((metric) => metric.labels)]);
      const said = [...`${summary} ${description}`.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label);
      expect({ alert, unknown: said.filter((label) => !known.has(label)) }).toEqual({ alert, unknown: [] });
      expect(summary).not.toContain('\n');
    }
  });

  test('are each seen to fire and to be silent', () => {
    const wanted = alerts.flatMap(({ name: alert, severity, expr }) => [
      `${alert} fires as ${severity}`,
      ...(metricsOf(expr).length === 0 ? [] : [`${alert} is silent`]),
    ]);
    const seen = (cases.get(name) ?? []).flatMap(({ alert, fires }) =>
      Object.values(fires).flatMap((fired) =>
        fired.length === 0
          ? [`${alert} is silent`]
          : fired.map(({ severity }) => {
              const only = alerts.find((one) => one.name === alert)?.severity;
              return `${alert} fires as ${severity ?? only}`;
            }),
      ),
    );
    expect([...new Set(seen)].sort()).toEqual([...new Set(wanted)].sort());
  });

  test('read an hour of samples at most, at each evaluation', () => {
    const texts = [...records, ...alerts].map(({ expr }) => render(expr));
    const spans = texts.flatMap((text) => [...text.matchAll(/\[(\d+)([a-z])\b/g)]);
    const long = spans.filter(
      ([, count, unit = '']) => Number(count) * ({ s: 1, m: 60, h: 3600 }[unit] ?? Infinity) > 3600,
    );
    expect(long.map(([span]) => span)).toEqual([]);
  });

  test('take a selector from the site', () => {
    const text = rulesText(file, { ...anySite, selector: 'job="node"' });
    const lists = alerts.flatMap((one) => (one.lists === undefined ? [] : [one.lists]));
    const selectors = [...records, ...alerts].flatMap(({ expr }) => metricsOf(expr));
    expect(text.match(/job="node"/g) ?? []).toHaveLength(selectors.length);
    expect(text.match(/ \| query \}\}/g) ?? []).toHaveLength(lists.length);
  });
});

test('no two rules record the same series, which would jump from one value to the other', () => {
  const names = ruleFiles.flatMap(({ records }) => records.map(({ name }) => name));
  expect(names.length).toBeGreaterThan(15);
  expect(names.filter((name, index) => names.indexOf(name) < index)).toEqual([]);
});

describe.skipIf(withoutPromtool)('promtool', () => {
  describe.each(ruleFiles)('finds the rules of $name', (file) => {
    test('valid, with nothing to complain of', async () => {
      const { exitCode, all } = await promtool(['check', 'rules', '--lint=all', '--lint-fatal', placeOf(file)]);
      expect({ exitCode, all }).toMatchObject({ exitCode: 0 });
    });

    test.each(cases.get(file.name) ?? [])('$alert: $what', async (one) => {
      expect(await differences(file, placeOf(file), one)).toBe('');
    });
  });
});
