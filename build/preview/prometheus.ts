import * as z from 'zod/mini';

const series = z.object({
  metric: z.record(z.string(), z.string()),
  value: z.optional(z.tuple([z.number(), z.string()])),
  values: z.optional(z.array(z.tuple([z.number(), z.string()]))),
});
const answer = z.object({
  status: z.string(),
  error: z.optional(z.string()),
  data: z.optional(z.object({ result: z.array(series) })),
});

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Times in seconds and values; one of them where the present was asked. */
  readonly points: readonly (readonly [number, number])[];
}

/** A span of time in seconds since 1970, and what Grafana's variables stand for in it. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly variables: Readonly<Record<string, string>>;
}

/** Asks the Prometheus at `address`, with the variables filled in; all of the span, or its end. */
export async function ask(address: string, expr: string, span: Span, instant: boolean): Promise<readonly Series[]> {
  const query = Object.entries(span.variables).reduce(
    (text, [name, value]) => text.replaceAll(`$${name}`, () => value),
    expr,
  );
  const fields: Record<string, string> = instant
    ? { time: String(span.to) }
    : { start: String(span.from), end: String(span.to), step: String(span.step) };
  const url = `http://${address}/api/v1/${instant ? 'query' : 'query_range'}`;
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams({ query, ...fields }) });
  const { status, error, data } = answer.parse(await response.json());
  if (status !== 'success') throw new Error(`Cannot ask ${query}: ${error ?? 'no answer'}`);
  return (data?.result ?? []).map(({ metric, value, values }) => ({
    labels: metric,
    points: (values ?? (value === undefined ? [] : [value])).map(([time, text]) => [time, Number(text)] as const),
  }));
}
