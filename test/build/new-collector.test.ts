import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demandTool, isLeftOut } from '../tools.ts';

const root = path.join(import.meta.dirname, '../..');

/** A collector of the load averages, as someone would write it who has read the README and nothing else. */
const demo: Readonly<Record<string, string>> = {
  'metrics.ts': `import { gauge } from '../../lib/metric.ts';

export const load = gauge('demo_load_average', 'Load average.', ['minutes']);
`,
  'loadavg.ts': `import { decimal } from '../../lib/parse.ts';

/** \`0.71 0.62 0.50 2/345 6789\`, proc_loadavg(5). */
export function parseLoadAverages(text: string): (number | undefined)[] {
  return text.split(' ').slice(0, 3).map((word, index) => decimal(word, \`load average \${index + 1}\`));
}
`,
  'collector.ts': `import { defineCollector } from '../../lib/collector.ts';
import { sampleOf } from '../../lib/metric.ts';
import { parseLoadAverages } from './loadavg.ts';
import * as m from './metrics.ts';

const minutes = ['1', '5', '15'];

export const demo = defineCollector({
  name: 'demo',
  summary: 'Load averages',
  metrics: Object.values(m),
  settings: {},
  timeout: 10,
  needs: [{ kind: 'file', name: '/proc/loadavg', why: 'everything' }],
  present: async (host) => (await host.readText('/proc/loadavg')) !== undefined,
  async *collect(host, _settings, run) {
    const loads = await run.read('loadavg', '', async () => parseLoadAverages((await host.readText('/proc/loadavg')) ?? ''));
    for (const [index, one] of minutes.entries()) yield sampleOf(m.load, { minutes: one }, loads?.[index]);
  },
});
`,
  'alerts.ts': `import type { Alert } from '../../lib/monitoring/alert.ts';
import { promql, series } from '../../lib/monitoring/promql.ts';
import * as m from './metrics.ts';

export const alerts: readonly Alert[] = [
  {
    name: 'DemoLoadHigh',
    severity: 'warning',
    expr: promql\`\${series(m.load, { minutes: '15' })} > 100\`,
    for: '15m',
    summary: 'The load of {{ $labels.instance }} is {{ $value }}.',
    description: 'See top(1).',
  },
];
`,
  'dashboard.ts': `import { type Dashboard, legend } from '../../lib/monitoring/dashboard.ts';
import { promql } from '../../lib/monitoring/promql.ts';
import * as m from './metrics.ts';

export const dashboard: Dashboard = {
  uid: 'textfile-demo',
  title: 'Load',
  machines: 'one',
  presence: promql\`\${m.load}\`,
  now: {
    title: 'Now',
    panels: [
      { title: 'Load', kind: 'graph', width: 24, queries: [{ expr: promql\`\${m.load}\`, legend: legend(m.load, 'minutes') }] },
    ],
  },
  rows: [],
};
`,
  'unit.ts': `import type { Unit } from '../../lib/unit.ts';

export const unit: Unit = { interval: 60, exceptions: { ProcSubset: ['all', 'The load is in /proc/loadavg.'] } };
`,
  'slice.ts': `import type { CollectorSlice } from '../../lib/slice.ts';
import { alerts } from './alerts.ts';
import { demo as collector } from './collector.ts';
import { dashboard } from './dashboard.ts';
import { unit } from './unit.ts';

export const demo: CollectorSlice = {
  name: collector.name,
  collector,
  unit,
  alerts,
  dashboard,
  packages: { deb: ['procps'], rpm: ['procps-ng'] },
};
`,
  'main.ts': `import { main } from '../../lib/run/main.ts';
import { demo } from './collector.ts';

void main(demo);
`,
  'README.md': `# demo

<!-- metrics -->

<!-- /metrics -->

<!-- settings -->

<!-- /settings -->

## Runbooks

### DemoLoadHigh

See top(1).
`,
};

let copy = '';
beforeAll(async () => {
  copy = mkdtempSync(path.join(os.tmpdir(), 'textfile-new-collector-'));
  const wanted = [
    'build',
    'collectors',
    'lib',
    'units',
    'package.json',
    'tsconfig.json',
    'README.md',
    'LICENSE',
    'CHANGELOG.md',
  ];
  for (const name of wanted) cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  mkdirSync(path.join(copy, 'collectors/demo'));
  for (const [name, text] of Object.entries(demo)) writeFileSync(path.join(copy, 'collectors/demo', name), text);
  const index = path.join(copy, 'collectors/index.ts');
  // The one line, and the import that an editor adds for it.
  const text = readFileSync(index, 'utf8').replace(/(: readonly \w+\[\] = \[)zfs,/, '$1demo, zfs,');
  writeFileSync(index, `import { demo } from './demo/slice.ts';\n${text}`);
  await run('npm', 'run', '--silent', 'build');
}, 120_000);
afterAll(() => rmSync(copy, { recursive: true }));

async function run(file: string, ...args: string[]): Promise<string> {
  return (await execa(file, args, { cwd: copy, env: { SOURCE_DATE_EPOCH: '1795351272' } })).stdout;
}
const read = (file: string): string => readFileSync(path.join(copy, file), 'utf8');

describe('a folder and a line make a collector', () => {
  test('with a bundle that reads the machine', async () => {
    const text = await run(process.execPath, 'dist/demo.js', '--stdout');
    expect(text).toMatch(/^demo_load_average\{minutes="15"\} \d/m);
    expect(text).toContain('textfile_collector_source_success{collector="demo",source="loadavg",target=""} 1\n');
  });

  test('whose code compiles', async () => {
    expect(await run(path.join(root, 'node_modules/.bin/tsc'), '--noEmit', '--project', '.')).toBe('');
  }, 60_000);

  test('with units', () => {
    expect(read('dist/units/textfile-collector-demo.service')).toContain('/demo.js');
    expect(read('dist/units/textfile-collector-demo.timer')).toContain('OnUnitActiveSec=60s');
  });

  test('with rules and a dashboard', () => {
    expect(read('dist/rules/demo.yml')).toContain('alert: DemoLoadHigh');
    expect(read('dist/dashboards/demo.json')).toContain('"demo_load_average{');
  });

  test('with tables in its README', async () => {
    await run(path.join(root, 'node_modules/.bin/tsx'), 'build/docs.ts');
    expect(read('collectors/demo/README.md')).toContain('| `demo_load_average` | gauge | minutes | Load average. |');
  });

  test.skipIf(isLeftOut('packages'))(
    'in the packages',
    async () => {
      await demandTool('dpkg-deb', 'dpkg', 'packages');
      await demandTool('rpmbuild', 'rpm', 'packages');
      await run(path.join(root, 'node_modules/.bin/tsx'), 'build/package/main.ts');
      const deb = readdirSync(path.join(copy, 'dist')).find((name) => name.endsWith('.deb')) ?? '';
      const list = await run('dpkg-deb', '--contents', `dist/${deb}`);
      const files = [
        'lib/textfile-collectors/demo.js',
        'lib/systemd/system/textfile-collector-demo.timer',
        'bin/textfile-collector-demo',
      ];
      for (const file of files) expect(list).toContain(`./usr/${file}`);
      for (const file of ['./etc/textfile-collectors/demo.toml', 'textfile-collector-demo.8.gz'])
        expect(list).toContain(file);
      expect(await run('dpkg-deb', '--field', `dist/${deb}`, 'Suggests')).toContain('procps');
    },
    120_000,
  );
});
