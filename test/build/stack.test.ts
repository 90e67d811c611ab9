import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, open as openFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { parse as parseToml } from 'smol-toml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod/mini';
import { dashboards } from '../../build/dashboards/list.ts';
import { manifest } from '../../build/package/manifest.ts';
import { exampleText } from '../../build/stack/example.ts';
import { stackFiles } from '../../build/stack/files.ts';
import { ruleFiles } from '../../build/stack/rule-files.ts';
import { here } from '../../lib/monitoring/alert.ts';
import { metricsOf, render, thresholdsOf } from '../../lib/monitoring/promql.ts';
import { targetsText } from '../../lib/monitoring/scrape.ts';
import { anySite } from '../../lib/monitoring/site.ts';
import { amtool, withoutAmtool } from '../amtool.ts';
import { promtool, withoutPromtool } from '../promtool.ts';

const dist = path.join(import.meta.dirname, '../../dist');
const alerts = ruleFiles.flatMap((file) => file.alerts);

let scratch = '';
beforeAll(async () => {
  scratch = await mkdtemp(path.join(os.tmpdir(), 'textfile-stack-'));
});
afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

/** Runs the bundle with the settings `toml`, from another folder and without anything beside it. */
async function stack(toml: string, ...options: string[]) {
  const config = path.join(scratch, 'rules.toml');
  await writeFile(config, toml);
  const out = await mkdtemp(path.join(scratch, 'out-'));
  const words = [path.join(dist, 'stack.js'), '--config', config, '--out', out, ...options];
  const { exitCode, stderr } = await execa('node', words, { cwd: scratch, reject: false });
  const read = (name: string): string => readFileSync(path.join(out, name), 'utf8');
  return { exitCode, stderr, out, read };
}

interface Rule {
  readonly alert?: string;
  readonly expr: string;
  readonly for: string;
  readonly keep_firing_for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: Readonly<Record<string, string>>;
}

function rulesIn(text: string): Rule[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- promtool checks the form
  const { groups } = parse(text) as { groups: { rules: Rule[] }[] };
  return groups.flatMap(({ rules }) => rules).filter(({ alert }) => alert !== undefined);
}

describe('what is made without settings', () => {
  test('is what npm run build writes and the packages carry', async () => {
    const { exitCode, read } = await stack('');
    expect(exitCode).toBe(0);
    for (const { name, text } of stackFiles(anySite)) {
      expect(read(name)).toBe(text);
      expect(readFileSync(path.join(dist, name), 'utf8')).toBe(text);
    }
  });

  test('says which receivers have no address, and lets them fail', async () => {
    const { stderr, read } = await stack('');
    expect(stderr).toBe(
      'stack: notifications to oncall, chat, watchdog will fail until rules.toml has [receivers.oncall], [receivers.chat], [receivers.watchdog]',
    );
    expect(read('server/alertmanager.yml')).toContain('url: http://receiver-oncall-is-not-set-in-rules-toml.invalid/');
  });
});

