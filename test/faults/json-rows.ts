import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Json } from '../../collectors/zfs/json.ts';
import { readFixture } from '../replay.ts';
import { edited, objectOf, otherThan, parse, replaced, somePlaces } from './json-edits.ts';
import { judged } from './judge.ts';
import type { Cell, Row } from './row.ts';
import { type Recorded, type Stage, onStage, once, runBundle, setStage } from './stage.ts';

/** What the run may make of it, beside leaving out and telling. */
interface Expected {
  /** It has one reading alone: nothing is left out, and nothing told. */
  readonly same?: true;
  readonly mayDiffer?: RegExp;
}

const isStatus = ({ tool, args }: Recorded): boolean => tool === 'zpool' && args.startsWith('status -j');
const fileOf = ({ commands }: Stage): string => commands.find(isStatus)?.file ?? '';

const aboutJson: Omit<Row, 'name' | 'run'> = {
  doesNotApply: ({ commands }) => (commands.some(isStatus) ? undefined : 'none of its commands prints JSON'),
  targets: ({ commands }) => commands.filter(isStatus),
};

/** A fault of the text that `zpool status -j` prints. */
function json(name: string, fault: (whole: string) => string, expected: Expected = {}): Row {
  return {
    ...aboutJson,
    name: `JSON: ${name}`,
    run: async (cell) => judgedWith(cell, `${fault(wholeText(cell.stage))}\n`, expected),
  };
}

/** The same of each object in it, from the inside out. */
function objects(name: string, change: (object: Json, path: readonly string[]) => Json, expected?: Expected): Row {
  return json(name, (whole) => JSON.stringify(edited(parse(whole), change)), expected);
}

/** A value in the place of any other, one place after the other. */
function anywhere(name: string, value: unknown, mayDiffer = unknownState): Row {
  return {
    ...aboutJson,
    name: `JSON: ${name} in any place`,
    run: async (cell) => {
      const whole = parse(wholeText(cell.stage));
      const wrong: string[] = [];
      for (const place of somePlaces(whole, otherThan(value), cell.rounds, name.length)) {
        const text = `${JSON.stringify(replaced(whole, place, value))}\n`;
        const found = await judgedWith(cell, text, { mayDiffer });
        wrong.push(...found.map((one) => `${place.join(' > ')}: ${one}`));
      }
      return wrong;
    },
  };
}

/** Objects of objects, whose keys are names. */
const maps = /^(?:pools|vdevs|special|dedup|logs|l2cache|spares|rebuild_stats)$/;

const unlessMap =
  (change: (object: Json) => Json) =>
  (object: Json, path: readonly string[]): Json =>
    maps.test(path.at(-1) ?? '') ? object : change(object);

