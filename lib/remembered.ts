import * as z from 'zod/mini';

// What a collector may find of its numbers in the state file, whoever wrote there: see lib/fitting.ts for what does not fit.

/** UNIX time in seconds that some clock may have shown. */
export const time = z.number().check(z.nonnegative(), z.lte(Number.MAX_SAFE_INTEGER));

/** A whole number, such as of snapshots, a transaction group, or a UNIX time as zfs tells it. */
export const count = z.int().check(z.nonnegative());
