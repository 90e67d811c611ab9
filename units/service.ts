import { slices } from '../collectors/index.ts';
import { stateFolder } from '../lib/host.ts';
import { defaultsFile } from '../lib/options/defaults.ts';
import { wellKnown } from '../lib/options/directory.ts';
import type { CollectorSlice } from '../lib/slice.ts';
import { type Directive, sandbox } from './hardening.ts';
import { type Places, type Times, timesOf } from './places.ts';
import { argument, quoted } from './quoting.ts';
import { about, heading, section } from './section.ts';

/** What --timeout takes. */
const longest = 3600;

/** The text of a collector's .service; of an instance, or their template, whose network namespace is at `netnsPath`. */
export function serviceText(slice: CollectorSlice, places: Places, netnsPath: string | undefined): string {
  const writable = places.textfileDir === undefined ? wellKnown : [places.textfileDir];
  const { name, follows = false } = slice.collector;
  return [
    heading,
    about(slice, netnsPath !== undefined),
    section('Service', [
      { name: 'Type', value: follows ? 'exec' : 'oneshot' },
      {
        name: 'ExecStart',
        value: `${argument(places.node)} ${argument(`${places.prefix}/${name}.js`)}${follows ? ' --follow' : ''}`,
      },
      ...directory(places),
      { name: 'Environment', value: `TEXTFILE_INTERVAL=${timesOf(slice, places).interval}` },
      ...(follows ? going(slice, timesOf(slice, places)) : limits(slice, timesOf(slice, places))),
      ...journal,
      ...(netnsPath === undefined ? [] : namespace(netnsPath)),
      ...user(slice, places),
      { name: 'StateDirectory', value: stateFolder.replace('/var/lib/', '') },
      ...sandbox(
        slice.unit,
        slices.map(({ unit }) => unit),
        writable,
      ),
    ]),
    ...(follows ? [section('Install', [{ name: 'WantedBy', value: 'multi-user.target' }])] : []),
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

/** Of a service that goes on. A run waits for a frame, for as long as three of them take. */
function going({ collector: { timeout } }: CollectorSlice, { interval }: Times): Directive[] {
  const run = Math.min(4 * interval, longest);
  return [
    ...(run === timeout ? [] : [{ name: 'Environment', value: `TEXTFILE_TIMEOUT=${run}` }]),
    {
      name: 'Restart',
      value: 'on-failure',
      reason: 'Without what it needs it says so in its file and ends well: no time mends that.',
    },
    { name: 'RestartSec', value: '10s' },
    { name: 'TimeoutStopSec', value: '5s' },
    {
      name: 'KillMode',
      value: 'mixed',
      reason: 'The collector ends what it has started; where it cannot, nothing of it goes on.',
    },
    { name: 'SuccessExitStatus', value: 'SIGTERM', reason: 'To be stopped is no failure.' },
  ];
}

function user({ unit: { root } }: CollectorSlice, { user }: Places): Directive[] {
  return [root === undefined ? { name: 'User', value: user } : { name: 'User', value: 'root', reason: root }];
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
