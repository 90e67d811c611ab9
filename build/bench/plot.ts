import { type Result, firstVersion, seriesOf, typical } from './result.ts';

const panel = { width: 190, height: 130, left: 42, top: 26, gap: 16, bottom: 24 };
/** Name of a line, its colour, and what is measured of a result. */
const lines = [
  ['collector', '#0969da', (one: Result) => `collector ${firstVersion(one)}`],
  ['its commands alone', '#8c959f', () => 'commands'],
  [
    'Python',
    '#bf8700',
    ({ case: { alternatives } }: Result) => alternatives.find((name) => name.endsWith('.py')) ?? '',
  ],
  [
    'shell script',
    '#cf222e',
    ({ case: { alternatives } }: Result) => alternatives.find((name) => name.endsWith('.sh')) ?? '',
  ],
] as const;
const measures = [
  { title: 'CPU s', of: (one: Result, name: string) => typical(one, name, 'cpu'), from: 0.001, to: 100 },
  { title: 'peak MB', of: (one: Result, name: string) => typical(one, name, 'memory') / 1e6, from: 1, to: 1000 },
] as const;

/** One panel for each series of machines, above for processor time and below for memory; all scales are logarithmic. */
export function plot(growing: readonly Result[]): string {
  const all = seriesOf(growing);
  const width = all.length * (panel.left + panel.width + panel.gap);
  const height = measures.length * (panel.top + panel.height + panel.bottom) + 24;
  const panels = measures.flatMap((measure, row) =>
    all.map((series, column) => {
      const x = column * (panel.left + panel.width + panel.gap) + panel.left;
      const y = row * (panel.top + panel.height + panel.bottom) + panel.top;
      return `<g transform="translate(${x},${y})">${onePanel(series, measure)}</g>`;
    }),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="10" fill="#1f2328">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...panels,
    ...lines.map(([name, colour], index) => {
      const [x, y] = [panel.left + index * 150, height - 10];
      return `<path d="M${x} ${y - 3}h18" stroke="${colour}" stroke-width="2"/><text x="${x + 24}" y="${y}">${name}</text>`;
    }),
    '</svg>\n',
  ].join('\n');
}

function onePanel(series: readonly Result[], { title, of, from, to }: (typeof measures)[number]): string {
  const [{ case: { collector, grows = 'datasets' } } = { case: { collector: '', grows: undefined } }] = series;
  const sizes = series.map((one) => one.case.sizes[grows]);
  const x = scale(Math.min(...sizes), Math.max(...sizes), panel.width);
  const y = (value: number): number => panel.height - scale(from, to, panel.height)(value);
  const parts = [`<text x="0" y="-10" font-weight="bold">${collector}: ${title} by ${grows}</text>`];
  for (const tick of decades(from, to)) {
    parts.push(`<path d="M0 ${fixed(y(tick))}h${panel.width}" stroke="#d0d7de" stroke-width="0.5"/>`);
    parts.push(`<text x="-5" y="${fixed(y(tick) + 3)}" text-anchor="end">${tick}</text>`);
  }
  for (const tick of decades(Math.min(...sizes), Math.max(...sizes)))
    parts.push(`<text x="${fixed(x(tick))}" y="${panel.height + 13}" text-anchor="middle">${power(tick)}</text>`);
  for (const [, colour, nameOf] of lines) {
    const points = series.flatMap((one) => {
      const value = of(one, nameOf(one));
      return Number.isNaN(value) ? [] : [`${fixed(x(one.case.sizes[grows]))} ${fixed(y(value))}`];
    });
    if (points.length > 0)
      parts.push(`<path d="M${points.join('L')}" fill="none" stroke="${colour}" stroke-width="2"/>`);
  }
  return parts.join('\n');
}

function scale(from: number, to: number, length: number): (value: number) => number {
  return (value) => (Math.log(value / from) / Math.log(to / from)) * length;
}

function decades(from: number, to: number): number[] {
  const [first, last] = [Math.ceil(Math.log10(from) - 1e-9), Math.floor(Math.log10(to) + 1e-9)];
  return Array.from({ length: last - first + 1 }, (_, index) => Number(`1e${first + index}`));
}

function power(value: number): string {
  return value < 1000 ? String(value) : value < 1e6 ? `${value / 1000}k` : `${value / 1e6}M`;
}

function fixed(value: number): string {
  return value.toFixed(1);
}