/** A vdev whose state, type or path cannot be read is there all the same, and says so. */
const unknownState = /^zfs_vdev_(?:state\{.*state="unknown"|info)/;

async function judgedWith(cell: Cell, text: string, { same, mayDiffer }: Expected): Promise<string[]> {
  const { stage } = cell;
  const healthy = await calmText(stage.collector);
  // Nothing is remembered from one round to the next.
  rmSync(stage.state, { recursive: true });
  mkdirSync(stage.state);
  writeFileSync(fileOf(stage), text);
  return judged(cell, { timeout: 20, healthy, ...(mayDiffer && { mayDiffer }), ...(same && { says: /^$/ }) });
}

const calmText = once(async (collector) =>
  onStage(setStage(collector), async (stage) => {
    writeFileSync(fileOf(stage), `${wholeText(stage)}\n`);
    return (await runBundle(stage, { timeout: 10 })).text ?? '';
  }),
);

/** What the healthy machine says, and of one pool what recorded ones say of work that is done. */
function wholeText(stage: Stage): string {
  const names = ['checkpoint', 'removal-done', 'expansion-done', 'rebuild-done'];
  const done = names.flatMap((name) => {
    const { pools } = parse(readFixture('zfs', name, 'zpool_status_-j_-p_-t.txt'));
    const [pool] = Object.values(objectOf(pools));
    return Object.entries(objectOf(pool)).filter(([key]) => key.endsWith('_stats'));
  });
  const isTank = (path: readonly string[]): boolean => path.join('.') === 'pools.tank';
  const recorded = parse(readFileSync(fileOf(stage), 'utf8'));
  return JSON.stringify(
    edited(recorded, (one, path) => (isTank(path) ? { ...one, ...Object.fromEntries(done) } : one)),
  );
}

/** Each member that a later release may add. */
const later = {
  future: 'yes',
  size: 5,
  more: { name: 'x', state: 'ONLINE', read_errors: '1' },
  list: [1, [2]],
  none: null,
};

const unknownGuids: Expected = { mayDiffer: /^zfs_vdev_info\{.*guid=""/ };

const nested = (depth: number): string => `${'{"vdevs":{"x":'.repeat(depth)}{}${'}}'.repeat(depth)}`;

export const jsonRows: readonly Row[] = [
  json('cut', (whole) => whole.slice(0, whole.length / 2)),
  json('cut before its end', (whole) => whole.slice(0, -1)),
  json('behind a warning', (whole) => `warning: out of cheese\n${whole}`),
  json('two documents', (whole) => `${whole}\n${whole}`),
  json('NaN', (whole) => whole.replaceAll(/:"\d+"/g, ':NaN')),
  json('a list', (whole) => `[${whole}]`),
  json('null', () => 'null'),
  json('an empty object', () => '{}'),
  json('no pools', () => '{"pools":{}}'),
  json('white space', (whole) => JSON.stringify(parse(whole), undefined, '\t'), { same: true }),
  json('numbers as numbers', (whole) => whole.replaceAll(/:"(\d+)"/g, ':$1'), { same: true }),
  json('numbers as floats', (whole) => whole.replaceAll(/:"(\d+)"/g, ':$1.0'), { same: true }),
  json(
    'numbers as rounded floats',
    (whole) => whole.replaceAll(/:"(\d+)"/g, (_, digits) => `:${Number(digits).toExponential()}`),
    unknownGuids,
  ),
  json('words for numbers', (whole) => whole.replaceAll(/:"\d+"/g, ':"many"'), unknownGuids),
  json('numbers with a unit', (whole) => whole.replaceAll(/:"(\d+)"/g, ':"$1K"'), unknownGuids),
  json('negative numbers', (whole) => whole.replaceAll(/:"(\d+)"/g, ':"-$1"'), unknownGuids),
  json('numbers beyond 64 bit', (whole) => whole.replaceAll(/:"\d+"/g, ':"100000000000000000000000"'), unknownGuids),
  objects(
    'unknown members',
    unlessMap((object) => ({ ...object, ...later })),
    { same: true },
  ),
  objects('__proto__ for a member', (object) => Object.fromEntries([...Object.entries(object), ['__proto__', later]]), {
    mayDiffer: /"__proto__|future/,
  }),
  json('states of a later release', (whole) => whole.replaceAll(/"state":"[A-Z]+"/g, '"state":"HIBERNATING"'), {
    mayDiffer: unknownState,
  }),
  json('constructor for a state', (whole) => whole.replaceAll(/"state":"[A-Z]+"/g, '"state":"constructor"'), {
    mayDiffer: unknownState,
  }),
  // That of an expansion is no name but a type.
  objects('no names', (object) => ('expanding_vdev' in object ? object : { ...object, name: undefined }), {
    same: true,
  }),
  json('pools of one name', (whole) => whole.replaceAll('"name":"rpool2"', '"name":"rpool"'), {
    mayDiffer: /pool="rpool"/,
  }),
  json('a pool twice', (whole) => whole.replace(/"pools":\{("rpool":.*?),"rpool2"/, '"pools":{$1,$1,"rpool2"'), {
    same: true,
  }),
  json('a pool twice, the second of them empty', (whole) =>
    whole.replace('"error_count":"0"}}}', '"error_count":"0"},"rpool":{}}}'),
  ),
  json('deep nesting', (whole) => whole.replace('"spares":', `"dedup":{"x":${nested(9)}},"spares":`), {
    mayDiffer: /class="dedup"/,
  }),
  json('nesting without end', (whole) => whole.replace('"spares":{', `"spares":{"x":${nested(20_000)},`), {
    mayDiffer: /class="spare"/,
  }),
  json('brackets without end', () => `{"pools":${'['.repeat(1_000_000)}`),
  json(
    'lone surrogates',
    (whole) => whole.replaceAll('tank-d0"', String.raw`tank-\ud800"`).replaceAll('tank-d1"', String.raw`tank-\ud801"`),
    {
      mayDiffer: /tank-/,
    },
  ),
  anywhere('null', null),
  anywhere('a fraction', 0.5),
  anywhere('a list', ['x']),
  anywhere('an object', { x: { y: 'z' } }),
  // A flag that says so is set.
  anywhere('true', true, new RegExp(`${unknownState.source}|^zfs_vdev_trim_state`)),
  anywhere('a text', 'x'),
];