describe('every alert', () => {
  const rules = ruleFiles.flatMap(({ name }) => rulesIn(readFileSync(path.join(dist, 'rules', `${name}.yml`), 'utf8')));

  test('has a severity, a summary of one line, and a description', () => {
    const bad = rules.filter(
      ({ labels, annotations: { summary = '', description = '' } }) =>
        !/^(critical|warning|info)$/.test(labels.severity) || !/^[^\n]+\.$/.test(summary) || description.length < 40,
    );
    expect(bad.map(({ alert }) => alert)).toEqual([]);
  });

  test('has a runbook and a dashboard at an absolute address, which is there', () => {
    const base = '{{ $externalURL }}/consoles/textfile-collectors/';
    const uids = dashboards.map(({ dashboard }) => dashboard.uid);
    for (const { alert, annotations } of rules) {
      const [page = '', id = ''] = (annotations['runbook_url'] ?? '').replace(base, '').split('#');
      expect(annotations['runbook_url']).toBe(`${base}${page}#${id}`);
      expect(readFileSync(path.join(dist, 'consoles', page), 'utf8')).toContain(`<h2 id="${id}">${alert}</h2>`);
      const [, uid] = /\$externalURL \}\}\/d\/([\w-]+)(\?|$)/.exec(annotations['dashboard_url'] ?? '') ?? [];
      expect(uids).toContain(uid);
    }
  });

  test('has a row in the table of an incident', () => {
    const readme = readFileSync(path.join(dist, '../lib/monitoring/README.md'), 'utf8');
    const [, incident = ''] = /^## An incident(.*?)^## /ms.exec(readme) ?? [];
    const rows = [...incident.matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)].flatMap(([, names = '']) => names.split(', '));
    const names = [...new Set(rules.map(({ alert }) => `\`${alert}\``))];
    expect(rows.sort()).toEqual(names.sort());
  });

  test('outlasts NodeDown, which then mutes it; a cause outlasts what follows from it', () => {
    const down = rules.find(({ alert }) => alert === 'NodeDown');
    const exempt = new Set(['NodeDown', 'NodeForgotten', 'Watchdog']);
    for (const { alert = '', keep_firing_for: kept } of rules) {
      if (exempt.has(alert)) continue;
      expect([alert, seconds(kept)]).toEqual([
        alert,
        expect.toSatisfy((time: number) => time > seconds(down?.for) + 120),
      ]);
      const mutes = alerts.filter((one) => one.name === alert).flatMap((one) => one.mutes ?? []);
      for (const muted of rules.filter((one) => mutes.some((mute) => mute.alerts.includes(one.alert ?? ''))))
        expect([alert, muted.alert, seconds(kept) > seconds(muted.keep_firing_for)]).toEqual([
          alert,
          muted.alert,
          true,
        ]);
    }
  });

  test('mutes only what there is, by labels that there are', () => {
    const names = new Set(alerts.map(({ name }) => name));
    for (const { name, mutes = [] } of alerts)
      for (const mute of mutes) {
        expect([name, mute.alerts.filter((one) => one !== '*' && !names.has(one))]).toEqual([name, []]);
        expect(mute.on).toContain('instance');
      }
  });

  test('mutes what wakes someone only while something else does', () => {
    const asleep = alerts.filter(({ severity }) => severity !== 'critical');
    const muted = asleep.flatMap(({ name, severity, mutes = [] }) =>
      mutes
        .filter((mute) => (mute.while?.['severity'] ?? severity) === severity)
        .flatMap((mute) =>
          alerts
            .filter((one) => mute.alerts.includes(one.name) || mute.alerts.includes('*'))
            .filter((one) => one.severity === 'critical' && (mute.with?.['severity'] ?? 'critical') === 'critical')
            .map((one) => `${name} mutes ${one.name}`),
        ),
    );
    expect(muted).toEqual([]);
  });

  test('says of nothing that it stands still while only its file does', () => {
    const still = /\bchanges\([^)]*\) == 0/;
    const records = ruleFiles.flatMap((file) => file.records.filter(({ expr }) => still.test(render(expr))));
    const reads = new Set(records.map(({ name }) => name));
    const lying = alerts.filter(
      ({ expr }) => still.test(render(expr)) || metricsOf(expr).some((metric) => reads.has(metric.name)),
    );
    const stopped = alerts.find(({ name }) => name === 'TextfileCollectorStopped');
    const muted = stopped?.mutes?.flatMap((mute) => mute.alerts) ?? [];
    expect(lying.length).toBeGreaterThan(3);
    expect(lying.map(({ name }) => name).filter((name) => !muted.includes(name))).toEqual([]);
  });

  test('mutes nothing of another machine, nor while something is wrong there', () => {
    const label = new Map([
      ['ReplicationSourceDown', 'dataset'],
      ['ReplicationTargetDown', 'target'],
    ]);
    const bounds = alerts.flatMap(({ name, mutes = [] }) =>
      mutes.flatMap((mute) => [
        ...mute.alerts.flatMap((one) => (label.has(one) ? [mute.with?.[label.get(one) ?? '']] : [])),
        ...(label.has(name) && mute.with?.['collector'] !== 'replication-lag'
          ? [mute.while?.[label.get(name) ?? '']]
          : []),
      ]),
    );
    expect(bounds.length).toBeGreaterThan(4);
    expect(bounds.filter((one) => one !== here)).toEqual([]);
    const fits = new RegExp(`^(?:${here.not})$`);
    expect(['rpool/a', 'rpool/a:b', 'nas:tank/a', 'localhost:2022:tank'].map((one) => fits.test(one))).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  test('mutes nothing of another network namespace', () => {
    const theirs = new Set(
      ruleFiles
        .filter(({ name, perNetns }) => perNetns && name !== 'textfile-collector')
        .flatMap((file) => file.alerts.map(({ name }) => name)),
    );
    const mutes = alerts
      .flatMap(({ mutes: all = [] }) => all)
      .filter((mute) => mute.alerts.some((name) => theirs.has(name)));
    expect(mutes.length).toBeGreaterThan(2);
    expect(mutes.filter(({ on }) => !on.includes('netns'))).toEqual([]);
  });
});

