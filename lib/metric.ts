/** A sample's value. A bigint keeps a 64-bit counter exact; everything below 2^53 may be a number. */
export type Value = number | bigint;

/** One metric family: what its HELP and TYPE lines say, and which labels each of its samples carries. */
export interface Metric<Label extends string = string> {
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly help: string;
  readonly labels: readonly Label[];
}

/** One series with its value. */
export interface Sample {
  readonly metric: Metric;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: Value;
  /** Of a histogram's sample: what it is, after the metric's name. */
  readonly suffix?: '_bucket' | '_sum' | '_count';
}

/** Declares a value that goes up and down. */
export function gauge<const Label extends string = never>(
  name: string,
  help: string,
  labels: readonly Label[] = [],
): Metric<Label> {
  return { name, type: 'gauge', help, labels };
}

/** Declares a value that only grows until it is reset; its name ends in `_total`. */
export function counter<const Label extends string = never>(
  name: string,
  help: string,
  labels: readonly Label[] = [],
): Metric<Label> {
  return { name, type: 'counter', help, labels };
}

/** Declares a distribution, counted in buckets that only grow until they are reset. */
export function histogram<const Label extends string = never>(
  name: string,
  help: string,
  labels: readonly Label[] = [],
): Metric<Label> {
  return { name, type: 'histogram', help, labels };
}

/** The buckets of a histogram, for a query: `histogram_quantile(0.99, rate(…_bucket[5m]))`. */
export function bucketsOf<Label extends string>({ name, help, labels }: Metric<Label>): Metric<Label | 'le'> {
  return { name: `${name}_bucket`, type: 'counter', help, labels: [...labels, 'le'] };
}

/** How many observations a histogram has, for a query. */
export function countOf<Label extends string>(metric: Metric<Label>): Metric<Label> {
  return { ...metric, name: `${metric.name}_count`, type: 'counter' };
}

/**
 * All samples of one histogram whose sum is not known: node_exporter would print 0 for one that is left out, so that it is
 * NaN, as in client_golang's histograms of the Go runtime.
 *
 * `buckets` are upper bounds, ascending, with the number of observations up to each; `count` is the number of all.
 */
export function* histogramSamples<Label extends string>(
  metric: Metric<Label>,
  labels: Readonly<Record<NoInfer<Label>, string>>,
  buckets: readonly (readonly [upTo: number, count: Value])[],
  count: Value,
): Generator<Sample> {
  for (const [upTo, value] of buckets) {
    yield { metric, labels: { ...labels, le: String(upTo) }, value, suffix: '_bucket' };
  }
  yield { metric, labels: { ...labels, le: '+Inf' }, value: count, suffix: '_bucket' };
  yield { metric, labels, value: Number.NaN, suffix: '_sum' };
  yield { metric, labels, value: count, suffix: '_count' };
}

/** A sample of `metric`. A missing, superfluous or misspelt label does not compile. */
export function sample<Label extends string>(
  metric: Metric<Label>,
  labels: Readonly<Record<NoInfer<Label>, string>>,
  value: Value,
): Sample {
  return { metric, labels, value };
}

/** The same, or nothing where there is no value: absent is absent, never 0. */
export function* sampleOf<Label extends string>(
  metric: Metric<Label>,
  labels: Readonly<Record<NoInfer<Label>, string>>,
  value: Value | boolean | undefined,
): Generator<Sample> {
  if (value !== undefined) yield sample(metric, labels, typeof value === 'boolean' ? Number(value) : value);
}

/** One sample for each of `states`: 1 for the current one, 0 for the others. */
export function* stateSet<Label extends string>(
  metric: Metric<Label | 'state'>,
  labels: Readonly<Record<NoInfer<Exclude<Label, 'state'>>, string>>,
  states: readonly string[],
  current: string,
): Generator<Sample> {
  for (const state of states) {
    yield { metric, labels: { ...labels, state }, value: state === current ? 1 : 0 };
  }
}
