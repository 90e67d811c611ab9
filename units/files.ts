import type { CollectorSlice } from '../lib/slice.ts';
import type { Places } from './places.ts';
import { serviceText } from './service.ts';
import { timerText } from './timer.ts';

export interface UnitFile {
  readonly name: string;
  readonly text: string;
}

/** The pair of a collector, and the pair of templates of one that can look into a network namespace. */
export function unitFiles(slice: CollectorSlice, places: Places): UnitFile[] {
  const stem = `textfile-collector-${slice.collector.name}`;
  const kinds = slice.collector.perNetns === true ? [false, true] : [false];
  return kinds.flatMap((perNetns) => [
    { name: `${stem}${perNetns ? '@' : ''}.service`, text: serviceText(slice, places, perNetns) },
    { name: `${stem}${perNetns ? '@' : ''}.timer`, text: timerText(slice, places, perNetns) },
  ]);
}
