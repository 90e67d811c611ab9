import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { readFixture, seriesOf } from '../replay.ts';
import {
  type Machine,
  alone,
  collected,
  envOf,
  newMachine,
  optionsOf,
  ownSeries,
  recordedMachine,
  run,
  supported,
  tool,
} from './machine.ts';

/** Ways to start a program, the program and its words behind. */
const surroundings = [
  ['a working directory that was deleted', 'mkdir "$0/gone" && cd "$0/gone" && rmdir "$0/gone" && exec "$@"'],
  ['no HOME', 'unset HOME; exec "$@"'],
  ['umask 077', 'umask 077; exec "$@"'],
  ['umask 777', 'umask 777; exec "$@"'],
  ['a closed standard input', 'exec "$@" <&-'],
] as const;

describe.each(supported.slice(0, 2))('on Node.js %s a run does not notice', (_release, runtime) => {
  test.each(surroundings)('%s', async (_what, script) => {
    const machine = await recordedMachine();
    const healthy = {
      stdout: '',
      stderr: '',
      exitCode: 0,
      names: ['zfs.prom'],
      mode: 0o644,
      series: ownSeries(seriesOf(readFixture('zfs', 'healthy', 'expected.prom'))),
      state: expect.stringMatching(/^\{"version":1/),
    };
    const program = [runtime, await alone('zfs')];
    expect(await outcome(machine, script, [...program, ...optionsOf(machine)], {})).toEqual(healthy);
    expect(await outcome(machine, script, program, variablesOf(machine))).toEqual(healthy);
  });
});

test.each(supported)('on Node.js %s what cannot be told is no failure', async (_release, runtime) => {
  const machine = await newMachine();
  await tool(machine, 'ss', 'exit 1');
  const places = optionsOf(machine).filter((option) => option !== '--pool-io=false');
  const words = [runtime, await alone('tcp'), ...places, '--stdout'];
  const { stdout, exitCode } = await execa('sh', ['-c', 'exec "$@" 2>/dev/full', 'sh', ...words], {
    env: envOf(machine).env,
    extendEnv: false,
    reject: false,
  });
  expect(stdout).toContain('textfile_collector_success{collector="tcp"} 0');
  expect(exitCode).toBe(0);
});

test.each(supported)(
  'on Node.js %s nothing but the collector speaks, however many commands run at once',
  async (_release, runtime) => {
    const machine = await newMachine();
    const pool = path.join(machine.folder, 'proc/spl/kstat/zfs/tank');
    await mkdir(pool, { recursive: true });
    await writeFile(path.join(pool, 'state'), 'ONLINE\n');
    for (const name of ['zfs', 'zpool']) await tool(machine, name, 'sleep 1');
    const options = [...optionsOf(machine).filter((option) => option !== '--pool-io=false'), '--vdev-space'];
    const { stderr } = await run(runtime, await alone('zfs'), options, envOf(machine).env.PATH);
    expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('zfs: '))).toEqual([]);
  },
);

/** What came of a run, and the mode of its file. */
async function outcome(machine: Machine, script: string, words: string[], variables: Record<string, string>) {
  const { env } = envOf(machine);
  const { stdout, stderr, exitCode } = await execa('sh', ['-c', script, machine.folder, ...words], {
    env: { ...env, ...variables },
    extendEnv: false,
    reject: false,
  });
  const out = path.join(machine.folder, 'out');
  return {
    stdout,
    stderr,
    exitCode,
    names: await readdir(out),
    mode: (await stat(path.join(out, 'zfs.prom'))).mode & 0o777,
    series: ownSeries(await collected(machine)),
    state: await readFile(path.join(machine.folder, 'state/zfs.json'), 'utf8'),
  };
}

/** What `optionsOf` says, as a unit would. */
function variablesOf({ folder }: Machine): Record<string, string> {
  const place = (name: string): string => path.join(folder, name);
  return {
    TEXTFILE_PROCFS: place('proc'),
    TEXTFILE_SYSFS: place('sys'),
    TEXTFILE_DIRECTORY: place('out'),
    TEXTFILE_STATE_DIR: place('state'),
    TEXTFILE_ZFS_POOL_IO: 'false',
  };
}
