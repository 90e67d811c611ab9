import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { collectors } from '../../collectors/index.ts';
import { isLeftOut, missingTool } from '../tools.ts';
import { type Judging, atAnyMoment, judged, judgedAfterOne, prepared } from './judge.ts';
import { violations } from './oracle.ts';
import type { Cell, Row } from './row.ts';
import { type Recorded, type Stage, onStage, playTool, quoted, runBundle, setStage } from './stage.ts';
import { asUser, mounting, noMounts, noStranger, script, stranger } from './surroundings.ts';

/** What a run may be started in. */
const started: typeof prepared = (name, how, more) => prepared(`process: ${name}`, how, more);

/** A script that does something, and becomes the collector. */
const shell = (name: string, lines: string, more: Judging = {}): Row =>
  started(name, ({ folder }) => ({ wrapper: script(folder, lines), ...more }), { alike: true });

/** A limit under which Node.js itself may not come up: it then ends as it ends, and the old file stays. */
function limited(name: string, words: (stage: Stage) => readonly string[]): Row {
  return started(name, (stage) => ({ wrapper: ['/usr/bin/prlimit', ...words(stage)], exit: 'any', native: true }), {
    alike: true,
  });
}

/** A limit under which Node.js 20 neither comes up nor ends, even with an empty program: the unit's time limit ends it. */
function hanging(name: string): Row {
  return { ...limited(name, () => []), doesNotApply: () => 'Node.js hangs there before it reads a program' };
}

/** One for each collector and limit: processes of one user are counted together, and cells run side by side. */
function someUser({ collector }: Stage, count: number): number {
  return stranger + count + 100 * collectors.findIndex(({ name }) => name === collector);
}

/** libfaketime, which a process is made to load. */
const library = readdirSync('/usr/lib')
  .map((name) => `/usr/lib/${name}/faketime/libfaketime.so.1`)
  .find((file) => existsSync(file));

function noClock(): string | undefined {
  if (isLeftOut('faketime')) return 'left out with TEXTFILE_TEST_WITHOUT';
  if (library === undefined) throw new Error(missingTool('faketime', 'faketime', 'faketime'));
  return undefined;
}

/** What has happened lies ahead of a clock that stands behind: it is then told as of now. */
const againstTheClock =
  /^(?:wireguard_peers\{.*status=|zfs_last_replication_timestamp|zfs_replication_source_newest_snapshot_timestamp)/;

/** The clock stands elsewhere from the start, or is set as the first command runs. */
function clockSet(step: string, when: 'before' | 'during'): Row {
  return {
    name: `process: the clock is set by ${step} s ${when} a run`,
    doesNotApply: noClock,
    run: async (cell) => {
      const { stage } = cell;
      const clock = path.join(stage.folder, 'clock');
      writeFileSync(clock, when === 'before' ? step : '+0');
      if (when === 'during')
        playAll(
          stage,
          ({ file, exitCode }) => `echo '${step}' >${quoted(clock)}; sleep 0.2; cat ${quoted(file)}; exit ${exitCode}`,
        );
      return judged(cell, { env: fakedBy(clock), ...(step.startsWith('-') && { mayDiffer: againstTheClock }) });
    },
  };
}

/** Has every command do something else. */
function playAll(stage: Stage, shell: (command: Recorded) => string): void {
  for (const tool of new Set(stage.commands.map((one) => one.tool)))
    playTool(
      stage,
      tool,
      stage.commands.map((one) => ({ args: one.args, shell: shell(one) })),
    );
}

function fakedBy(clock: string): Record<string, string> {
  return {
    LD_PRELOAD: library ?? '',
    FAKETIME_TIMESTAMP_FILE: clock,
    FAKETIME_NO_CACHE: '1',
    // A clock that is set is not the one that only runs.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
  };
}

/** As by a virtual machine that is paused: all that is due comes at once afterwards, and what was started is ended all the same. */
async function heldUp(cell: Cell): Promise<readonly string[]> {
  const { stage, command } = cell;
  if (command === undefined) return [];
  const hold = 'sleep 0.2; kill -STOP $PPID; sleep 4.5; kill -CONT $PPID';
  playTool(stage, command.tool, { args: command.args, shell: `trap '' TERM; ${hold}; while :; do sleep 1; done` });
  // Where it begins late, what is left of its time may be too little for anything but to give it up.
  return judged(cell, { timeout: 4, exit: 'any' });
}

/** Nothing ends a command that writes to a frozen file system. In three runs none is started twice. */
async function unkillable(cell: Cell): Promise<readonly string[]> {
  const { stage } = cell;
  const at = quoted(stage.folder);
  playAll(
    stage,
    ({ tool, args }) => `echo ${quoted(`${tool} ${args}`.replaceAll('\n', ' '))} >>${at}/started; : >${at}/frozen/x`,
  );
  const lines = [
    freeze,
    'for run in 1 2 3; do PATH=$words "$@" || exit; done',
    'sort started | uniq -d | sed "s/^/started beside one that cannot be ended: /" >&2',
  ];
  const wrapper = mounting(stage.folder, lines.join('\n'));
  return judgedAfterOne(cell, { wrapper, timeout: 4, runs: 3 });
}

/** What was stuck needs a moment to end: the mount goes with its namespace, once nobody is in it. */
const freeze = [
  'cd "$0" && truncate -s 16M image && mkfs.ext4 -q image && mkdir frozen && mount -o loop image frozen || exit 77',
  `fsfreeze -f frozen || exit 77; trap 'fsfreeze -u frozen' EXIT`,
].join('\n');

let frozen: string | undefined;

function noFreezing(): string | undefined {
  if (frozen === undefined) {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'textfile-frozen-'));
    const [program = '', ...words] = mounting(folder, freeze);
    frozen = spawnSync(program, words).status === 0 ? '' : 'no file system can be frozen here';
    rmSync(folder, { recursive: true });
  }
  return frozen === '' ? undefined : frozen;
}

