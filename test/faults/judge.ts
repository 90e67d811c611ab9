import { rmSync, writeFileSync } from 'node:fs';
import { type Allowance, violations } from './oracle.ts';
import type { Cell, Row } from './row.ts';
import { leaks, recordingOf } from './secrets.ts';
import { type RunOptions, type Stage, runBundle } from './stage.ts';
import { signalled } from './surroundings.ts';

export type Judging = RunOptions & Partial<Allowance>;

/** A fault that is there before a run begins. The file of a run before is there, where `prepare` does not take it away. */
export function prepared(
  name: string,
  prepare: (stage: Stage) => Judging | Promise<Judging>,
  { check = () => [], ...more }: Partial<Row> & { readonly check?: (stage: Stage) => string[] } = {},
): Row {
  return {
    name,
    ...more,
    run: async (cell) => [...(await judgedAfterOne(cell, prepare)), ...check(cell.stage)],
  };
}

/** A signal to the program at any moment of a run: the file is the old one or a new one, and nothing goes on. */
export async function atAnyMoment(cell: Cell, signal: string, how: Judging = {}): Promise<readonly string[]> {
  for (let round = 0; round < cell.rounds; round += 1) {
    const moment = Math.random() * cell.healthy.seconds * 1.1;
    const wrong = await judgedAfterOne(cell, { exit: 'any', wrapper: signalled(signal, moment), ...how });
    if (wrong.length > 0) return wrong.map((one) => `SIG${signal} after ${moment.toFixed(3)} s: ${one}`);
  }
  return [];
}

/** The same as `judged`, where the file of a run before is there. */
export async function judgedAfterOne(
  cell: Cell,
  how: Judging | ((stage: Stage) => Judging | Promise<Judging>),
): Promise<string[]> {
  const before = cell.healthy.text;
  writeFileSync(cell.stage.prom, before ?? '');
  return judged(cell, { before, ...(typeof how === 'function' ? await how(cell.stage) : how) });
}

/** What the collector tells of keys in each other way that it is run. */
export async function leaked({ stage }: Cell, timeout: number): Promise<string[]> {
  const wrong: string[] = [];
  for (const args of [['--record', recordingOf(stage)], ['--check'], ['--stdout']]) {
    const outcome = await runBundle(stage, { timeout, args });
    wrong.push(...leaks(stage, outcome).map((one) => `${args[0]} ${one}`));
    if (![0, 1].includes(outcome.exitCode ?? -1)) wrong.push(`${args[0]} ended with ${outcome.exitCode}`);
    rmSync(recordingOf(stage), { recursive: true, force: true });
  }
  return wrong;
}

/** Runs the collector once on the machine of a cell: what of that is against the promises. */
export async function judged({ stage, healthy }: Cell, { timeout = 30, ...options }: Judging = {}): Promise<string[]> {
  const outcome = await runBundle(stage, { timeout, ...options });
  return violations(stage, outcome, { timeout, healthy: healthy.text ?? '', ...options });
}
