import { existsSync, readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { readFixture, seriesOf } from '../replay.ts';
import { isLeftOut, missingTool } from '../tools.ts';
import {
  type Machine,
  alone,
  collected,
  envOf,
  optionsOf,
  ownSeries,
  recordedMachine,
  scriptOf,
  supported,
  tool,
} from './machine.ts';

/** libfaketime, which a process is made to load. */
let library = '';
beforeAll(() => {
  if (isLeftOut('faketime')) return;
  const folder = readdirSync('/usr/lib').map((name) => `/usr/lib/${name}/faketime/libfaketime.so.1`);
  library = folder.find((file) => existsSync(file)) ?? '';
  if (library === '') throw new Error(missingTool('faketime', 'faketime', 'faketime'));
});

const steps = ['+3600', '-3600', '+5184000', '-5184000'];

describe.skipIf(isLeftOut('faketime')).each(supported.slice(0, 2))(
  'on Node.js %s a clock that is set while a run goes on',
  (_release, runtime) => {
    test.each(steps)('by %s seconds changes nothing', async (step) => {
      const machine = await recordedMachine();
      const { stderr, exitCode } = await collectWhileSet(runtime, machine, step, (name) => scriptOf(machine, name));
      expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
      const series = await collected(machine);
      expect(ownSeries(series)).toEqual(ownSeries(seriesOf(readFixture('zfs', 'healthy', 'expected.prom'))));
      expectDuration(series, 15);
    });

    test.each(steps)('by %s seconds does not keep a command from its end', async (step) => {
      const machine = await recordedMachine();
      const hang = `echo $$ >> '${machine.folder}/pids'; exec sleep 40`;
      const { stderr, exitCode } = await collectWhileSet(runtime, machine, step, () => hang, ['--timeout', '5']);
      expect(exitCode).toBe(0);
      expect(stderr).toContain('did not answer in time and was ended');
      expect(stderr).not.toMatch(/Warning|the time of this run is over/);
      expectDuration(await collected(machine), 5);
      const pids = (await readFile(path.join(machine.folder, 'pids'), 'utf8')).trim().split('\n');
      expect(pids.filter((pid) => existsSync(`/proc/${pid}/exe`))).toEqual([]);
    });
  },
);

/** Collects where each tool sets the collector's clock by `step` before it does what `scriptOf` says. */
async function collectWhileSet(
  runtime: string,
  machine: Machine,
  step: string,
  scriptOf: (name: string) => string,
  options: readonly string[] = [],
) {
  const clock = path.join(machine.folder, 'clock');
  await writeFile(clock, '+0');
  for (const name of ['zpool', 'zfs'])
    await tool(machine, name, `echo '${step}' > '${clock}'\nsleep 0.2\n${scriptOf(name)}`);
  const { env } = envOf(machine);
  return execa(runtime, [await alone('zfs'), ...optionsOf(machine), ...options], {
    env: {
      ...env,
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: clock,
      FAKETIME_NO_CACHE: '1',
      // A clock that is set is not the one that only runs.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    },
    extendEnv: false,
    reject: false,
  });
}

function expectDuration(series: ReadonlyMap<string, string>, most: number): void {
  const duration = Number(series.get('textfile_collector_duration_seconds{collector="zfs"}'));
  expect(duration).toBeGreaterThan(0.2);
  expect(duration).toBeLessThan(most);
}
