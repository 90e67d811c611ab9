import type { AlertCase, Fired } from '../../lib/monitoring/alert.ts';
import type { RuleFile } from '../../lib/monitoring/rules.ts';
import { promtoolTest } from '../promtool.ts';

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
        external_url: 'http://prometheus:9090',
        input_series: Object.entries(series).map(([name, values]) => ({ series: seriesOf(name), values })),
        alert_rule_test: Object.entries(fires).map(([time, fired]) => ({
          eval_time: time,
          alertname: alert,
          exp_alerts: fired.map((one) => expected(file, alert, one)),
        })),
      },
    ],
  });
}

function seriesOf(series: string): string {
  const [, name = '', labels = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(series) ?? [];
  const target = Object.entries(labels.includes('job="') ? { instance: machine.instance } : machine).map(
    ([label, value]) => `${label}="${value}"`,
  );
  return `${name}{${[...target, labels].filter((pair) => pair !== '').join(',')}}`;
}

function expected(
  { name, alerts, dashboard }: RuleFile,
  alert: string,
  { severity, labels, summary, listed = '', ofMachine = true }: Fired,
) {
  const netns = labels?.['netns'];
  const where =
    netns === undefined ? '' : `In the network namespace ${netns}: commands that look into it have to run there. `;
  const rule = alerts.find((one) => one.name === alert && (severity ?? one.severity) === one.severity);
  const all: Record<string, string> = {
    ...(ofMachine && machine),
    ...labels,
    severity: rule?.severity ?? 'no such rule',
  };
  return {
    exp_labels: all,
    exp_annotations: {
      summary,
      description: `${where}${listed}${rule?.description.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => all[label] ?? '')}`,
      runbook_url: `http://prometheus:9090/consoles/textfile-collectors/${name}#${alert.toLowerCase()}`,
      dashboard_url: `http://prometheus:3000/d/${rule?.dashboard ?? dashboard}${ofMachine ? `?var-instance=${machine.instance}` : ''}`,
    },
  };
}