/** What the folder of state holds is then what it held after the first run. */
async function suspended({ stage: { collector }, rounds }: Cell): Promise<readonly string[]> {
  return onStage(setStage(collector, 'suspended'), async (stage) => {
    const kept = (): string =>
      JSON.stringify(readdirSync(stage.state).map((name) => [name, statSync(path.join(stage.state, name)).size]));
    const first = await runBundle(stage);
    const [before, wrong] = [kept(), new Set<string>()];
    for (let run = 0; run < Math.min(rounds, 50); run += 1) {
      const outcome = await runBundle(stage);
      for (const one of await violations(stage, outcome, { timeout: 30, healthy: first.text ?? '' })) wrong.add(one);
    }
    if (kept() !== before) wrong.add(`keeps ${kept()} after ${before}`);
    if (!/^zfs_pool_health\{pool="sus"\} 6$/m.test(first.text ?? ''))
      wrong.add('does not tell that the pool is suspended');
    return [...wrong];
  });
}

/** With something to say on stderr, which cannot be said. */
function mute(name: string, lines: string): Row {
  return started(
    name,
    (stage) => {
      const [command] = stage.commands;
      if (command !== undefined) playTool(stage, command.tool, { args: command.args, shell: 'exit 1' });
      return { wrapper: script(stage.folder, lines) };
    },
    { alike: true },
  );
}

const status = 'exit "$(cat "$0/status")"';
const steps = ['+3600', '-3600', '+5184000', '-5184000'];

export const processRows: readonly Row[] = [
  ...[8, 16, 24, 32].map((count) => limited(`${count} descriptors`, () => [`--nofile=${count}`])),
  ...[40, 64, 256, 512, 1024, 2048].map((mebi) =>
    limited(`${mebi} MiB of memory`, () => [`--as=${mebi * 1024 * 1024}`]),
  ),
  hanging('128 MiB of memory'),
  ...[64, 128, 1024].map((kibi) => limited(`${kibi} KiB of stack`, () => [`--stack=${kibi * 1024}`])),
  ...[1, 8, 12, 16].map((count) => ({
    ...limited(`${count} processes`, (stage) => [`--nproc=${count}`, ...asUser(someUser(stage, count))]),
    doesNotApply: () => noStranger,
  })),
  hanging('4 processes'),
  shell('stdin is closed', 'exec "$@" <&-'),
  shell('stdout is closed', 'exec "$@" >&-'),
  shell('stdout is full', 'exec "$@" >/dev/full'),
  shell('stdout is a pipe that nobody reads', `{ "$@"; echo $? >"$0/status"; } | :; ${status}`),
  mute('stderr is closed', 'exec "$@" 2>&-'),
  mute('stderr is full', 'exec "$@" 2>/dev/full'),
  mute('stderr is a pipe that nobody reads', `{ "$@" 2>&1; echo $? >"$0/status"; } | :; ${status}`),
  mute('all three are closed', 'exec "$@" <&- >&- 2>&-'),
  shell(
    'the working directory was deleted',
    '/usr/bin/mkdir "$0/gone" && cd "$0/gone" && /usr/bin/rmdir "$0/gone" && exec "$@"',
  ),
  shell('signals are ignored', 'trap "" TERM INT HUP PIPE CHLD XFSZ USR1; exec "$@"'),
  started(
    'an empty environment',
    ({ bin }) => ({ wrapper: mounting(bin, 'mount --bind "$0" /usr/sbin && exec env -i "$@"') }),
    { doesNotApply: () => noMounts },
  ),
  ...['TERM', 'INT'].map((signal) => ({
    name: `process: SIG${signal} at any moment`,
    alike: true,
    run: async (cell: Cell) => atAnyMoment(cell, signal),
  })),
  {
    name: 'process: it is held up, and a command ignores SIGTERM',
    targets: ({ commands }) => commands,
    run: heldUp,
  },
  { name: 'process: a command that nothing ends, over three runs', doesNotApply: noFreezing, run: unkillable },
  {
    name: 'process: a pool that stays suspended, over many runs',
    doesNotApply: ({ collector }) => (collector === 'zfs' ? undefined : 'it does not read of pools'),
    run: suspended,
  },
  ...steps.flatMap((step) => [clockSet(step, 'before'), clockSet(step, 'during')]),
];
