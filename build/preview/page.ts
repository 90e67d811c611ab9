import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { PreviewDashboard } from './dashboard.ts';
import { type Answered, body, escaped, head, namedSeries } from './html.ts';
import type { Series, Span } from './prometheus.ts';

const uplot = path.dirname(createRequire(import.meta.url).resolve('uplot'));

/** What a graph marks: a span in seconds since 1970, or a moment where both are equal. */
export interface Mark {
  readonly from: number;
  readonly to: number;
  readonly color: string;
}

/** Pixels of a row of Grafana's grid, and between two panels. */
const [unit, gap, width] = [30, 8, 1500];

/** How high the picture is, in pixels. */
export function heightOf({ panels }: PreviewDashboard): number {
  return 100 + Math.max(...panels.map(({ gridPos: { y, h } }) => y + h)) * (unit + gap);
}

/** A page without network: the dashboard with its answers in it. */
export function page(
  dashboard: PreviewDashboard,
  panels: readonly Answered[],
  marks: readonly Mark[],
  span: Span,
): string {
  const shared = { from: span.from, to: span.to, marks };
  return `<!doctype html><meta charset="utf-8"><style>${read('uPlot.min.css')}${readFileSync(path.join(import.meta.dirname, 'page.css'), 'utf8')}</style>
${head(dashboard, span.variables)}<main style="height:${heightOf(dashboard) - 100}px">${panels.map(box).join('')}</main>
<script>${read('uPlot.iife.min.js')}</script><script>const span = ${JSON.stringify(shared)};
${readFileSync(path.join(import.meta.dirname, 'page.js'), 'utf8')}</script>`;
}

function read(file: string): string {
  return readFileSync(path.join(uplot, file), 'utf8');
}

function box(answered: Answered): string {
  const { panel } = answered;
  const { x, y, w, h } = panel.gridPos;
  const column = width / 24;
  const place = `left:${x * column}px;top:${y * (unit + gap)}px;width:${w * column - gap}px;height:${h * (unit + gap) - gap}px`;
  if (panel.type === 'row') return `<h2 style="${place}">${escaped(panel.title)}</h2>`;
  const isGraph = panel.type === 'timeseries' || panel.type === 'heatmap';
  const data = isGraph ? ` data-graph="${escaped(JSON.stringify(graph(answered)))}"` : '';
  return `<section style="${place}"${data}><h3>${escaped(panel.title)}</h3>${body(answered)}</section>`;
}

/** What the page's script needs to draw a graph: one list of times for all series. */
function graph(answered: Answered) {
  const { panel } = answered;
  const named = namedSeries(answered);
  const times = [...new Set(named.flatMap(({ series }) => series.points.map(([time]) => time)))].sort((a, b) => a - b);
  const { unit: format = 'none', custom } = panel.fieldConfig?.defaults ?? {};
  return {
    type: panel.type,
    unit: format,
    stacked: custom?.stacking?.mode === 'normal',
    times,
    series: named.map(({ name, series }) => ({ name, le: series.labels['le'], values: valuesAt(series, times) })),
  };
}

function valuesAt({ points }: Series, times: readonly number[]): (number | null)[] {
  const values = new Map(points);
  return times.map((time) => values.get(time) ?? null);
}
