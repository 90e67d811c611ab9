import { type Allowance, violations } from './oracle.ts';
import type { Cell } from './row.ts';
import { type RunOptions, runBundle } from './stage.ts';

export type Judging = RunOptions & Partial<Allowance>;

/** Runs the collector once on the machine of a cell: what of that is against the promises. */
export async function judged({ stage, healthy }: Cell, { timeout = 30, ...options }: Judging = {}): Promise<string[]> {
  const outcome = await runBundle(stage, { timeout, ...options });
  return violations(stage, outcome, { timeout, healthy: healthy.text ?? '', ...options });
}