function seconds(text = ''): number {
  const [, number = '', unit = ''] = /^(\d+)([smh])$/.exec(text) ?? [];
  return Number(number) * ({ s: 1, m: 60, h: 3600 }[unit] ?? Number.NaN);
}

describe('the settings of a site', () => {
  const settings = `selector = 'job="nodes"'
runbooks = "https://wiki.example.org/runbooks/"
grafana = "https://grafana.example.org"
cluster = "west"
remote_write = "https://mimir.example.org/api/v1/push"
alertmanagers = ["am1:9093", "am2:9093"]
[thresholds]
cpu_used_ratio = 0.5
[severities]
ZFSPoolDegraded = "warning"
HighCPU = "off"
[for]
MemoryLow = "7m"
[scrape]
ca_file = "/etc/prometheus/ca.pem"
username = "prometheus"
password_file = "/etc/prometheus/password"
[smtp]
smarthost = "localhost:25"
from = "prometheus@example.org"
[receivers.oncall]
pagerduty_key_file = "/etc/alertmanager/pagerduty"
email = "oncall@example.org"
[receivers.chat]
slack_url_file = "/etc/alertmanager/slack"
slack_channel = "#alerts"
[receivers.watchdog]
webhook = "https://watchdog.example.org/1"
`;

  test('stand in what is made', async () => {
    const { exitCode, stderr, read } = await stack(settings);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const zfs = rulesIn(read('rules/zfs.yml')).find(({ alert }) => alert === 'ZFSPoolDegraded');
    expect(zfs?.labels.severity).toBe('warning');
    expect(zfs?.expr).toContain('job="nodes"');
    expect(zfs?.annotations['runbook_url']).toBe('https://wiki.example.org/runbooks/zfs#zfspooldegraded');
    expect(zfs?.annotations['dashboard_url']).toMatch(/^https:\/\/grafana\.example\.org\/d\/textfile-zfs\?/);
    const host = rulesIn(read('rules/host.yml'));
    expect(host.find(({ alert }) => alert === 'MemoryLow')?.for).toBe('7m');
    expect(host.find(({ alert }) => alert === 'NodeDown')?.expr).toBe('up{job="nodes"} == 0');
    expect(host.filter(({ alert }) => alert === 'HighCPU')).toEqual([]);
    expect(read('server/prometheus.yml')).toContain('cluster: west');
    expect(read('server/prometheus.yml')).toContain('am2:9093');
    expect(read('server/alertmanager.yml')).toContain('routing_key_file: /etc/alertmanager/pagerduty');
    expect(read('server/alertmanager.yml')).not.toContain('.invalid');
  });

  test('a job of another name is that of the rules, too', async () => {
    const { read } = await stack('[scrape]\njob = "linux"\n');
    const host = rulesIn(read('rules/host.yml'));
    expect(host.find(({ alert }) => alert === 'NodeDown')?.expr).toBe('up{job="linux"} == 0');
  });

  test('a threshold replaces the number that it names', async () => {
    const expression = async (toml: string) =>
      rulesIn((await stack(toml)).read('rules/host.yml')).find(({ alert }) => alert === 'HighCPU')?.expr;
    expect(await expression('')).toMatch(/> 0\.9$/);
    expect(await expression('[thresholds]\ncpu_used_ratio = 0.5\n')).toMatch(/> 0\.5$/);
  });

  test('have a name for each number, and each name once', () => {
    const all = ruleFiles.flatMap(({ alerts: some, records }) => [...records, ...some]);
    const byName = new Map<string, unknown>();
    for (const one of all.flatMap(({ expr }) => thresholdsOf(expr))) {
      expect(byName.get(one.name) ?? one).toBe(one);
      byName.set(one.name, one);
    }
    expect(byName.size).toBeGreaterThan(15);
  });

  test('are all in the example, which is accepted as it stands and with every key', async () => {
    const every = exampleText().replaceAll(/^#(?! )/gm, '');
    expect(Object.keys(parseToml(every)).sort()).toEqual(Object.keys(anySite).sort());
    expect((await stack(every)).exitCode).toBe(0);
    expect((await stack(exampleText())).exitCode).toBe(0);
  });

  test.each([
    ['selectr = "x"', 'expected one of the keys selector, '],
    ['[thresholds]\ncpu_used = 0.5', 'key thresholds: expected one of '],
    ['[thresholds]\ncpu_used_ratio = "high"', 'key thresholds: item cpu_used_ratio: expected number, got "high"'],
    [
      '[severities]\nHighCPU = "bad"',
      'key severities: item HighCPU: expected one of critical, warning, info, off, got "bad"',
    ],
    ['[severities]\nHighCpu = "info"', 'key severities: expected one of '],
    [
      '[severities]\nZFSPoolAlmostFull = "info"',
      'item ZFSPoolAlmostFull: expected off, since it has a threshold for each',
    ],
    ['[for]\nHighCPU = "soon"', 'key for: item HighCPU: expected a text like'],
    ['[receivers.pager]\nwebhook = "http://x/"', 'key receivers: expected no key pager'],
    ['[receivers.chat]\nemail = "a@b"', 'key smtp: expected smarthost and from, since a receiver has email'],
    ['scrape_interval = "5m"', 'key scrape_interval: expected a text like'],
    ['evaluation_interval = "5m"', 'key evaluation_interval: expected a text like'],
    ['keep_firing_minutes = -1', 'key keep_firing_minutes: expected at least 0, got -1'],
    ['selector = ', 'line 1 column'],
  ])('are refused in one line: %s', async (toml, message) => {
    const { exitCode, stderr, out } = await stack(toml);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^stack: Cannot read config file [^\n]*$/);
    expect(stderr).toContain(message);
    expect(readdirSync(out)).toEqual([]);
  });

  test('a file that is not there is refused, as is a call without --out', async () => {
    const missing = await execa('node', [path.join(dist, 'stack.js'), '--config', '/none.toml', '--out', scratch], {
      reject: false,
    });
    expect(missing).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('/none.toml: expected a readable file, got ENOENT'),
    });
    const bare = await execa('node', [path.join(dist, 'stack.js')], { reject: false });
    expect(bare).toMatchObject({ exitCode: 2, stderr: 'stack: Cannot write: expected the option --out, got none' });
  });
});

