import * as z from 'zod/mini';

const link = z.object({ title: z.string(), url: z.optional(z.string()) });
const step = z.object({ value: z.nullable(z.number()), color: z.string() });
const mapping = z.object({
  type: z.literal('range'),
  options: z.object({ from: z.number(), to: z.number(), result: z.object({ text: z.string() }) }),
});
const property = z.object({ id: z.string(), value: z.optional(z.unknown()) });
const settings = z.object({
  unit: z.optional(z.string()),
  noValue: z.optional(z.string()),
  min: z.optional(z.number()),
  max: z.optional(z.number()),
  mappings: z.optional(z.array(mapping)),
  thresholds: z.optional(z.object({ steps: z.array(step) })),
  custom: z.optional(z.looseObject({ stacking: z.optional(z.object({ mode: z.string() })) })),
});
const panel = z.object({
  id: z.number(),
  type: z.string(),
  title: z.string(),
  description: z.optional(z.string()),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  links: z.optional(z.array(link)),
  maxDataPoints: z.optional(z.number()),
  options: z.optional(z.looseObject({ textMode: z.optional(z.string()), colorMode: z.optional(z.string()) })),
  fieldConfig: z.optional(
    z.object({
      defaults: settings,
      overrides: z.array(
        z.object({ matcher: z.object({ id: z.string(), options: z.unknown() }), properties: z.array(property) }),
      ),
    }),
  ),
  targets: z.optional(
    z.array(
      z.object({
        refId: z.string(),
        expr: z.string(),
        legendFormat: z.optional(z.string()),
        instant: z.optional(z.boolean()),
      }),
    ),
  ),
  transformations: z.optional(z.array(z.object({ id: z.string(), options: z.looseObject({}) }))),
});

/** The parts of a dashboard's JSON that a preview draws. */
export const dashboardSchema = z.object({
  uid: z.string(),
  title: z.string(),
  links: z.array(link),
  templating: z.object({
    list: z.array(
      z.object({ name: z.string(), label: z.optional(z.string()), type: z.string(), hide: z.optional(z.number()) }),
    ),
  }),
  annotations: z.object({
    list: z.array(
      z.object({
        name: z.string(),
        enable: z.optional(z.boolean()),
        iconColor: z.string(),
        expr: z.optional(z.string()),
        useValueForTime: z.optional(z.boolean()),
      }),
    ),
  }),
  panels: z.array(panel),
});

export type PreviewDashboard = z.infer<typeof dashboardSchema>;
export type PreviewPanel = z.infer<typeof panel>;

/** How the values of a field are written and coloured. */
export type Settings = z.infer<typeof settings>;

/** What an override sets, as far as a preview shows it. */
export function overridden(defaults: Settings, properties: readonly z.infer<typeof property>[]): Settings {
  const values = Object.fromEntries(properties.map(({ id, value }) => [id, value]));
  return { ...defaults, ...settings.parse(values) };
}
