import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { watched } from '../collectors/index.ts';
import { messageOf } from '../lib/errors.ts';
import type { Alert } from '../lib/monitoring/alert.ts';
import { render } from '../lib/monitoring/promql.ts';
import type { Recording } from '../lib/monitoring/record.ts';
import { suiteAlerts, suiteRecords } from '../lib/monitoring/suite-alerts.ts';
import { listingText } from '../lib/monitoring/template.ts';

const dist = path.resolve(import.meta.dirname, '../dist/rules');

/** The alerts of one file, and the README that holds their runbooks. */
export interface RuleFile {
  readonly name: string;
  readonly alerts: readonly Alert[];
  /** What the alerts and the dashboards read; evaluated before them. */
  readonly records: readonly Recording[];
  readonly readme: string;
}

/** What a site may want otherwise. */
interface Options {
  /** Matchers for every selector, as `job="node"`. */
  readonly selector?: string | undefined;
  /** What stands before the path of a runbook, as `https://git.example.org/textfile-collectors/`. */
  readonly runbooks?: string | undefined;
  /** How long an alert stays after it held last. */
  readonly keepFiringFor?: string | undefined;
}

/** Of the suite itself, and of each collector that has alerts. */
export const ruleFiles: readonly RuleFile[] = [
  {
    name: 'textfile-collector',
    alerts: suiteAlerts,
    records: suiteRecords,
    readme: 'lib/README.md',
  },
  ...watched.map(({ name, alerts, records = [] }) => ({
    name,
    alerts,
    records,
    readme: `collectors/${name}/README.md`,
  })),
];

/** The file as Prometheus reads it. */
export function rulesText({ name, alerts, records, readme }: RuleFile, options: Options = {}): string {
  const recordings = records.map(({ name: record, expr }) => ({ record, expr: render(expr, options.selector) }));
  const rules = alerts.map((alert) => ({
    alert: alert.name,
    expr: render(alert.expr, options.selector),
    for: alert.for,
    keep_firing_for: options.keepFiringFor ?? alert.keepFiringFor ?? (alert.mutes === undefined ? '10m' : '15m'),
    labels: { severity: alert.severity },
    annotations: {
      summary: alert.summary,
      description: (alert.lists === undefined ? '' : listingText(alert.lists, {})) + alert.description,
      runbook_url: `${options.runbooks ?? ''}${readme}#${alert.name.toLowerCase()}`,
    },
  }));
  return stringify({ groups: [{ name, rules: [...recordings, ...rules] }] }, { lineWidth: 0 });
}

async function writeRules(): Promise<void> {
  const { values } = parseArgs({ options: { selector: { type: 'string' }, runbooks: { type: 'string' } } });
  await mkdir(dist, { recursive: true });
  for (const file of ruleFiles) await writeFile(path.join(dist, `${file.name}.yml`), rulesText(file, values));
}

if (process.argv[1] === import.meta.filename) {
  await writeRules().catch((error: unknown) => {
    process.stderr.write(`Cannot write the rules: ${messageOf(error)}\n`);
    process.exitCode = 1;
  });
}