describe('the list of hosts', () => {
  test('becomes targets for file_sd', async () => {
    const hosts = path.join(scratch, 'hosts');
    await writeFile(hosts, '# west\nnode01.wg2 env=production site=west\n\n10.79.0.2:9200\n');
    const { read } = await stack('', '--hosts', hosts);
    expect(JSON.parse(read('targets/targets.json'))).toEqual([
      { targets: ['node01.wg2:9100'], labels: { env: 'production', site: 'west' } },
      { targets: ['10.79.0.2:9200'], labels: {} },
    ]);
  });

  test('is replaced whole: whoever has the old one open reads it to its end', async () => {
    const hosts = path.join(scratch, 'hosts');
    await writeFile(hosts, 'one.example\n');
    const { out, read } = await stack('', '--hosts', hosts);
    const before = read('targets/targets.json');
    const open = await openFile(path.join(out, 'targets/targets.json'));
    await writeFile(hosts, 'two.example\n');
    await execa('node', [
      path.join(dist, 'stack.js'),
      '--hosts',
      hosts,
      '--out',
      out,
      '--config',
      path.join(scratch, 'rules.toml'),
    ]);
    expect(await open.readFile('utf8')).toBe(before);
    await open.close();
    expect(read('targets/targets.json')).toContain('two.example');
    expect(readdirSync(path.join(out, 'targets'))).toStrictEqual(['targets.json']);
  });

  test('is refused where two machines would have one name, unless a label tells them apart', () => {
    expect(() => targetsText('db1.ams:9100\n\ndb1.fra\n', anySite)).toThrow(
      'Cannot read the hosts, line 3: expected another name than in line 1, or a label instance, got "db1"',
    );
    expect(() => targetsText('10.0.0.1\n10.0.0.1:9200\n', anySite)).toThrow('got "10.0.0.1"');
    expect(JSON.parse(targetsText('db1.ams\ndb1.fra instance=db1-fra\n', anySite))).toHaveLength(2);
  });

  test('is refused where a label has no value', () => {
    expect(() => targetsText('a\nb env\n', anySite)).toThrow(
      'Cannot read the hosts, line 2: expected label=value, got "env"',
    );
  });
});

