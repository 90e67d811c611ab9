import { expect, test } from 'vitest';
import { takeInventory } from '../../../collectors/replication-lag/inventory.ts';
import type { Host, Output } from '../../../lib/host.ts';

type Answer = readonly [stdout: string, stderr?: string];
const [pools, datasets, snapshots] = [/ -d 0 -o name$/, / -t filesystem,volume /, / -o name,guid,createtxg /];
/** The form that a listing without snapshots is held against. */
const proof = / -o name,creation -d 1 /;
const data = 'tank/data\t11\t1\t0\toff\t-\t-\n';
const child = 'tank/data/a\t12\t1\t0\toff\t-\t-\n';
const noChild: Answer = ['', "cannot open 'tank/data/a': dataset does not exist\n"];

/** A machine that answers the first of `answers` whose pattern fits. */
function machine(...answers: readonly (readonly [RegExp, Answer])[]): { host: Host; asked: string[] } {
  const asked: string[] = [];
  const lines: Host['lines'] = async (command, onLine): Promise<Output> => {
    const line = command.join(' ');
    asked.push(line);
    const [, [stdout, stderr = '']] = answers.find(([pattern]) => pattern.test(line)) ?? [/./, ['', `what? ${line}\n`]];
    for (const one of stdout.split('\n').slice(0, -1)) onLine(one);
    return { ended: 'exit', exitCode: stderr === '' ? 0 : 1, stdout: '', stderr };
  };
  const host = { lines, list: async () => [] };
  // oxlint-disable-next-line no-unsafe-type-assertion -- no other question is asked
  return { host: host as unknown as Host, asked };
}

const ssh = { identity: '/id', knownHosts: '/known', timeout: 30 };
const here = { host: undefined, ssh, localTimeout: 30 };

function inventoryOf(host: Host, known: readonly string[], recursive = true) {
  return takeInventory(host, here, [{ dataset: 'tank/data', recursive }], new Set(known), (read) => read());
}

test('what is as it was is asked for once', async () => {
  const all: Answer = ['tank/data@a\t1\t1\ntank/data/a@a\t2\t1\n'];
  const { host, asked } = machine([pools, ['tank\n']], [datasets, [data + child]], [snapshots, all]);
  const { failures } = await inventoryOf(host, ['tank/data', 'tank/data/a']);
  expect([...failures]).toEqual([]);
  expect(asked).toHaveLength(3);
});

test.each<[string, string, Answer, Answer, RegExp | '']>([
  ['a dataset is gone, and zfs says so by its name', data, ['tank/data@a\t1\t1\n'], noChild, ''],
  ['it is there when asked for by its name', data, ['tank/data@a\t1\t1\n'], ['tank/data/a@a\t1\n'], /in both listings/],
  ['it is there, and has no snapshot', data, ['tank/data@a\t1\t1\n'], [''], /a line of tank\/data\/a, got none/],
  ['its snapshots are gone', data + child, ['tank/data@a\t1\t1\n'], [''], ''],
  ['its snapshots are not listed', data + child, ['tank/data@a\t1\t1\n'], ['tank/data/a@a\t1\n'], /in both listings/],
  ['no snapshot is listed', data + child, [''], ['tank/data@a\t1\n'], /snapshots of tank\/data in both listings/],
  ['the other listing fails', data + child, [''], ['', 'internal error: no\n'], /internal error: no/],
])('%s', async (_, listed, found, again, reason) => {
  const answers = [
    [pools, ['tank\n']],
    [datasets, [listed]],
    [snapshots, found],
    [proof, again],
  ] as const;
  const { host, asked } = machine(...answers);
  const { failures } = await inventoryOf(host, ['tank/data', 'tank/data/a']);
  expect(asked).toHaveLength(4);
  expect([...failures.keys()]).toEqual(reason === '' ? [] : ['tank/data']);
  expect(failures.get('tank/data') ?? '').toMatch(reason);
});

test('nothing, and no error, is no answer on a dataset', async () => {
  const { host } = machine([pools, ['tank\n']], [datasets, ['']]);
  const { failures } = await inventoryOf(host, [], false);
  expect(failures.get('tank/data')).toBe('Cannot read zfs list: expected a line of tank/data, got none, and no error');
});

test('what one command cannot name is asked for in several, each of which ssh can hand on as one argument', async () => {
  const names = Array.from({ length: 5000 }, (_, at) => `tank/customers/region-eu-central/vm-${at}-disk`);
  const asked: string[] = [];
  const lines: Host['lines'] = async (command, onLine): Promise<Output> => {
    const line = command.at(-1) ?? '';
    asked.push(line);
    const own = line.split(' ').filter((word) => word.startsWith('tank/'));
    for (const name of own) {
      if (datasets.test(line)) onLine(`${name}\t1\t1\t0\toff\t-\t-`);
      if (snapshots.test(line)) onLine(`${name}@a\t1\t1`);
    }
    if (own.length === 0) onLine('tank');
    return { ended: 'exit', exitCode: 0, stdout: '', stderr: '' };
  };
  // oxlint-disable-next-line no-unsafe-type-assertion -- no other question is asked
  const host = { lines } as unknown as Host;
  const nas = { host: { name: 'nas', user: undefined, port: undefined }, ssh, localTimeout: 30 };
  const roots = names.map((dataset) => ({ dataset, recursive: false }));
  const found = await takeInventory(host, nas, roots, new Set(), (read) => read());
  expect([...found.failures]).toEqual([]);
  expect([...found.datasets.values()].filter((one) => one.snapshots.length === 1)).toHaveLength(5000);
  expect(Math.max(...asked.map((line) => line.length))).toBeLessThan(128 * 1024);
});
