import * as z from 'zod/mini';

/** What the collector keeps from run to run. */
export const memorySchema = z.object({
  /** By the labels dataset and target, with a tab between. */
  links: z.record(
    z.string(),
    z.object({
      /** GUID of the source dataset: another one of the same name has another history. */
      source: z.string(),
      /** The newest point that both sides were seen to have; absent where there was none. `creation` is UNIX time. */
      base: z.optional(z.object({ guid: z.string(), createtxg: z.number(), creation: z.number() })),
      /** UNIX time of the first snapshot since then, which the source may have pruned; absent in sync. */
      waiting: z.optional(z.number()),
    }),
  ),
  /** UNIX times of creation by GUID of snapshots that were looked at in the last run: they never change. */
  creations: z.record(z.string(), z.number()),
  /** UNIX times at which zfs on another machine was found hanging, by its label. */
  hung: z.optional(z.record(z.string(), z.number())),
});
export type Memory = z.output<typeof memorySchema>;
export type RememberedLink = Memory['links'][string];

export const emptyMemory: Memory = { links: {}, creations: {} };

export function linkKey(dataset: string, target: string): string {
  return `${dataset}\t${target}`;
}
