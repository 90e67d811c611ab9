import { type PreviewDashboard, type PreviewPanel, type Settings, overridden } from './dashboard.ts';
import type { Series } from './prometheus.ts';
import { color, colored, written } from './reading.ts';
import { type Rows, rowsOf } from './rows.ts';

/** A panel with the answers to its queries, in their order. */
export interface Answered {
  readonly panel: PreviewPanel;
  readonly answers: readonly (readonly Series[])[];
}

interface Named {
  readonly name: string;
  readonly series: Series;
}

/** The inside of a panel; a graph is an element that the page's script draws into. */
export function body({ panel, answers }: Answered): string {
  if (panel.type === 'table') return table(panel, rowsOf(panel, answers));
  const named = namedSeries({ panel, answers });
  const settings = panel.fieldConfig?.defaults ?? {};
  if (named.length === 0) return nothing(settings);
  if (panel.type === 'stat') return stat(panel, named, settings);
  if (panel.type === 'bargauge') return gauges(named, settings);
  if (panel.type === 'state-timeline') return timeline(named, settings);
  return '<div class="graph"></div>';
}

/** "none" is good news; "no data" is not. */
function nothing({ noValue = 'no data' }: Settings): string {
  return `<div class="none${noValue === 'none' ? '' : ' missing'}">${escaped(noValue)}</div>`;
}

/** The series of a panel by their legends. */
export function namedSeries({ panel: { targets = [] }, answers }: Answered): readonly Named[] {
  return answers.flatMap((series, index) =>
    series.map((one) => ({ name: legend(targets[index]?.legendFormat ?? '', one), series: one })),
  );
}

function legend(format: string, { labels }: Series): string {
  return format
    .replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => labels[name] ?? '')
    .replaceAll(/ +/g, ' ')
    .trim();
}

function stat({ options }: PreviewPanel, named: readonly Named[], settings: Settings): string {
  const tiles = named.map(({ name, series }) => {
    const value = series.points.at(-1)?.[1] ?? Number.NaN;
    const background = options?.colorMode === 'background' ? (colored(value, settings) ?? '') : '';
    const figure = options?.textMode === 'name' ? '' : `<b>${escaped(written(value, settings))}</b>`;
    const title = options?.textMode === 'value' ? '' : `<span>${escaped(name)}</span>`;
    return `<div class="tile" style="background:${background}">${title}${figure}</div>`;
  });
  return `<div class="tiles">${tiles.join('')}</div>`;
}

function gauges(named: readonly Named[], settings: Settings): string {
  const { min = 0, max = 1 } = settings;
  const bars = named.map(({ name, series }) => {
    const value = series.points.at(-1)?.[1] ?? Number.NaN;
    const width = Math.max(0, Math.min(100, ((value - min) / (max - min)) * 100));
    const shade = colored(value, settings) ?? color('green');
    return `<div class="bar"><span>${escaped(name)}</span><i><u style="width:${width}%;background:${shade}"></u></i><b>${escaped(written(value, settings))}</b></div>`;
  });
  return `<div class="bars">${bars.join('')}</div>`;
}

function timeline(named: readonly Named[], settings: Settings): string {
  const lines = named.map(({ name, series }) => {
    const parts = series.points.map(([time, value]) => ({
      time,
      value,
      shade: colored(value, settings) ?? color('green'),
    }));
    return `<div class="line"><span>${escaped(name)}</span><i data-parts='${JSON.stringify(parts)}'></i></div>`;
  });
  const words = (settings.mappings ?? []).map(({ options: { from, result } }) => {
    return `<em><i style="background:${colored(from, settings) ?? color('green')}"></i>${escaped(result.text)}</em>`;
  });
  return `<div class="lines">${lines.join('')}<div class="axis"></div></div><div class="words">${words.join('')}</div>`;
}

function table({ fieldConfig }: PreviewPanel, { names, rows }: Rows): string {
  const { defaults = {}, overrides = [] } = fieldConfig ?? {};
  const settingsOf = (name: string): Settings =>
    overrides
      .filter(({ matcher }) => matcher.id === 'byType' || matcher.options === name)
      .reduce((settings, { properties }) => overridden(settings, properties), defaults);
  const cells = rows.map((row) =>
    names
      .map((name) =>
        cell(
          row[name],
          settingsOf(name),
          overrides.some(
            ({ matcher, properties }) => matcher.options === name && properties.some(({ id }) => id === 'links'),
          ),
        ),
      )
      .join(''),
  );
  if (rows.length === 0) return nothing(defaults);
  return `<table><tr>${names.map((name) => `<th>${escaped(name)}</th>`).join('')}</tr>${cells.map((one) => `<tr>${one}</tr>`).join('')}</table>`;
}

function cell(value: string | number | undefined, settings: Settings, isLink: boolean): string {
  if (value === undefined) return '<td></td>';
  if (typeof value === 'string') return `<td class="${isLink ? 'link' : ''}">${escaped(value)}</td>`;
  return `<td class="number" style="background:${colored(value, settings) ?? ''}">${escaped(written(value, settings))}</td>`;
}

/** What stands above the panels: the title, the variables and the links. */
export function head({ title, templating, links }: PreviewDashboard, values: Readonly<Record<string, string>>): string {
  const variables = templating.list
    .filter(({ hide }) => hide !== 2)
    .map(
      ({ name, label }) =>
        `<label>${escaped(label ?? name)} <b>${escaped(shown(values[name] ?? 'Prometheus'))}</b></label>`,
    );
  const others = links.map((link) => `<a>${escaped(link.title)}</a>`);
  return `<h1>${escaped(title)} <small>preview: six hours that are made up from recordings</small></h1><nav>${variables.join('')}<span></span>${others.join('')}</nav>`;
}

function shown(value: string): string {
  return value === '.*' ? 'All' : value;
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
