import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Json } from '../../collectors/zfs/json.ts';
import { otherThan, parse, replaced, somePlaces } from './json-edits.ts';
import { type Judging, judged, judgedAfterOne, prepared } from './judge.ts';
import type { Row } from './row.ts';
import { type Stage, onStage, once, runBundle, setStage } from './stage.ts';

/** Those that keep something from run to run. */
export const remembers = ({ collector }: Stage): boolean => ['zfs', 'replication-lag'].includes(collector);
const onlyOfThose: Partial<Row> = {
  doesNotApply: (stage) => (remembers(stage) ? undefined : 'it remembers nothing'),
};

/** Something in the place of a file of the state folder. */
interface Content {
  readonly name: string;
  readonly put: (file: string, stage: Stage) => void;
  /** What the run says of it, where it is the state file. */
  readonly says: RegExp;
  /** It is not moved out of the way. */
  readonly stays?: true;
}

const text = (name: string, content: string | Buffer | ((stage: Stage) => string), says = aside): Content => ({
  name,
  put: (file, stage) => writeFileSync(file, typeof content === 'function' ? content(stage) : content),
  says,
});

const aside = /^[a-z-]+: Cannot use the state file: .*; set aside: \S+\.json\.unusable$/;
const unfit = /^[a-z-]+: Cannot use all of the state file: \d+ of its values left out, the first of them /;
const unread = (why: string): RegExp => new RegExp(`^[a-z-]+: Cannot read the state file: .*${why}`);

const wrapped = (memory: string, version = '1'): ((stage: Stage) => string) => {
  return ({ collector }) => `{"version":${version},"collector":"${collector}","memory":${memory}}\n`;
};

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const megabyte = 1_000_000;

const contents: readonly Content[] = [
  text('empty', ''),
  text('garbage', 'what is this\n'),
  text('a binary', Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7) % 256))),
  text('cut', '{"version":1,"collector":"zf'),
  text('of another version', wrapped('{}', '2')),
  text('of another collector', '{"version":1,"collector":"nut","memory":{}}\n', /it is that of "nut"; set aside/),
  text('a list for what is remembered', wrapped('[]')),
  text('lists in lists', wrapped(nested(100_000))),
  text('wrong values without end', (stage) => wrapped(JSON.stringify(manyOf(stage)))(stage), unfit),
  text('20 MB of words', wrapped(`"${'x'.repeat(20 * megabyte)}"`)),
  {
    name: '100 MB',
    put: (file) => {
      writeFileSync(file, '{');
      truncateSync(file, 100 * megabyte);
    },
    says: unread('expected at most \\d+ bytes, got 100000000'),
  },
  {
    name: 'a folder',
    put: (file) => mkdirSync(file),
    says: unread('it is a folder'),
    stays: true,
  },
  {
    name: 'a FIFO',
    put: (file) => execFileSync('mkfifo', [file]),
    says: unread('expected a regular file'),
  },
  {
    name: 'a link to /dev/zero',
    put: (file) => symlinkSync('/dev/zero', file),
    says: unread('expected a regular file'),
    stays: true,
  },
  {
    name: 'a link to itself',
    put: (file) => symlinkSync(file, file),
    says: unread('ELOOP'),
    stays: true,
  },
];

const otherJson = ['null', '5', '"x"', '[]', '{}', '[null]', '{"__proto__":{"version":1}}'].map((json) =>
  text(json, json),
);

/** Of the kind that each collector keeps most of. */
function manyOf({ collector }: Stage): Json {
  const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, nth) => [nth + megabyte, 'x']));
  return collector === 'zfs' ? { snapshots: many, scrubs: many } : { links: many, creations: many };
}

/** A fault of the state file. What it held is lost, that is told, and the next run has one that is whole. */
function stateFile({ name, put, says, stays }: Content): Row {
  return {
    name: `state file: ${name}`,
    alike: true,
    ...onlyOfThose,
    run: async (cell) => {
      put(fileOf(cell.stage), cell.stage);
      const first = await judgedAfterOne(cell, { says });
      const second = await judgedAfterOne(cell, { says: stays === true ? says : /^$/ });
      return [...first, ...second.map((one) => `the next run: ${one}`)];
    },
  };
}

