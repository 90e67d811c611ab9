import type { CollectorSlice } from '../lib/slice.ts';
import type { Directive } from './hardening.ts';
import { type Places, timesOf } from './places.ts';
import { about, heading, section } from './section.ts';

/** The text of a collector's .timer; of an instance, or their template, where `perNetns`. */
export function timerText(slice: CollectorSlice, places: Places, perNetns: boolean): string {
  const { interval } = timesOf(slice, places);
  return [
    heading,
    about(slice, perNetns, `, every ${interval} s`),
    section('Timer', [
      { name: 'OnBootSec', value: '30s', reason: 'Long after boot, as at installation, this is at once.' },
      { name: 'OnActiveSec', value: `${interval}s`, reason: 'Begins the series anew where a run at boot could not.' },
      {
        name: 'OnUnitActiveSec',
        value: `${interval}s`,
        reason: 'A drop-in that empties this one empties the two above, too, and has to repeat them.',
      },
      { name: 'AccuracySec', value: '1s' },
      ...jitter(slice),
    ]),
    section('Install', [{ name: 'WantedBy', value: 'timers.target' }]),
  ].join('\n');
}

function jitter({ unit }: CollectorSlice): Directive[] {
  if (unit.jitter === undefined) return [];
  return [
    {
      name: 'RandomizedDelaySec',
      value: `${unit.jitter}s`,
      reason: 'Machines that were powered on together do not ask their target together.',
    },
    { name: 'FixedRandomDelay', value: 'yes' },
  ];
}
