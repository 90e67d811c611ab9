import { type Expression, render } from './promql.ts';

/** Series that a description names, asked when the alert is sent. */
export interface Listing {
  readonly expr: Expression;
  /** The labels that they have in common with the alert. */
  readonly shared: readonly string[];
  /** What is said of each, of the template's `.Labels`. */
  readonly text: string;
}

/** Up to five of them: https://prometheus.io/docs/prometheus/latest/configuration/template_reference/ */
export function listingText({ expr, shared, text }: Listing, thresholds: Readonly<Record<string, number>>): string {
  const matchers = shared.map((label, index) => `${label}=%[${index + 1}]q`).join(', ');
  const values = shared.map((label) => `$labels.${label}`).join(' ');
  return `{{ range printf \`topk(5, ${render(expr, matchers, thresholds)})\` ${values} | query }}${text}{{ end }}`;
}
