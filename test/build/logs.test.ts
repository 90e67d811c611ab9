import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod/mini';
import { alloyText, otelText } from '../../lib/monitoring/logs.ts';

/**
 * What is documented of the components in use: their arguments, their blocks, and what others may refer to.
 * https://grafana.com/docs/alloy/latest/reference/components/loki/
 */
const documented: Readonly<Record<string, { arguments: string; blocks?: string; exports?: string }>> = {
  'loki.source.journal': { arguments: 'forward_to format_as_json labels matches max_age path relabel_rules' },
  'loki.relabel': { arguments: 'forward_to max_cache_size', blocks: 'rule', exports: 'receiver rules' },
  'loki.write': { arguments: 'external_labels max_streams', blocks: 'endpoint wal', exports: 'receiver' },
  rule: { arguments: 'action modulus regex replacement separator source_labels target_label' },
  endpoint: {
    arguments:
      'url batch_size batch_wait bearer_token_file enable_http2 headers max_backoff_period max_backoff_retries ' +
      'min_backoff_period name proxy_url remote_timeout retry_on_http_429 tenant_id',
  },
};
const required: Readonly<Record<string, string>> = {
  'loki.source.journal': 'forward_to',
  'loki.relabel': 'forward_to',
  endpoint: 'url',
};

interface Block {
  readonly name: string;
  readonly label: string;
  readonly values: ReadonlyMap<string, string>;
  readonly blocks: readonly Block[];
}

describe('config.alloy', () => {
  const blocks = bodyOf(tokensOf(alloyText)).blocks;

  test('is made of components, with arguments, that are documented', () => {
    expect(blocks.map(({ name, label }) => `${name} ${label}`)).toEqual([
      'loki.relabel "journal"',
      'loki.source.journal "journal"',
      'loki.write "monitoring"',
    ]);
    const check = ({ name, values, blocks: inner }: Block): void => {
      const { arguments: known, blocks: mayHave = '' } = documented[name] ?? { arguments: '' };
      expect(known.split(' '), name).toEqual(expect.arrayContaining([...values.keys()]));
      expect(mayHave.split(' '), name).toEqual(expect.arrayContaining(inner.map((one) => one.name)));
      expect([...values.keys()], name).toEqual(
        expect.arrayContaining((required[name] ?? '').split(' ').filter(Boolean)),
      );
      inner.forEach(check);
    };
    blocks.forEach(check);
  });

  test('refers to what its components export', () => {
    const values = blocks.flatMap((block) => [...block.values.values()]);
    const referred = values.flatMap((value) => value.match(/\bloki\.[\w.]+/g) ?? []);
    const exported = blocks.flatMap(({ name, label }) =>
      (documented[name]?.exports ?? '').split(' ').map((one) => `${name}.${JSON.parse(label)}.${one}`),
    );
    expect(referred).toHaveLength(2);
    expect(exported).toEqual(expect.arrayContaining(referred));
  });
});

/** Names, texts and marks; white space and comments lead to nothing here. */
function tokensOf(text: string): string[] {
  const tokens = text.replaceAll(/^\s*\/\/.*$/gm, '').match(/"(?:[^"\\\n]|\\.)*"|[\w.]+|[{}[\]=,]|\S/g) ?? [];
  expect(tokens.filter((token) => !/^(?:".*"|[\w.]+|[{}[\]=,])$/.test(token))).toEqual([]);
  return tokens;
}

/** https://grafana.com/docs/alloy/latest/get-started/syntax/: arguments `name = value`, and blocks `name "label" { … }`. */
function bodyOf(tokens: string[]): Omit<Block, 'name' | 'label'> {
  const values = new Map<string, string>();
  const blocks: Block[] = [];
  while (tokens.length > 0 && tokens[0] !== '}') {
    const name = tokens.shift() ?? '';
    expect(name).toMatch(/^[a-z_][\w.]*$/);
    if (tokens[0] === '=') {
      tokens.shift();
      values.set(name, valueOf(tokens));
      continue;
    }
    const label = tokens[0]?.startsWith('"') === true ? (tokens.shift() ?? '') : '';
    expect(tokens.shift(), `after ${name}`).toBe('{');
    blocks.push({ name, label, ...bodyOf(tokens) });
    expect(tokens.shift(), `at the end of ${name}`).toBe('}');
  }
  return { values, blocks };
}

/** A text, a reference, a list, or a map. */
function valueOf(tokens: string[]): string {
  const first = tokens.shift() ?? '';
  const end = { '[': ']', '{': '}' }[first];
  if (end === undefined) {
    expect(first).toMatch(/^(?:".*"|[a-z][\w.]*)$/);
    return first;
  }
  const inside = [];
  while (tokens.length > 0 && tokens[0] !== end) inside.push(tokens.shift());
  expect(tokens.shift()).toBe(end);
  return [first, ...inside, end].join(' ');
}

const settings = z.record(z.string(), z.unknown());
/** https://opentelemetry.io/docs/collector/configuration/ */
const otel = z.strictObject({
  receivers: z.strictObject({
    otlp: z.strictObject({
      protocols: z.record(
        z.enum(['grpc', 'http']),
        z.strictObject({ endpoint: z.string().check(z.regex(/^127\.0\.0\.1:\d+$/)) }),
      ),
    }),
  }),
  processors: z.strictObject({
    memory_limiter: z.strictObject({ check_interval: z.string(), limit_mib: z.int() }),
  }),
  exporters: z.record(
    z.string().check(z.regex(/^otlp_grpc\/\w+$/)),
    z.strictObject({ endpoint: z.string(), tls: z.strictObject({ insecure: z.boolean() }), sending_queue: settings }),
  ),
  service: z.strictObject({
    pipelines: z.strictObject({
      traces: z.strictObject({
        receivers: z.array(z.string()),
        processors: z.array(z.string()),
        exporters: z.array(z.string()),
      }),
    }),
  }),
});

describe('otel.yaml', () => {
  test('has the documented form, and uses all that it declares and nothing else', () => {
    const { service, ...declared } = otel.parse(parse(otelText));
    const { traces } = service.pipelines;
    for (const kind of ['receivers', 'processors', 'exporters'] as const)
      expect(traces[kind]).toEqual(Object.keys(declared[kind]));
    // The limit is kept where it comes first.
    expect(traces.processors[0]).toBe('memory_limiter');
  });
});
