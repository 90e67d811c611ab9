import type { RuleFile } from '../../build/rules.ts';
import type { Severity } from '../../lib/monitoring/alert.ts';
import { promtoolTest } from '../promtool.ts';

/** One machine over time, and what an alert has to say of it. */
export interface AlertCase {
  readonly alert: string;
  /** What happens on the machine. */
  readonly what: string;
  /** Time between two values, and between two evaluations; a minute. */
  readonly step?: string;
  /** Values by series, as promtool writes them: `0x5 1x10` is six times 0, then eleven times 1. All are of `db1`. */
  readonly series: Readonly<Record<string, string>>;
  /** What fires, by time; an empty list is silence. */
  readonly fires: Readonly<Record<string, readonly Fired[]>>;
}

interface Fired {
  readonly severity?: Severity;
  readonly labels?: Readonly<Record<string, string>>;
  readonly summary: string;
  /** What the description lists, where it lists something. */
  readonly listed?: string;
}

const machine = { job: 'node', instance: 'db1' };

/** What promtool finds different from the case; empty where all is as expected. */
export async function differences(file: RuleFile, rules: string, one: AlertCase): Promise<string> {
  const { alert, step = '1m', series, fires } = one;
  return promtoolTest({
    rule_files: [rules],
    evaluation_interval: step,
    tests: [
      {
        interval: step,
        input_series: Object.entries(series).map(([name, values]) => ({ series: ofMachine(name), values })),
        alert_rule_test: Object.entries(fires).map(([time, fired]) => ({
          eval_time: time,
          alertname: alert,
          exp_alerts: fired.map((one) => expected(file, alert, one)),
        })),
      },
    ],
  });
}

function ofMachine(series: string): string {
  const target = Object.entries(machine).map(([label, value]) => `${label}="${value}"`);
  const [, name = '', labels = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(series) ?? [];
  return `${name}{${[...target, labels].filter((pair) => pair !== '').join(',')}}`;
}

function expected({ alerts, readme }: RuleFile, alert: string, { severity, labels, summary, listed = '' }: Fired) {
  const rule = alerts.find((one) => one.name === alert && (severity ?? one.severity) === one.severity);
  const all: Record<string, string> = { ...machine, ...labels, severity: rule?.severity ?? 'no such rule' };
  return {
    exp_labels: all,
    exp_annotations: {
      summary,
      description: rule?.description
        .replace(/\{\{ range .*? \| query \}\}.*\{\{ end \}\}/, listed)
        .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => all[label] ?? ''),
      runbook_url: `${readme}#${alert.toLowerCase()}`,
    },
  };
}
