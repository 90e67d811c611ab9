import type { Metric, Sample, Value } from '../metric.ts';

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * Renders samples in the Prometheus text format 0.0.4: families in the order of `metrics`, series sorted, each with the
 * `common` labels after its own.
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 *
 * Throws where a reader would drop the file or a series of it: a family without HELP, a bad name, labels other than
 * the declared ones, a value that is no number, the same series twice.
 */
export function render(
  metrics: readonly Metric[],
  samples: Iterable<Sample>,
  common: Readonly<Record<string, string>> = {},
): string {
  const commonPairs = Object.entries(common).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  const families = new Map<Metric, string[]>(metrics.map((metric) => [metric, []]));
  for (const one of samples) {
    const lines = families.get(one.metric);
    if (lines === undefined) throw refusal(one.metric.name, 'a declared metric', 'an undeclared one');
    lines.push(seriesLine(one, commonPairs));
  }
  const names = new Set<string>();
  let text = '';
  for (const [metric, lines] of families) {
    checkMetric(metric, names);
    if (lines.length === 0) continue;
    lines.sort();
    checkDistinct(metric, lines);
    text += `# HELP ${metric.name} ${escapeHelp(metric.help)}\n# TYPE ${metric.name} ${metric.type}\n`;
    text += `${lines.join('\n')}\n`;
  }
  if (text === '') throw refusal('the file', 'at least one sample', 'none');
  return text;
}

/** The number of series in a rendered text. */
export function countSeries(text: string): number {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
}

function seriesLine({ metric, labels, value }: Sample, common: readonly string[]): string {
  if (Object.keys(labels).length !== metric.labels.length) {
    throw refusal(metric.name, `labels ${metric.labels.join(', ')}`, Object.keys(labels).join(', '));
  }
  const pairs = metric.labels.map((label) => {
    const text = labels[label];
    if (text === undefined) throw refusal(metric.name, `label ${label}`, 'a sample without it');
    return `${label}="${escapeLabel(text)}"`;
  });
  const all = common.length === 0 ? pairs : [...pairs, ...common];
  const series = all.length === 0 ? metric.name : `${metric.name}{${all.join(',')}}`;
  return `${series} ${formatValue(metric, value)}`;
}

function formatValue(metric: Metric, value: Value): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw refusal(metric.name, 'a finite value', String(value));
  return String(value);
}

function checkMetric(metric: Metric, names: Set<string>): void {
  if (!metricName.test(metric.name)) throw refusal(metric.name, 'a metric name', JSON.stringify(metric.name));
  if (metric.help.trim() === '') throw refusal(metric.name, 'a HELP text', 'none');
  if (names.has(metric.name)) throw refusal(metric.name, 'one declaration', 'two');
  if ((metric.type === 'counter') !== metric.name.endsWith('_total')) {
    throw refusal(metric.name, 'a name that ends in _total on counters only', metric.type);
  }
  const bad = metric.labels.find((label) => !labelName.test(label) || label.startsWith('__'));
  if (bad !== undefined) throw refusal(metric.name, 'label names', JSON.stringify(bad));
  names.add(metric.name);
}

/** In sorted lines the same series stands in neighbours, whatever their values. */
function checkDistinct(metric: Metric, lines: readonly string[]): void {
  let before = '';
  for (const line of lines) {
    const series = line.slice(0, line.lastIndexOf(' '));
    if (series === before) throw refusal(metric.name, 'each series once', `${series} twice`);
    before = series;
  }
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

const special = /[\\"\n]/;

/** A label's value as it stands between quotes. */
export function escapeLabel(text: string): string {
  if (!special.test(text)) return text;
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function refusal(place: string, expected: string, got: string): Error {
  return new Error(`Cannot render ${place}: expected ${expected}, got ${got}`);
}
