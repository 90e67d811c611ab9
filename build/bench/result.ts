import type { Case } from './cases.ts';
import type { Command } from './machine.ts';
import { type Cost, type Costs, median } from './measure.ts';

/** What a run of the bench found. */
export interface Bench {
  /** Of the suite. */
  readonly version: string;
  /** ISO 8601. */
  readonly date: string;
  /** The real machine and the versions on it: pairs of a word and what it is. */
  readonly machine: readonly (readonly [string, string])[];
  readonly quiet: readonly Result[];
  readonly growing: readonly Result[];
}

/** What one case came to. */
export interface Result {
  readonly case: Case;
  /** Series of the collector's file. */
  readonly series: number;
  /** What the collector had to say; nothing where the stand-ins know all that it asks. */
  readonly messages: readonly string[];
  readonly commands: readonly Command[];
  /** `commands`, `node 20.20.2`, `collector 20.20.2`, `collector 24.21.0 cached`, `zfs.sh`, … */
  readonly costs: Costs;
}

/** Median of the rounds. */
export function typical({ costs }: Result, name: string, what: keyof Cost): number {
  return median((costs[name] ?? []).map((cost) => cost[what]));
}

/** How many times `under` (added up) `over` costs: median of what each round gives. NaN where one was not measured. */
export function ratio({ costs }: Result, what: keyof Cost, over: string, under: readonly string[]): number {
  const ratios = (costs[over] ?? []).map((cost, round) => {
    const sum = under.reduce((total, name) => total + (costs[name]?.[round]?.[what] ?? NaN), 0);
    return cost[what] / sum;
  });
  return median(ratios);
}

/** The releases of Node.js that a result knows, in the order in which they were measured. */
export function versionsOf({ costs }: Result): string[] {
  return Object.keys(costs).flatMap((name) => /^node (.+)$/.exec(name)?.slice(1) ?? []);
}

/** The one that a result is mostly about. */
export function firstVersion(result: Result): string {
  return versionsOf(result)[0] ?? '';
}

/** Results of one collector and one thing that grows. */
export function seriesOf(results: readonly Result[]): Result[][] {
  const series = new Map<string, Result[]>();
  for (const result of results) {
    const key = `${result.case.collector} ${result.case.grows}`;
    series.set(key, [...(series.get(key) ?? []), result]);
  }
  return [...series.values()];
}
