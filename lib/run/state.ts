import { renameSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { fitting } from '../fitting.ts';
import { type Host, stateFolder } from '../host.ts';
import { makeFolder } from '../machine/folder.ts';
import { replaceFile } from '../machine/replace-file.ts';
import { parseJson } from '../parse.ts';

/** What stands around a collector's own memory in `<state folder>/<instance>.json`. */
const envelope = () => z.object({ version: z.literal(1), collector: z.string(), memory: z.unknown() });

/** The outcome of looking for a memory. */
export interface Recollection<T> {
  readonly memory?: T;
  /** Why a file that is there is of no use. */
  readonly foreign?: string;
  /** Where in it something does not fit, and is left out. */
  readonly misfits?: readonly string[];
}

/** Reads through the host, so that a recording holds the memory its answers were made with. */
export async function readState<T>(host: Host, instance: string, schema: z.ZodMiniType<T>): Promise<Recollection<T>> {
  const text = await host.readText(`${stateFolder}/${instance}.json`);
  if (text === undefined) return {};
  const state = envelope().safeParse(parseJson(text));
  if (!state.success) return { foreign: 'it is not a state file of this version' };
  if (state.data.collector !== instance) return { foreign: `it is that of ${JSON.stringify(state.data.collector)}` };
  const { value, misfits } = fitting(schema, state.data.memory);
  return value === undefined ? { foreign: 'its content does not fit' } : { memory: value, misfits };
}

/** Replaces the state file, atomically; makes its folder where there is none. */
export function writeState(folder: string, instance: string, memory: unknown): void {
  makeFolder(folder);
  const file = path.join(folder, `${instance}.json`);
  replaceFile(file, `${JSON.stringify({ version: 1, collector: instance, memory })}\n`);
}

/** Keeps a file that is of no use for whoever wants to know why; the next run starts afresh. */
export function setStateAside(folder: string, instance: string): string {
  const aside = path.join(folder, `${instance}.json.unusable`);
  renameSync(path.join(folder, `${instance}.json`), aside);
  return aside;
}
