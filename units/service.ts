import { slices } from '../collectors/index.ts';
import { stateFolder } from '../lib/host.ts';
import { defaultsFile } from '../lib/options/defaults.ts';
import { wellKnown } from '../lib/options/directory.ts';
import type { CollectorSlice } from '../lib/slice.ts';
import { type Directive, sandbox } from './hardening.ts';
import { type Places, type Times, timesOf } from './places.ts';
import { argument, quoted } from './quoting.ts';
import { about, heading, section } from './section.ts';

/** The text of a collector's .service; of an instance, or their template, whose network namespace is at `netnsPath`. */
export function serviceText(slice: CollectorSlice, places: Places, netnsPath: string | undefined): string {
  const writable = places.textfileDir === undefined ? wellKnown : [places.textfileDir];
  return [
    heading,
    about(slice, netnsPath !== undefined),
    section('Service', [
      { name: 'Type', value: 'oneshot' },
      {
        name: 'ExecStart',
        value: `${argument(places.node)} ${argument(`${places.prefix}/${slice.collector.name}.js`)}`,
      },
      ...directory(places),
      { name: 'Environment', value: `TEXTFILE_INTERVAL=${timesOf(slice, places).interval}` },
      ...limits(slice, timesOf(slice, places)),
      ...journal,
      ...(netnsPath === undefined ? [] : namespace(netnsPath)),
      { name: 'User', value: places.user },
      { name: 'StateDirectory', value: stateFolder.replace('/var/lib/', '') },
      ...sandbox(
        slice.unit,
        slices.map(({ unit }) => unit),
        writable,
      ),
    ]),
  ].join('\n');
}

function directory({ textfileDir }: Places): Directive[] {
  if (textfileDir !== undefined) {
    return [{ name: 'Environment', value: quoted(`TEXTFILE_DIRECTORY=${textfileDir}`) }];
  }
  return [
    {
      name: 'EnvironmentFile',
      value: `-${defaultsFile}`,
      reason: 'TEXTFILE_DIRECTORY, one of ReadWritePaths below, and any other variable that --help shows.',
    },
  ];
}

function limits({ collector: { timeout } }: CollectorSlice, { run, start }: Times): Directive[] {
  return [
    ...(run === timeout ? [] : [{ name: 'Environment', value: `TEXTFILE_TIMEOUT=${run}` }]),
    {
      name: 'TimeoutStartSec',
      value: `${start}s`,
      reason: `The collector gives up after ${run} s and writes what it has. This is for when it cannot, and before the next run.`,
    },
    {
      name: 'TimeoutStopSec',
      value: '5s',
      reason: 'In half of that it has ended what it started, or left a note of what cannot be ended.',
    },
    {
      name: 'KillMode',
      value: 'process',
      reason:
        'The collector ends what it has started, and leaves only what the kernel does not let go. To kill that, too, would change\nnothing but that a run that went well has failed, after four times TimeoutStopSec.',
    },
    { name: 'SuccessExitStatus', value: 'SIGTERM', reason: 'To be stopped is no failure.' },
  ];
}

const journal: readonly Directive[] = [
  {
    name: 'SyslogLevel',
    value: 'warning',
    reason:
      "What the collector says on stderr is a warning. What systemd says of every run is below notice, and isn't kept.",
  },
  { name: 'LogLevelMax', value: 'notice' },
];

function namespace(path: string): Directive[] {
  return [
    { name: 'NetworkNamespacePath', value: path },
    { name: 'Environment', value: 'TEXTFILE_NETNS=%i', reason: 'Part of the file name, and a label of every series.' },
  ];
}
