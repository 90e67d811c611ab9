import * as grafana from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dashboard, NumberVariable } from '../../lib/monitoring/dashboard.ts';
import { prometheusUid } from '../../lib/monitoring/grafana.ts';
import { render } from '../../lib/monitoring/promql.ts';

export const datasource = { type: 'prometheus', uid: '${datasource}' };

const everything = { selected: true, text: ['All'], value: ['$__all'] };

/** The matchers of every selector of a dashboard. */
export function selectorOf({ machines }: Dashboard): string {
  const job = 'job=~"$job", env=~"$env"';
  return machines === 'fleet' ? job : `${job}, instance=~"$instance"`;
}

/** The choices at the top: where to ask, and for whom. */
export function variables(dashboard: Dashboard) {
  const { machines, presence, numbers = [], choices = [] } = dashboard;
  const all = render(presence);
  const ofJob = render(presence, 'job=~"$job"');
  const ofEnv = render(presence, 'job=~"$job", env=~"$env"');
  return [
    source('datasource', 'Data source', 'prometheus').current({
      selected: true,
      text: 'Prometheus',
      value: prometheusUid,
    }),
    source('logs', 'Logs', 'loki').hide(grafana.VariableHide.HideVariable),
    list('job', 'Job', all).includeAll(true).allValue('.*').current(everything),
    list('env', 'Environment', ofJob).includeAll(true).allValue('.*').current(everything),
    ...instances(machines, ofEnv),
    ...choices.map(({ name, label, of }) =>
      list(name, label, render(of, selectorOf(dashboard)))
        .includeAll(true)
        .allValue('.*')
        .current(everything),
    ),
    ...numbers.map(choice),
  ];
}

function source(name: string, label: string, type: string) {
  return new grafana.DatasourceVariableBuilder(name).label(label).type(type);
}

/** Values of the label `name`, read once as the dashboard opens. */
function list(name: string, label: string, of: string) {
  return new grafana.QueryVariableBuilder(name)
    .label(label)
    .datasource(datasource)
    .query({ query: `label_values(${of}, ${name})`, refId: name })
    .refresh(grafana.VariableRefresh.OnDashboardLoad)
    .sort(grafana.VariableSort.AlphabeticalCaseInsensitiveAsc)
    .multi(true);
}

/** Without a value for all, Grafana takes the first machine. */
function instances(machines: Dashboard['machines'], of: string) {
  if (machines === 'fleet') return [];
  const instance = list('instance', 'Node', of);
  return [machines === 'one' ? instance : instance.includeAll(true).allValue('.*').current(everything)];
}

function choice({ name, label, choices }: NumberVariable) {
  const options = choices.map((number, index) => ({ selected: index === 0, text: `${number}`, value: `${number}` }));
  const [first = { text: '', value: '' }] = options;
  return new grafana.CustomVariableBuilder(name).label(label).values(choices.join(',')).options(options).current(first);
}
