import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { countSeries } from '../../lib/run/exposition.ts';
import type { Case } from './cases.ts';
import { type Machine, type Programs, makeMachine } from './machine.ts';
import { type Limits, type Variant, inTurns, runOnce } from './measure.ts';
import type { Result } from './result.ts';

/** A Node.js that a collector is measured on. */
export interface Runtime {
  /** As `20.20.2`. */
  readonly version: string;
  readonly file: string;
}

/** What is used of the real machine. */
export interface Tools extends Programs {
  readonly runtimes: readonly Runtime[];
  /** The interpreter itself: a wrapper that looks for it would cost more than it. */
  readonly python: string;
  /** Where made-up machines are put. */
  readonly folder: string;
}

const root = path.resolve(import.meta.dirname, '../..');

/** Measures a collector, bare Node.js, the collector's commands alone and the alternatives in turns. */
export async function runCase(one: Case, tools: Tools, limits: Limits): Promise<Result> {
  const machine = await makeMachine(tools, path.join(tools.folder, 'machine'), one.sizes);
  const cache = path.join(tools.folder, 'compile-cache');
  rmSync(cache, { recursive: true, force: true });
  const [first] = tools.runtimes;
  if (first === undefined) throw new Error('Cannot measure: expected a Node.js, got none');
  const collector = collectorOn(first, one, machine);
  // As its timer starts it, with what an earlier run has kept.
  if (!one.first) await runOnce(tools.measure, collector);
  let messages: readonly string[] = [];
  const commands = await machine.commandsOf(async () => {
    ({ messages } = await runOnce(tools.measure, collector));
  });
  const series = countSeries(readFileSync(machine.textfile(one.collector), 'utf8'));
  const variants: Record<string, Variant> = { commands: { commands, env: environment(machine) } };
  for (const runtime of tools.runtimes) {
    const { version, file } = runtime;
    const variant = collectorOn(runtime, one, machine);
    variants[`node ${version}`] = { commands: [[file, '-e', '0']], env: environment(machine) };
    variants[`collector ${version}`] = variant;
    // Older ones do not know the variable.
    if (Number.parseInt(version) < 22 || one.grows !== undefined) continue;
    variants[`collector ${version} cached`] = { ...variant, env: { ...variant.env, NODE_COMPILE_CACHE: cache } };
  }
  for (const name of one.alternatives) {
    const script = path.join(import.meta.dirname, 'alternatives', name);
    const interpreter = name.endsWith('.sh') ? '/bin/sh' : tools.python;
    variants[name] = { commands: [[interpreter, script, machine.textfile(name)]], env: environment(machine) };
  }
  for (const variant of Object.values(variants)) await runOnce(tools.measure, variant);
  const costs = await inTurns(tools.measure, variants, limits);
  return { case: one, series, commands, costs, messages };
}

function collectorOn({ file }: Runtime, { collector, first, variables }: Case, machine: Machine): Variant {
  const bundle = path.join(root, 'dist', `${collector}.js`);
  return {
    commands: [[file, bundle]],
    env: { ...environment(machine), ...machine.variablesOf(collector), ...variables },
    ...(first && { prepare: () => machine.forget() }),
  };
}

function environment({ bin }: Machine): Record<string, string> {
  return { PATH: `${bin}:${process.env['PATH'] ?? '/usr/bin:/bin'}` };
}
