import * as z from 'zod/mini';
import type { Dataset } from './zfs-list.ts';

const text = z.string();
const number = z.number();
const maybeText = z.optional(text);
const maybeCount = z.optional(text.check(z.regex(/^\d{1,20}$/)));
const maybeNumber = z.optional(number);

/** What is known of a dataset's snapshots, and what it was known from. */
const tally = z.object({
  /** Its `snapshots_changed` and origin at that time; see snapshots.ts. */
  changed: text,
  origin: text,
  /** UNIX time of the listing. */
  at: number,
  count: number,
  /** UNIX times of creation. */
  oldest: maybeNumber,
  newest: maybeNumber,
  /** What a release of this collector that did not look at them has not noted. */
  held: maybeNumber,
  bookmarks: maybeNumber,
  /** The newest of each schedule; with the patterns, as JSON, that made it one. */
  schedules: z.optional(z.record(text, number)),
  patterns: maybeText,
});
export type Tally = z.output<typeof tally>;

const scrub = z.object({
  state: z.enum(['finished', 'cancelled']),
  start: maybeNumber,
  end: maybeNumber,
  errors: maybeCount,
  repaired: maybeCount,
});
export type RememberedScrub = z.output<typeof scrub>;

/** What the collector keeps from run to run. ZFS itself keeps one scan record a pool: a resilver takes a scrub's. */
export const memorySchema = z.object({
  /** By pool guid. */
  scrubs: z._default(z.record(text, z.object({ last: z.optional(scrub), completed: maybeNumber })), {}),
  /** By dataset guid. */
  snapshots: z._default(z.record(text, tally), {}),
  /** When listing all snapshots at once took too long. */
  slowAt: maybeNumber,
  /** The tools' release, with what it was asked for: asking costs a process. */
  userland: z.optional(z.object({ version: text, kernel: text, at: number })),
});
export type Memory = z.output<typeof memorySchema>;

export const emptyMemory: Memory = { scrubs: {}, snapshots: {} };

/** What a run has found out. */
interface Findings {
  /** By pool. */
  readonly scrubs: ReadonlyMap<string, { readonly guid: string; readonly scrub: Memory['scrubs'][string] | undefined }>;
  readonly datasets: readonly Dataset[];
  /** Whether the datasets of all pools are there. */
  readonly whole: boolean;
  readonly snapshots: { readonly tallies: ReadonlyMap<string, Tally>; readonly slowAt: number | undefined } | undefined;
  readonly userland: Memory['userland'];
}

/** The tallies of datasets that are gone are forgotten, but not while one may be there out of sight. */
export function nextMemory(before: Memory, { scrubs, datasets, whole, snapshots, userland }: Findings): Memory {
  const tallies = whole ? {} : { ...before.snapshots };
  for (const { guid, name } of datasets) {
    const tally = snapshots?.tallies.get(name);
    if (tally !== undefined && guid !== undefined) tallies[guid] = tally;
  }
  const known = [...scrubs.values()].flatMap(({ guid, scrub }) =>
    scrub === undefined ? [] : [[guid, scrub] as const],
  );
  return {
    scrubs: { ...before.scrubs, ...Object.fromEntries(known) },
    snapshots: tallies,
    slowAt: snapshots?.slowAt,
    userland,
  };
}
