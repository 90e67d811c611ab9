import { type Expression, render } from './promql.ts';

/**
 * In a description: `text`, of the template's `.Labels`, for up to five series of `expr` that have the `shared` labels of the
 * alert, asked when it is sent. https://prometheus.io/docs/prometheus/latest/configuration/template_reference/
 */
export function listed(expr: Expression, shared: readonly string[], text: string): string {
  const matchers = shared.map((label, index) => `${label}=%[${index + 1}]q`).join(', ');
  const values = shared.map((label) => `$labels.${label}`).join(' ');
  return `{{ range printf \`topk(5, ${render(expr, matchers)})\` ${values} | query }}${text}{{ end }}`;
}
