import type { Metric } from '../metric.ts';

/**
 * A PromQL expression. Its metrics stay values until it is rendered, so that a matcher can be added to every one of them:
 * the dashboard's `instance=~"$instance"`, a site's `job="node"`.
 */
export interface Expression {
  readonly parts: readonly (string | Series | Threshold)[];
}

/** A number that a site may set, by its name. */
export interface Threshold {
  /** Words joined by underscores; the unit last, as `wireguard_peer_stale_seconds`. */
  readonly name: string;
  readonly standard: number;
  /** What it is, in one line. */
  readonly describe: string;
}

/** The series of one metric that all matchers fit. */
interface Series {
  readonly metric: Metric;
  /** As `state="online"`. */
  readonly matchers: readonly string[];
  /** One more, where none is added to all selectors. */
  readonly otherwise?: string;
}

/** The value itself, any one of several, or none of several; several are alternatives of a regular expression. */
type Matcher = string | readonly string[] | { readonly not: readonly string[] };

/** The series of `metric` that `matchers` fit. A label that the metric does not have does not compile. */
export function series<Label extends string>(
  metric: Metric<Label>,
  matchers: { readonly [Key in NoInfer<Label>]?: Matcher },
): Expression {
  const pairs = Object.entries<Matcher | undefined>(matchers);
  return {
    parts: [
      { metric, matchers: pairs.flatMap(([label, matcher]) => (matcher === undefined ? [] : match(label, matcher))) },
    ],
  };
}

/** A metric that every target has: without a matcher of the site's own, of those that `otherwise` fits. */
export function ofJob(metric: Metric, otherwise: string): Expression {
  return { parts: [{ metric, matchers: [], otherwise }] };
}

function match(label: string, matcher: Matcher): string {
  if (typeof matcher === 'string') return `${label}=${JSON.stringify(matcher)}`;
  return 'not' in matcher
    ? `${label}!~${JSON.stringify(matcher.not.join('|'))}`
    : `${label}=~${JSON.stringify(matcher.join('|'))}`;
}

/** Names of labels of `metric`, for `by`, `without`, `on` and `ignoring`. */
export function labels<Label extends string>(_metric: Metric<Label>, ...names: readonly NoInfer<Label>[]): string {
  return names.join(', ');
}

/** A metric stands for all its series. White space may be as the code wants it. */
export function promql(
  texts: TemplateStringsArray,
  ...values: readonly (Metric | Expression | Threshold | string | number)[]
): Expression {
  const parts = texts.flatMap((text, index) => {
    const value = values[index];
    return [text.replaceAll(/\s+/g, ' '), ...(value === undefined ? [] : partsOf(value))];
  });
  return { parts };
}

function partsOf(value: Metric | Expression | Threshold | string | number): Expression['parts'] {
  if (typeof value !== 'object') return [String(value)];
  if ('parts' in value) return value.parts;
  return 'standard' in value ? [value] : [{ metric: value, matchers: [] }];
}

/**
 * The expression as Prometheus reads it, with `added`, as `job="node"`, in every selector, and `set` in place of the
 * thresholds that it names.
 */
export function render({ parts }: Expression, added = '', set: Readonly<Record<string, number>> = {}): string {
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      return 'metric' in part ? selector(part, added) : String(set[part.name] ?? part.standard);
    })
    .join('')
    .trim();
}

function selector({ metric, matchers, otherwise = '' }: Series, added: string): string {
  const all = [...matchers, added === '' ? otherwise : added].filter((matcher) => matcher !== '');
  return all.length === 0 ? metric.name : `${metric.name}{${all.join(', ')}}`;
}

/** The metrics that an expression reads. */
export function metricsOf({ parts }: Expression): Metric[] {
  return parts.flatMap((part) => (typeof part === 'object' && 'metric' in part ? [part.metric] : []));
}

/** What can be set in an expression. */
export function thresholdsOf({ parts }: Expression): Threshold[] {
  return parts.flatMap((part) => (typeof part === 'object' && 'standard' in part ? [part] : []));
}

/** A number that a site may set; a name is that of one number in the whole suite. */
export function threshold(name: string, standard: number, describe: string): Threshold {
  return { name, standard, describe };
}
