import type { CollectorSlice } from '../lib/slice.ts';
import type { Places } from './places.ts';
import { serviceText } from './service.ts';
import { timerText } from './timer.ts';

export interface UnitFile {
  readonly name: string;
  readonly text: string;
}

/** The pair of a collector, of which one that follows has the service only; and the pair of templates of one that can look into a network namespace. */
export function unitFiles(slice: CollectorSlice, places: Places): UnitFile[] {
  const templates = slice.collector.perNetns === true ? pair(slice, places, '@', '/run/netns/%i') : [];
  return [...pair(slice, places, ''), ...templates];
}

/**
 * The pairs of these network namespaces, each `NAME`, `NAME=PID` or `NAME=/path`, in place of instances of the templates;
 * none of a collector that cannot look into one.
 */
export function netnsFiles(slice: CollectorSlice, places: Places, netns: readonly string[]): UnitFile[] {
  if (slice.collector.perNetns !== true) return [];
  return netns.flatMap((one) => {
    const [, name = '', place = `/run/netns/${name}`] = /^([^=]*)(?:=(.*))?$/.exec(one) ?? [];
    return pair(slice, places, `@${name}`, /^\d/.test(place) ? `/proc/${place}/ns/net` : place.replaceAll('%', '%%'));
  });
}

function pair(slice: CollectorSlice, places: Places, suffix: string, netnsPath?: string): UnitFile[] {
  const stem = `textfile-collector-${slice.collector.name}${suffix}`;
  const service = { name: `${stem}.service`, text: serviceText(slice, places, netnsPath) };
  if (slice.collector.follows === true) return [service];
  return [service, { name: `${stem}.timer`, text: timerText(slice, places, netnsPath !== undefined) }];
}
