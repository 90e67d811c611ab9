import type { Run } from '../collector.ts';
import { messageOf } from '../errors.ts';
import type { Host } from '../host.ts';
import type { Call } from './call.ts';
import { type Recollection, readState, setStateAside, writeState } from './state.ts';

/** What a collector remembers from run to run; `keep` writes it, where there is something new and this call keeps anything. */
export function openMemory(
  { instance, stateFolder }: Call,
  host: Host,
  { report, note }: Pick<Run, 'report' | 'note'>,
) {
  let before: string | undefined;
  let value: unknown;
  const recall: Run['recall'] = async (schema) => {
    const {
      memory,
      foreign,
      misfits = [],
    } = await readState(host, instance, schema).catch((error: unknown): Recollection<never> => {
      report('state file', '', `Cannot read the state file: ${messageOf(error)}`);
      return {};
    });
    if (foreign !== undefined) note(`Cannot use the state file: ${foreign}; set aside: ${setAside()}`);
    const [first] = misfits;
    if (first !== undefined)
      note(`Cannot use all of the state file: ${misfits.length} of its values left out, the first of them ${first}`);
    else if (memory !== undefined) before = JSON.stringify(memory);
    return memory;
  };
  const setAside = (): string => {
    if (stateFolder === undefined) return 'not in a run that keeps nothing';
    try {
      return setStateAside(stateFolder, instance);
    } catch (error) {
      return messageOf(error);
    }
  };
  const remember: Run['remember'] = (next) => {
    value = next;
  };
  const keep = (): void => {
    if (stateFolder === undefined || value === undefined || JSON.stringify(value) === before) return;
    try {
      writeState(stateFolder, instance, value);
    } catch (error) {
      report('state file', '', `Cannot keep the state file: ${messageOf(error)}`);
    }
  };
  return { recall, remember, keep };
}