describe('what Grafana is given', () => {
  test('has the data source that the dashboards ask for, at the interval of the scrapes, and every Alertmanager', async () => {
    const { read } = await stack('scrape_interval = "30s"\nalertmanagers = ["am1:9093", "am2:9093"]\n');
    expect(parse(read('grafana/datasources.yml'))).toMatchObject({
      apiVersion: 1,
      datasources: [
        { type: 'prometheus', uid: 'prometheus', jsonData: { timeInterval: '30s' } },
        { type: 'alertmanager', uid: 'alertmanager', url: 'http://am1:9093' },
        { type: 'alertmanager', uid: 'alertmanager-2', url: 'http://am2:9093' },
      ],
    });
    for (const { name } of dashboards) {
      const text = readFileSync(path.join(dist, 'dashboards', `${name}.json`), 'utf8');
      expect(JSON.parse(text)).toMatchObject({
        templating: {
          list: expect.arrayContaining([
            expect.objectContaining({
              name: 'datasource',
              current: { selected: true, text: 'Prometheus', value: 'prometheus' },
            }),
          ]),
        },
      });
    }
  });

  test('has the folder in which the packages put the dashboards', async () => {
    const { read } = await stack('');
    const [, folder] = /^ +path: (.*)$/m.exec(read('grafana/dashboards.yml')) ?? [];
    const packed = manifest().map((item) => item.path);
    for (const { name } of dashboards) expect(packed).toContain(`${folder}/${name}.json`);
  });
});

describe.skipIf(withoutPromtool)('promtool', () => {
  test.each(['prometheus.yml', 'prometheus-agent.yml'])('finds %s valid', async (name) => {
    const more = name.includes('agent') ? ['--agent'] : [];
    const { exitCode, all } = await promtool(['check', 'config', ...more, path.join(dist, 'server', name)]);
    expect({ exitCode, all }).toMatchObject({ exitCode: 0 });
  });
});

describe.skipIf(withoutPromtool)('the label instance', () => {
  test('is what stands before the first dot, an IP address, or what the list says', async () => {
    const hosts = path.join(scratch, 'hosts');
    await writeFile(hosts, 'db1.ams.example\ndb1.fra.example instance=db1-fra\n10.0.0.1\n[fd00::1]:9200\ndb2:9200\n');
    const targets = path.join(scratch, 'targets.json');
    const { out, read } = await stack(`[scrape]\ntargets = ${JSON.stringify(targets)}\n`, '--hosts', hosts);
    await writeFile(targets, read('targets/targets.json'));
    const config = path.join(out, 'server/prometheus.yml');
    const { stdout } = await promtool(['check', 'service-discovery', '--timeout=2s', config, 'node']);
    const found = z.array(z.object({ labels: z.object({ instance: z.string() }) })).parse(JSON.parse(stdout));
    const names = found.map(({ labels }) => labels.instance);
    expect(names.sort()).toEqual(['10.0.0.1', '[fd00::1]', 'db1', 'db1-fra', 'db2']);
  });
});

describe.skipIf(withoutAmtool)('amtool', () => {
  const config = path.join(dist, 'server/alertmanager.yml');

  test('finds alertmanager.yml valid, without settings and with all that the example shows', async () => {
    expect(await amtool(['check-config', config])).toMatchObject({ exitCode: 0 });
    const { out } = await stack(exampleText().replaceAll(/^#(?! )/gm, ''));
    expect(await amtool(['check-config', path.join(out, 'server/alertmanager.yml')])).toMatchObject({ exitCode: 0 });
  });

  test.each([...new Map(alerts.map((one) => [`${one.name} ${one.severity}`, one])).values()])(
    'sends $name as $severity where it belongs',
    async ({ name, severity }) => {
      const receiver =
        name === 'Watchdog' ? 'watchdog' : { critical: 'oncall', warning: 'chat', info: 'nobody' }[severity];
      const labels = [`alertname=${name}`, `severity=${severity}`, 'instance=db1', 'cluster=main'];
      const { stdout } = await amtool(['config', 'routes', 'test', `--config.file=${config}`, ...labels]);
      expect(stdout?.trim()).toBe(receiver);
    },
  );
});

test('nothing that is made speaks of a path of the machine that made it', () => {
  for (const { text } of stackFiles(anySite)) expect(text).not.toContain(import.meta.dirname.slice(0, 10));
  expect(existsSync(path.join(dist, 'rules'))).toBe(true);
});
