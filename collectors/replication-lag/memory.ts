import * as z from 'zod/mini';
import { count, time } from '../../lib/remembered.ts';

/** Decimal. */
const guid = z.string().check(z.regex(/^\d{1,20}$/));

const link = z.object({
  /** GUID of the source dataset: another one of the same name has another history. */
  source: guid,
  /** GUID of the target dataset of the pair: another one of the same name may be on another disk. Absent where there was none. */
  on: z.optional(guid),
  /** The newest point that both sides were seen to have; absent where there was none. `creation` is UNIX time. */
  base: z.optional(z.object({ guid, createtxg: count, creation: count })),
  /** A newer one, which the source has pruned, and the target still has. */
  sent: z.optional(z.object({ guid, createtxg: count })),
  /** Of the first snapshot since then, which the source may have pruned; absent in sync. */
  waiting: z.optional(time),
  /** When nothing was last found to wait. */
  caughtUp: z.optional(time),
  /** No incremental send was possible. */
  broken: z.optional(z.boolean()),
  /** When the copy was found gone. */
  gone: z.optional(time),
  /** When a broken chain was found mended. */
  joined: z.optional(time),
  /** When the target was last seen to lack nothing, not even what was not in a snapshot yet. */
  complete: z.optional(time),
  /** Since when it has lacked something; absent where it lacks nothing. */
  behind: z.optional(time),
  /** The source was made anew under this name, and the target has the copy of the one before. */
  anew: z.optional(z.boolean()),
});
export type RememberedLink = z.output<typeof link>;

const links = z.record(z.string(), link);

/** What the collector keeps from run to run. */
export const memorySchema = z.object({
  /** By the labels dataset and target, with a tab between. */
  links: z._default(links, {}),
  /** The same of target datasets that others of their names have taken the place of, as disks do in turn; the last of these last. */
  others: z.optional(z.array(z.object({ on: guid, links }))),
  /**
   * UNIX times of creation by GUID of snapshots that were looked at in the last run: they never change. Of one whose time cannot
   * be, when it was first seen.
   */
  creations: z._default(z.record(z.string(), count), {}),
  /** UNIX times at which zfs on another machine was found hanging, by its label. */
  hung: z.optional(z.record(z.string(), time)),
  /** Labels of the machines that could not be asked: they are asked last. */
  down: z.optional(z.array(z.string())),
});
export type Memory = z.output<typeof memorySchema>;

export const emptyMemory: Memory = { links: {}, creations: {} };

export function linkKey(dataset: string, target: string): string {
  return `${dataset}\t${target}`;
}

/** Datasets that were last seen to have a snapshot, or bookmark, in common with another, by the label of their machine. */
export function joinedDatasets({ links }: Memory): ReadonlyMap<string, ReadonlySet<string>> {
  const byMachine = new Map<string, Set<string>>();
  for (const [key, { base, broken }] of Object.entries(links)) {
    if (base === undefined || broken === true) continue;
    for (const label of key.split('\t')) {
      const [, machine = '', dataset = ''] = /^(?:([^/]*):)?([^:/]+(?:\/.*)?)$/.exec(label) ?? [];
      const names = byMachine.get(machine) ?? new Set();
      byMachine.set(machine, names.add(dataset));
    }
  }
  return byMachine;
}
