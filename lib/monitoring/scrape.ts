import { UsageError } from '../options/options.ts';
import type { Site } from './site.ts';
import { yamlText } from './yaml.ts';

const head = '# Made by textfile-collector-stack from rules.toml.\n';

/** prometheus.yml of a server that scrapes the machines, evaluates the rules, and sends on what others have to know. */
export function prometheusText(site: Site): string {
  return (
    head +
    yamlText({
      global: { ...globalOf(site), evaluation_interval: site.evaluation_interval },
      alerting: { alertmanagers: [{ static_configs: [{ targets: site.alertmanagers }] }] },
      rule_files: [site.rule_files],
      scrape_configs: [job('prometheus', ['localhost:9090']), job('alertmanager', site.alertmanagers), machines(site)],
      ...(site.remote_write === undefined
        ? {}
        : { remote_write: [{ url: site.remote_write, write_relabel_configs: [keepRecords] }] }),
    })
  );
}

/** For `prometheus --enable-feature=agent`: no rules and no queries here, all series go to where the rules are evaluated. */
export function agentText(site: Site): string {
  const url = site.remote_write ?? 'http://remote-write-is-not-set-in-rules-toml.invalid/api/v1/push';
  return head + yamlText({ global: globalOf(site), scrape_configs: [machines(site)], remote_write: [{ url }] });
}

function globalOf(site: Site) {
  return { scrape_interval: site.scrape_interval, external_labels: { cluster: site.cluster } };
}

function job(name: string, targets: readonly string[]) {
  return { job_name: name, static_configs: [{ targets, labels: { instance: 'monitoring' } }] };
}

/** What a view of many sites reads: one series for each machine, and the alerts. */
const keepRecords = {
  source_labels: ['__name__'],
  regex: 'instance(_severity)?:.*|ALERTS|up',
  action: 'keep',
};

/** One job for all machines: with several a machine is scraped as often, and so is each alert told. */
function machines({ scrape }: Site) {
  const auth = { username: scrape.username, password_file: scrape.password_file };
  return {
    job_name: scrape.job,
    file_sd_configs: [{ files: [scrape.targets] }],
    // One machine with very many series may not take the server down: its `up` is 0 then, and NodeDown says so.
    sample_limit: scrape.sample_limit,
    ...(scrape.ca_file === undefined ? {} : { scheme: 'https', tls_config: { ca_file: scrape.ca_file } }),
    ...(scrape.username === undefined ? {} : { basic_auth: auth }),
    relabel_configs: [
      // node01.wg2:9100 is node01, as nameOf has it; an IP address stays whole. One that the list gives stays, too.
      {
        source_labels: ['instance', '__address__'],
        regex: ';(?:([a-zA-Z][^.:]*)[.:].*|(.+):\\d+)',
        target_label: 'instance',
        replacement: '$1$2',
      },
    ],
  };
}

/**
 * Targets for file_sd from a list of hosts, a line each, with labels after it: `node01.wg2 env=production`.
 * https://prometheus.io/docs/prometheus/latest/configuration/configuration/#file_sd_config
 */
export function targetsText(list: string, { scrape }: Site): string {
  const rows = list.split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/));
  const lines = new Map<string, number>();
  const targets = rows.flatMap(([host = '', ...words], index) => {
    if (host === '') return [];
    const target = /:\d+$/.test(host) ? host : `${host}:${scrape.port}`;
    const labels = Object.fromEntries(words.map((word) => pairOf(word, index + 1)));
    const name = labels['instance'] ?? nameOf(target);
    // Two of one name would be one machine, whose values jump, and each would mute the other.
    const other = lines.get(name);
    if (other !== undefined)
      throw new UsageError(
        `Cannot read the hosts, line ${index + 1}: expected another name than in line ${other}, or a label instance, got ${JSON.stringify(name)}`,
      );
    lines.set(name, index + 1);
    return [{ targets: [target], labels }];
  });
  return `${JSON.stringify(targets, undefined, 2)}\n`;
}

/** What relabel_configs makes of an address. */
function nameOf(target: string): string {
  return /^([a-zA-Z][^.:]*)[.:]/.exec(target)?.[1] ?? target.replace(/:\d+$/, '');
}

function pairOf(text: string, line: number): [string, string] {
  const [, label, value] = /^([a-zA-Z_]\w*)=(.*)$/.exec(text) ?? [];
  if (label !== undefined && value !== undefined) return [label, value];
  throw new UsageError(`Cannot read the hosts, line ${line}: expected label=value, got ${JSON.stringify(text)}`);
}

/** node_exporter's `--web.config.file`: its half of what `scrape` says. */
export const webConfigText = `# /etc/prometheus/node-web.yml on each machine, for prometheus-node-exporter --web.config.file=/etc/prometheus/node-web.yml
# https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md
tls_server_config:
  cert_file: /etc/prometheus/node.pem
  key_file: /etc/prometheus/node.key
  min_version: TLS13
basic_auth_users:
  # The hash of the password that stands in password_file: htpasswd -nBC 10 "" | tr -d ':'
  prometheus: REPLACE
`;
