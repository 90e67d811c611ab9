import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { expressionsOf } from '../../lib/monitoring/dashboard.ts';
import { type Expression, metricsOf, render } from '../../lib/monitoring/promql.ts';
import { dashboards } from '../dashboards/list.ts';
import { ruleFiles } from '../stack/rule-files.ts';
import { before } from './course.ts';
import { type Machine, machines } from './machines.ts';
import { answered, scrape } from './scrape.ts';

const address = '127.0.0.1:19390';

/** The machine that details are shown of. */
export const shownMachine = 'node02';

/** One that dies, and how long ago. */
const dead = { name: 'node09', ago: 1500 };

/** When the pool of the shown machine loses a disk, and the scrub begins. */
const [degraded, scrubbing] = [7800, 5400];

/** A Prometheus with what a fleet has told until `now`, `seconds` long; `use` asks it. */
export async function withHistory<T>(
  scratch: string,
  now: number,
  seconds: number,
  use: (address: string) => Promise<T>,
): Promise<T> {
  await writeSamples(path.join(scratch, 'history.om'), scratch, now, seconds);
  await execa('promtool', [
    'tsdb',
    'create-blocks-from',
    'openmetrics',
    path.join(scratch, 'history.om'),
    path.join(scratch, 'tsdb'),
  ]);
  for (const [index, rules] of rounds().entries()) await evaluate(scratch, `round-${index}`, rules, now, seconds);
  return withPrometheus(scratch, async () => use(address));
}

async function writeSamples(file: string, scratch: string, now: number, seconds: number): Promise<void> {
  const out = createWriteStream(file);
  for (const machine of machines) {
    const text = await scrape(machine, now, scratch, address);
    for (const sample of samples(text)) {
      if (!out.write(course(machine, sample, now, seconds))) await once(out, 'drain');
    }
    out.write(course(machine, { series: 'up', value: 1 }, now, seconds));
  }
  out.end('# EOF\n');
  await once(out, 'close');
}

interface Sample {
  /** With its labels. */
  readonly series: string;
  readonly value: number;
}

function samples(text: string): Sample[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const wanted = new Set(expressions().flatMap((expr) => metricsOf(expr).map(({ name }) => name)));
  return lines
    .map((line) => ({ series: line.slice(0, line.lastIndexOf(' ')), value: Number(line.slice(line.lastIndexOf(' '))) }))
    .filter(({ series }) => wanted.has(series.replace(/\{.*/s, '')));
}

function expressions(): Expression[] {
  const rows = dashboards.flatMap(({ dashboard }) => [dashboard.now, ...dashboard.rows]);
  const asked = rows.flatMap(({ panels }) => panels.flatMap(expressionsOf));
  return [...asked, ...ruleFiles.flatMap(({ alerts, records }) => [...alerts, ...records].map(({ expr }) => expr))];
}

/** The machine that is shown is seen each minute, the others every two. */
function course({ name, env }: Machine, { series, value }: Sample, now: number, seconds: number): string {
  const labels = `job="node",env="${env}",instance="${name}"`;
  const place = series.endsWith('}') ? `${series.slice(0, -1)},${labels}}` : `${series}{${labels}}`;
  const step = name === shownMachine ? 60 : 120;
  const lines = [];
  for (let ago = seconds; ago >= 0; ago -= step) {
    const told = story(name, series, before(place, value, ago), ago);
    if (told !== undefined) lines.push(`${place} ${told} ${now - ago}\n`);
  }
  return lines.join('');
}

/** What happens meanwhile. */
function story(name: string, series: string, value: number, ago: number): number | undefined {
  if (name === dead.name && ago < dead.ago) return series === 'up' ? 0 : undefined;
  if (name === shownMachine && ago > degraded) {
    if (series.startsWith('zfs_pool_health')) return 0;
    if (/^zfs_(pool_state|pool_status_info|vdev_state|vdev_errors_total)/.test(series)) return undefined;
  }
  return series.startsWith('zfs_scrub_state') && value === 1 && ago > scrubbing ? 2 : value;
}

type Rule = Readonly<Record<string, unknown>>;

/** Rules as Prometheus can work them out of the past, each list from what the one before it has made. */
function rounds(): readonly (readonly Rule[])[] {
  const records = ruleFiles.flatMap((file) => file.records);
  const late = ['instance_severity:alerts_firing:count', 'instance:alerts_firing:worst'];
  const rule = ({ name, expr }: (typeof records)[number]) => ({ record: name, expr: render(expr) });
  const alerts = ruleFiles
    .flatMap((file) => file.alerts)
    .map(({ name, severity, expr }) => ({
      record: 'ALERTS',
      expr: `(${render(expr)}) * 0 + 1`,
      labels: { alertname: name, severity, alertstate: 'firing' },
    }));
  const since = 'max without (alertstate) (min_over_time(timestamp(ALERTS{alertstate="firing"})[6h:1m]))';
  return [
    records.filter(({ name }) => !late.includes(name)).map(rule),
    alerts,
    [...records.filter(({ name }) => name === late[0]).map(rule), { record: 'ALERTS_FOR_STATE', expr: since }],
    records.filter(({ name }) => name === late[1]).map(rule),
  ];
}

async function evaluate(
  scratch: string,
  name: string,
  rules: readonly Rule[],
  now: number,
  seconds: number,
): Promise<void> {
  const file = path.join(scratch, `${name}.yml`);
  await writeFile(file, stringify({ groups: [{ name, rules }] }));
  const times = [`--start=${now - seconds}`, `--end=${now}`, '--eval-interval=60s'];
  const places = [`--url=http://${address}`, `--output-dir=${path.join(scratch, 'tsdb')}`];
  await withPrometheus(scratch, async () =>
    execa('promtool', ['tsdb', 'create-blocks-from', 'rules', ...times, ...places, file]),
  );
}

async function withPrometheus<T>(scratch: string, use: () => Promise<T>): Promise<T> {
  const config = path.join(scratch, 'prometheus.yml');
  await writeFile(config, '{}\n');
  const options = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${path.join(scratch, 'tsdb')}`,
    `--web.listen-address=${address}`,
  ];
  const server = execa('prometheus', [...options, '--log.level=error'], {
    reject: false,
    stdout: 'ignore',
    stderr: 'ignore',
  });
  try {
    await answered(`http://${address}/-/ready`);
    return await use();
  } finally {
    server.kill();
    await server;
  }
}
