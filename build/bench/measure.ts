import { execa } from 'execa';
import type { Command } from './machine.ts';

/** What a run costs with all that it starts. */
export interface Cost {
  /** Seconds of processor time, user and system. */
  readonly cpu: number;
  /** Seconds. */
  readonly wall: number;
  /** Bytes: the peak of the largest process. */
  readonly memory: number;
}

/** One run, with what was said on stderr. */
export interface Run extends Cost {
  readonly messages: readonly string[];
}

/** One of the things that are measured beside each other: commands, one after the other. */
export interface Variant {
  readonly commands: readonly Command[];
  readonly env: Readonly<Record<string, string>>;
  /** Before each run; not measured. */
  readonly prepare?: () => void;
}

/** By the name of the variant, the cost of each round. */
export type Costs = Readonly<Record<string, readonly Cost[]>>;

export interface Limits {
  readonly rounds: number;
  /** After so many seconds no other round begins; three are made in any case. */
  readonly seconds: number;
}

/**
 * Measures all variants in turns, A B C A B C …, so that what else the machine does falls on all of them alike.
 * `measure` is the compiled measure.c.
 */
export async function inTurns(
  measure: string,
  variants: Readonly<Record<string, Variant>>,
  { rounds, seconds }: Limits,
): Promise<Costs> {
  const costs: Record<string, Cost[]> = Object.fromEntries(Object.keys(variants).map((name) => [name, []]));
  const start = performance.now();
  for (let round = 0; round < rounds; round += 1) {
    if (round >= 3 && performance.now() - start > seconds * 1000) break;
    for (const [name, variant] of Object.entries(variants)) costs[name]?.push(costOf(await runOnce(measure, variant)));
  }
  return costs;
}

/** Throws where a command fails. */
export async function runOnce(measure: string, { commands, env, prepare }: Variant): Promise<Run> {
  prepare?.();
  const words = commands.flatMap((command, index) => (index === 0 ? command : [';', ...command]));
  const { stdout, stderr } = await execa(measure, words, { env, extendEnv: false, stdin: 'ignore' });
  const [cpu = NaN, wall = NaN, memory = NaN] = stdout.split(' ').map(Number);
  const messages = stderr.split('\n').filter((line) => line !== '');
  return { cpu: cpu / 1e6, wall: wall / 1e6, memory: memory * 1024, messages };
}

function costOf({ cpu, wall, memory }: Run): Cost {
  return { cpu, wall, memory };
}

/** Of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low = NaN, high = NaN] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return (low + high) / 2;
}
