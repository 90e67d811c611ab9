import * as z from 'zod/mini';

const text = z.string();
const number = z.number();
const maybeText = z.optional(text);
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
});
export type Tally = z.output<typeof tally>;

const scrub = z.object({
  state: z.enum(['finished', 'cancelled']),
  start: maybeNumber,
  end: maybeNumber,
  /** Decimal. */
  errors: maybeText,
  repaired: maybeText,
});
export type RememberedScrub = z.output<typeof scrub>;

/** What the collector keeps from run to run. ZFS itself keeps one scan record a pool: a resilver takes a scrub's. */
export const memorySchema = z.object({
  /** By pool guid. */
  scrubs: z.record(text, z.object({ last: z.optional(scrub), completed: maybeNumber })),
  /** By dataset guid. */
  snapshots: z.record(text, tally),
  /** When listing all snapshots at once took too long. */
  slowAt: maybeNumber,
  /** The tools' release, with what it was asked for: asking costs a process. */
  userland: z.optional(z.object({ version: text, kernel: text, at: number })),
});
export type Memory = z.output<typeof memorySchema>;

export const emptyMemory: Memory = { scrubs: {}, snapshots: {} };
