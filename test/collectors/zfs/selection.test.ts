import { expect, test } from 'vitest';
import { selectDatasets } from '../../../collectors/zfs/selection.ts';
import { parseZfsList, zfsListArguments } from '../../../collectors/zfs/zfs-list.ts';

const width = zfsListArguments(true)[5]?.split(',').length ?? 0;
const datasets = (names: readonly string[]) =>
  parseZfsList(names.map((name) => [name, ...Array<string>(width - 1).fill('-')].join('\t')).join('\n'), true, (read) =>
    read(),
  );

const all = ['rpool', 'rpool/a', 'rpool/a/b', 'rpool/a/b/c', 'rpool/with space', 'rpool/.hidden', 'rpool2', 'rpool2/a'];
const none = { dataset_include: [], dataset_exclude: [], dataset_limit: 100 };

test.each([
  ['nothing set: all', none, all, []],
  [
    '* stays within a part',
    { ...none, dataset_include: ['rpool/*'] },
    ['rpool/a', 'rpool/with space', 'rpool/.hidden'],
    [],
  ],
  ['** goes below, and names the pool too', { ...none, dataset_include: ['rpool/**'] }, all.slice(0, 6), []],
  ['rpool is not rpool2', { ...none, dataset_include: ['rpool'] }, ['rpool'], []],
  [
    'exclude wins',
    { ...none, dataset_include: ['rpool/a/**'], dataset_exclude: ['rpool/a/b'] },
    ['rpool/a', 'rpool/a/b/c'],
    [],
  ],
  [
    'a space is a space',
    { ...none, dataset_exclude: ['rpool/with space', 'rpool2/**'] },
    ['rpool', 'rpool/a', 'rpool/a/b', 'rpool/a/b/c', 'rpool/.hidden'],
    [],
  ],
  ['! is no negation', { ...none, dataset_include: ['!rpool'] }, [], []],
  ['depth 0 is the pools; more was not asked for', { ...none, dataset_depth: 0 }, ['rpool', 'rpool2'], []],
  ['the limit drops the rest', { ...none, dataset_limit: 3 }, all.slice(0, 3), all.slice(3)],
  [
    'what is excluded is not dropped by the limit',
    { ...none, dataset_exclude: ['rpool2/**'], dataset_limit: 6 },
    all.slice(0, 6),
    [],
  ],
])('%s', (_name, selection, kept, dropped) => {
  const result = selectDatasets(datasets(all), selection);
  expect(result.kept.map(({ name }) => name)).toEqual(kept);
  expect(result.dropped.map(({ name }) => name)).toEqual(dropped);
});
