import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { messageOf } from '../../lib/errors.ts';
import { dashboardText } from '../dashboards/dashboard.ts';
import { dashboards } from '../dashboards/list.ts';
import { type PreviewDashboard, dashboardSchema } from './dashboard.ts';
import { shownMachine, withHistory } from './history.ts';
import { type Mark, heightOf, page } from './page.ts';
import { type Span, ask } from './prometheus.ts';
import { color } from './reading.ts';

/** Six hours, in steps of two minutes. */
const [seconds, step] = [6 * 3600, 120];

/** Draws every dashboard's JSON to a picture in `out`. */
async function preview(out: string): Promise<void> {
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'textfile-preview-'));
  const now = Math.floor(Date.now() / 120_000) * 120;
  try {
    await mkdir(out, { recursive: true });
    await withHistory(scratch, now, seconds, async (address) => {
      for (const { name, dashboard } of dashboards) {
        const built = dashboardSchema.parse(JSON.parse(dashboardText(dashboard)));
        const file = path.join(scratch, `${name}.html`);
        await writeFile(file, await pageOf(built, address, spanOf(now)));
        await draw(file, path.join(out, `${name}.png`), heightOf(built), scratch);
        process.stdout.write(`${path.join(out, `${name}.png`)} ${(await stat(path.join(out, `${name}.png`))).size}\n`);
      }
    });
  } finally {
    await rm(scratch, { recursive: true });
  }
}

function spanOf(now: number): Span {
  const variables = {
    __rate_interval: '8m',
    __interval_ms: String(step * 1000),
    __interval: `${step}s`,
    __range: `${seconds}s`,
    rows: '50',
    job: '.*',
    env: '.*',
    instance: shownMachine,
    device: '.*',
  };
  return { from: now - seconds, to: now, step, variables };
}

/** By dashboard, whose series it shows: all, or a machine whose recordings have what the dashboard is about. */
const instances: Readonly<Record<string, string>> = {
  'textfile-alerts': '.*',
  'textfile-zfs': 'node11',
  'textfile-tcp': 'node08',
  'textfile-wireguard': 'node03',
  'textfile-replication-lag': 'node04',
  'textfile-ebpf': 'node01',
};

async function pageOf(dashboard: PreviewDashboard, address: string, span: Span): Promise<string> {
  const instance = instances[dashboard.uid] ?? shownMachine;
  const ours = { ...span, variables: { ...span.variables, instance } };
  const panels = await Promise.all(
    dashboard.panels.map(async (panel) => {
      const answers = (panel.targets ?? []).map(async ({ expr, instant = false }) => ask(address, expr, ours, instant));
      return { panel, answers: await Promise.all(answers) };
    }),
  );
  return page(dashboard, panels, await marksOf(dashboard, address, ours), ours);
}

async function marksOf({ annotations }: PreviewDashboard, address: string, span: Span): Promise<readonly Mark[]> {
  const marks = annotations.list.map(async ({ expr, enable = true, iconColor, useValueForTime = false }) => {
    if (expr === undefined || !enable) return [];
    const series = await ask(address, expr, span, false);
    return series.flatMap(({ points }) => {
      const [first, last] = [points[0], points.at(-1)];
      if (first === undefined || last === undefined) return [];
      const at = useValueForTime ? [first[1] / 1000, first[1] / 1000] : [first[0], last[0]];
      return [{ from: at[0] ?? 0, to: at[1] ?? 0, color: color(iconColor) }];
    });
  });
  return (await Promise.all(marks)).flat();
}

async function draw(html: string, png: string, height: number, scratch: string): Promise<void> {
  const switches = [
    'disable-gpu',
    'disable-quic',
    'no-first-run',
    'disable-background-networking',
    'disable-component-update',
    'disable-sync',
    'hide-scrollbars',
  ];
  await execa('chromium', [
    '--headless',
    '--no-sandbox',
    ...switches.map((one) => `--${one}`),
    `--user-data-dir=${path.join(scratch, 'chromium')}`,
    `--window-size=1524,${height}`,
    `--screenshot=${png}`,
    `file://${html}`,
  ]);
  await execa('pngquant', ['--force', '--skip-if-larger', '--speed=1', '--output', png, '32', png], { reject: false });
}

try {
  const [, , out = path.join(import.meta.dirname, '../../dist/preview')] = process.argv;
  if (out.startsWith('-')) throw new Error(`Cannot draw: expected a folder or nothing, got ${out}`);
  await preview(path.resolve(out));
} catch (error) {
  process.stderr.write(`preview: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
