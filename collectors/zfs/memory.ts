import * as z from 'zod/mini';
import { count, time } from '../../lib/remembered.ts';
import type { Dataset } from './zfs-list.ts';

const text = z.string();
/** As zfs tells it. */
const second = count;
const maybeSecond = z.optional(second);
const maybeText = z.optional(text);
const maybeBytes = z.optional(text.check(z.regex(/^\d{1,20}$/)));
const maybeTime = z.optional(time);

/** What is known of a dataset's snapshots, and what it was known from. */
const tallySchema = z.object({
  /** Its `snapshots_changed` and origin at that time; see snapshots.ts. */
  changed: text,
  origin: text,
  /** Both pools that zpool split makes of one have a dataset of this guid. */
  pool: maybeText,
  /** UNIX time of the listing. */
  at: time,
  count,
  /** UNIX times of creation. */
  oldest: maybeSecond,
  newest: maybeSecond,
  /** What a release of this collector that did not look at them has not noted. */
  held: z.optional(count),
  bookmarks: z.optional(count),
  /** The newest of each schedule; with the patterns, as JSON, that made it one. */
  schedules: z.optional(z.record(text, second)),
  patterns: maybeText,
});
export type Tally = z.output<typeof tallySchema>;
/** Whole, or not at all: what is left of a damaged one would pass for all there is, and its dataset can be listed again. */
const tally = z.custom<Tally>((value) => tallySchema.safeParse(value).success);

const scrub = z.object({
  state: z.enum(['finished', 'cancelled']),
  start: maybeTime,
  end: maybeTime,
  errors: maybeBytes,
  repaired: maybeBytes,
});
export type RememberedScrub = z.output<typeof scrub>;

/** What the collector keeps from run to run. ZFS itself keeps one scan record a pool: a resilver takes a scrub's. */
export const memorySchema = z.object({
  /** By pool guid. */
  scrubs: z._default(z.record(text, z.object({ last: z.optional(scrub), completed: maybeTime })), {}),
  /** By dataset guid. */
  snapshots: z._default(z.record(text, tally), {}),
  /** When listing all snapshots at once took too long. */
  slowAt: maybeTime,
  /** The tools' release, with what it was asked for: asking costs a process. */
  userland: z.optional(z.object({ version: text, kernel: text, at: time })),
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
