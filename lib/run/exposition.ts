import { messageOf } from '../errors.ts';
import { withoutKeys } from '../keys.ts';
import type { Metric, Sample, Value } from '../metric.ts';

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
/** Only in this one a key may stand: its collector knows that it is public. */
const keyLabel = 'public_key';
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** A text, and why a sample is not in it: one line for each that is left out. */
export interface Rendered {
  readonly text: string;
  readonly refused: readonly string[];
}

/**
 * Renders samples in the Prometheus text format 0.0.4: families in the order of `metrics`, series sorted, each with the
 * `common` labels after its own. The lines of a histogram stay together, as they came: buckets stand in the order of `le`.
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 *
 * Leaves out what would cost a reader the whole file or a series of it: samples of a family without HELP or with a bad
 * name, labels other than the declared ones, a value that is no number. Of one series with several values it leaves out
 * all, since none of them is certain.
 */
export function render(
  metrics: readonly Metric[],
  samples: Iterable<Sample>,
  common: Readonly<Record<string, string>> = {},
): Rendered {
  const refused: Refused = { unfit: [], doubled: [] };
  const undeclared: string[] = [];
  const commonPairs = Object.entries(common).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  const families = new Map<Metric, Sample[]>(metrics.map((metric) => [metric, []]));
  for (const one of samples) {
    const family = families.get(one.metric);
    if (family === undefined)
      undeclared.push(refusal(one.metric.name, 'a declared metric', 'an undeclared one').message);
    else family.push(one);
  }
  const names = new Set<string>();
  let text = '';
  // One after the other: the lines of all would take several times the memory of the text.
  for (const [metric, family] of families) text += familyText(metric, family, commonPairs, names, refused);
  return { text, refused: [...refused.unfit, ...undeclared, ...refused.doubled] };
}

/** Why samples are left out: for what they are, and for what stands beside them. */
interface Refused {
  readonly unfit: string[];
  readonly doubled: string[];
}

function familyText(
  metric: Metric,
  samples: readonly Sample[],
  common: readonly string[],
  names: Set<string>,
  { unfit, doubled }: Refused,
): string {
  const reason = faultOf(metric, names);
  if (reason !== undefined) unfit.push(...samples.map(() => reason));
  const lines = reason === undefined ? linesOf(samples, common, unfit) : [];
  lines.sort((a, b) => (a.group < b.group ? -1 : Number(a.group > b.group)));
  const written = distinct(metric, lines, doubled).map(({ series, value }) => `${series} ${value}\n`);
  if (written.length === 0) return '';
  return `# HELP ${metric.name} ${escapeHelp(metric.help)}\n# TYPE ${metric.name} ${metric.type}\n${written.join('')}`;
}

function linesOf(samples: readonly Sample[], common: readonly string[], refused: string[]): Line[] {
  const lines: Line[] = [];
  for (const one of samples) {
    try {
      lines.push(lineOf(one, common));
    } catch (error) {
      refused.push(messageOf(error));
    }
  }
  return lines;
}

/** The number of series in a rendered text. */
export function countSeries(text: string): number {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
}

interface Line {
  readonly series: string;
  readonly value: string;
  /** What it is sorted by: the series, or that of the whole histogram. */
  readonly group: string;
}

function lineOf({ metric, labels, value, suffix: part }: Sample, common: readonly string[]): Line {
  const { name } = metric;
  const suffix: string = part ?? '';
  const names = suffix === '_bucket' ? [...metric.labels, 'le'] : metric.labels;
  if (Object.keys(labels).length !== names.length) {
    throw refusal(name, `labels ${names.join(', ')}`, Object.keys(labels).join(', '));
  }
  if ((metric.type === 'histogram') !== (suffix !== ''))
    throw refusal(name, `a sample of a ${metric.type}`, name + suffix);
  const pairs = names.map((label) => {
    const text = labels[label];
    if (text === undefined) throw refusal(name, `label ${label}`, 'a sample without it');
    return `${label}="${escapeLabel(label === keyLabel ? text : withoutKeys(text))}"`;
  });
  const all = common.length === 0 ? pairs : [...pairs, ...common];
  const series = all.length === 0 ? name + suffix : `${name}${suffix}{${all.join(',')}}`;
  const group = suffix === '' ? series : pairs.slice(0, metric.labels.length).join(',');
  // Only the sum of a histogram may be unknown.
  const shown = suffix === '_sum' && Number.isNaN(value) ? 'NaN' : formatValue(metric, value);
  return { series, value: shown, group };
}

function formatValue(metric: Metric, value: Value): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw refusal(metric.name, 'a finite value', String(value));
  return String(value);
}

/** Why no sample of this family can be written; undefined where all is well. */
function faultOf(metric: Metric, names: Set<string>): string | undefined {
  try {
    checkMetric(metric, names);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
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

/** One series that is told twice alike is told once. */
function distinct(metric: Metric, lines: readonly Line[], refused: string[]): readonly Line[] {
  const bySeries = new Map<string, Line[]>();
  for (const line of lines) {
    const same = bySeries.get(line.series);
    if (same === undefined) bySeries.set(line.series, [line]);
    else same.push(line);
  }
  return [...bySeries].flatMap(([series, same]) => {
    const alike = same.every(({ value }) => value === same[0]?.value);
    const left = alike ? same.slice(1) : same;
    refused.push(
      ...left.map(() => refusal(metric.name, 'each series once', `${series} ${times(same.length)}`).message),
    );
    return alike ? same.slice(0, 1) : [];
  });
}

const times = (count: number): string => (count === 2 ? 'twice' : `${count} times`);

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

const special = /[\\"\n\p{Cs}]/u;

/** A label's value as it stands between quotes. In UTF-8 half a surrogate pair is no character, nor one of two alike. */
export function escapeLabel(text: string): string {
  if (!special.test(text)) return text;
  return text
    .replaceAll(/\p{Cs}/gu, '\ufffd')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n');
}

function refusal(place: string, expected: string, got: string): Error {
  return new Error(`Cannot render ${place}: expected ${expected}, got ${got}`);
}
