import * as z from 'zod/mini';
import type { Seconds } from '../../lib/host.ts';
import { type Sample, sample, sampleOf } from '../../lib/metric.ts';
import { selecting } from '../../lib/patterns.ts';
import * as m from './metrics.ts';
import { duration, isWithin, parseLocation } from './pair.ts';

/** Where copies of other machines lie on this one, as `[[received]]` in the config file says it. */
const rootSchema = z.strictObject({
  root: z.string().check(z.refine(isHere, { error: 'expected a dataset of this machine as tank/backup' })),
  max_age: z.optional(duration),
  skips_idle: z._default(z.boolean(), false),
  exclude_datasets: z._default(z.array(z.string()), []),
});
export type ReceivedRoot = z.output<typeof rootSchema>;

export const receivedSchema = z._default(z.array(rootSchema), []);

function isHere(text: string): boolean {
  const location = parseLocation(text);
  return location !== undefined && location.host === undefined;
}

/** One of `received_roots`, of which nothing else is said. */
export function plainRoot(root: string): ReceivedRoot {
  return { root, max_age: undefined, skips_idle: false, exclude_datasets: [] };
}

/** Whether a dataset is to be reported. */
export function receivedFilter(roots: readonly ReceivedRoot[]): (name: string) => boolean {
  const filters = roots.map(({ exclude_datasets }) => selecting([], exclude_datasets, '/'));
  return (name) => filters.every((isReported) => isReported(name));
}

/** A dataset that was received into. */
export interface Copy {
  readonly name: string;
  /** Of its newest snapshot; undefined where there is none. */
  readonly guid: string | undefined;
  /** UNIX time of creation of that; undefined where it is not known, too. */
  readonly newest: Seconds | undefined;
}

/** Machines, or trees, whose copies lie below the roots: for each what is said of it, and of which of them a dataset is. */
export function clientSamples(roots: readonly ReceivedRoot[], copies: readonly Copy[]): Sample[][] {
  const held = new Set(copies.map(({ name }) => name));
  const clients = new Map<string, { root: ReceivedRoot; own: Copy[] }>();
  for (const copy of copies) {
    const root = rootOf(copy.name, roots);
    if (root === undefined) continue;
    const client = clientOf(copy.name, root, roots, held);
    const entry = clients.get(client) ?? { root, own: [] };
    clients.set(client, entry);
    entry.own.push(copy);
  }
  return [...clients].map(([client, { root, own }]) => [
    ...ageSamples(client, root, own),
    ...own.map(({ name: dataset }) => sample(m.receivedClient, { dataset, client }, 1)),
  ]);
}

/** The nearest of those that it is below. */
function rootOf(name: string, roots: readonly ReceivedRoot[]): ReceivedRoot | undefined {
  const above = roots.filter(({ root }) => isWithin(name, root));
  return above.sort((a, b) => b.root.length - a.root.length)[0];
}

/** A root is one client where it is a copy itself, or below another root; else each dataset directly below it is one. */
function clientOf(
  name: string,
  { root }: ReceivedRoot,
  roots: readonly ReceivedRoot[],
  held: ReadonlySet<string>,
): string {
  const isOne = held.has(root) || roots.some((other) => other.root !== root && isWithin(root, other.root));
  return isOne ? root : name.split('/', root.split('/').length + 1).join('/');
}

function ageSamples(client: string, { max_age, skips_idle }: ReceivedRoot, copies: readonly Copy[]): Sample[] {
  const isUnknown = copies.some((copy) => copy.guid !== undefined && copy.newest === undefined);
  const times = isUnknown ? [] : copies.flatMap(({ newest }) => newest ?? []);
  const newest = times.length === 0 ? undefined : Math.max(...times);
  const oldest = times.length === 0 ? undefined : Math.min(...times);
  return [
    sample(m.clientDatasets, { client }, copies.length),
    ...sampleOf(m.clientNewest, { client }, newest),
    ...sampleOf(m.clientComplete, { client }, skips_idle ? newest : oldest),
    ...sampleOf(m.clientMaxAge, { client }, max_age),
  ];
}