const fileOf = ({ state, collector }: Stage, end = ''): string => path.join(state, `${collector}${end}.json`);

/** A value in the place of any other, one place after the other. */
function anywhere(name: string, value: unknown, fits = otherThan(value)): Row {
  return {
    name: `state file: ${name}`,
    ...onlyOfThose,
    run: async (cell) => {
      const whole = parse(await remembered(cell.stage.collector));
      const wrong: string[] = [];
      for (const place of somePlaces(whole, fits, cell.rounds, name.length)) {
        rmSync(cell.stage.state, { recursive: true });
        mkdirSync(cell.stage.state);
        writeFileSync(fileOf(cell.stage), JSON.stringify(replaced(whole, place, value)));
        const found = await judged(cell);
        wrong.push(...found.map((one) => `${place.join(' > ')}: ${one}`));
      }
      return wrong;
    },
  };
}

/** What could not be ended in a run before. Of a note that cannot be read nobody knows. */
function survivorsNote({ name, put }: Pick<Content, 'name' | 'put'>): Row {
  const prepare = (stage: Stage): Judging => {
    put(fileOf(stage, '.survivors'), stage);
    return { says: /^$/ };
  };
  return prepared(`note of what nothing ends: ${name}`, prepare, { alike: true });
}

/** What a run before has told is told again, until it is noted anew. */
function toldNote({ name, put, stays }: Content): Row {
  return {
    name: `note of what was told: ${name}`,
    doesNotApply: ({ collector }) => (collector === 'wireguard' ? undefined : 'it tells all in each run'),
    run: async (cell) => {
      put(fileOf(cell.stage, '.told'), cell.stage);
      const [args, says] = [['--required-peers', 'nobody'], /^wireguard: Cannot find peers of required_peers: /];
      const how = { args, mayDiffer: /^wireguard_required_peers_missing/ };
      const first = await judgedAfterOne(cell, { ...how, says });
      const second = await judgedAfterOne(cell, { ...how, says: stays === true ? says : /^$/ });
      return [...first, ...second.map((one) => `the next run: ${one}`)];
    },
  };
}

const started = readFileSync('/proc/1/stat', 'utf8')
  .replace(/^.*\) /s, '')
  .split(' ')[19];
/** One that goes on, as it is noted but for what is wrong. */
const survivor = (more: object) => (stage: Stage) => {
  const [{ tool, args } = { tool: '', args: '' }] = stage.commands;
  return JSON.stringify([{ pid: 1, started, command: [tool, ...args.split(' ')], ...more }]);
};

const wrongNotes: readonly Content[] = [
  { pid: '1' },
  { pid: '../1' },
  { pid: -1 },
  { pid: 1e300 },
  { pid: null },
  { started: 5 },
  { started: '5' },
  { command: 'zpool' },
  { command: [] },
  { command: [null] },
  { command: { 0: 'zpool' } },
].map((more) => text(JSON.stringify(more), survivor(more)));

const stillThere = prepared('note of what nothing ends: it is still there', (stage) => {
  writeFileSync(fileOf(stage, '.survivors'), survivor({})(stage));
  return { says: /was not started: one of an earlier run is stuck in the kernel/ };
});

const isNumber = (value: unknown): boolean => typeof value === 'number';

/** What a collector remembers of the healthy machine, as its file has it. */
const remembered = once(async (collector) =>
  onStage(setStage(collector), async (stage) => {
    await runBundle(stage);
    return readFileSync(fileOf(stage), 'utf8');
  }),
);

export const stateRows: readonly Row[] = [
  ...[...contents, ...otherJson].map(stateFile),
  ...[...contents, ...wrongNotes].map(survivorsNote),
  stillThere,
  ...contents.map(toldNote),
  anywhere('null in any place', null),
  anywhere('a word in any place', 'x'),
  anywhere('a word for any other', '__proto__', (value) => typeof value === 'string'),
  anywhere('a list in any place', ['x']),
  anywhere('an object in any place', { x: { y: 'z' } }),
  anywhere('true in any place', true),
  ...[-5, 0.5, 1e300].map((number) => anywhere(`${number} for any number`, number, isNumber)),
];
