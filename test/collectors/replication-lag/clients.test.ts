import { expect, test } from 'vitest';
import {
  type Copy,
  clientSamples,
  plainRoot,
  receivedFilter,
  receivedSchema,
} from '../../../collectors/replication-lag/clients.ts';

/** A dataset, and the time of its newest snapshot, where it has one. */
type Given = readonly [string, (number | 'unknown')?];

/** What is said of each client: its datasets, their number, and the times. */
function clientsOf(roots: Parameters<typeof clientSamples>[0], ...copies: readonly Given[]) {
  const all = copies.map(([name, newest]): Copy => {
    const guid = newest === undefined ? undefined : '1';
    return { name, guid, newest: newest === 'unknown' ? undefined : newest };
  });
  return clientSamples(roots, all).map((samples) =>
    samples
      .filter(({ metric }) => metric.name !== 'zfs_received_client_info')
      .map(({ metric, labels, value }) => `${labels['client']} ${metric.name.slice(20)} ${value}`),
  );
}

const root = (name: string, more = {}) => ({ ...plainRoot(name), ...more });

test('each dataset below a root is a client, and a root that is a copy is one', () => {
  const sink = [
    ['bk/sink/web1/a', 5],
    ['bk/sink/web1/b', 3],
    ['bk/sink/web2', 4],
  ] as const;
  expect(clientsOf([root('bk/sink')], ...sink)).toEqual([
    [
      'bk/sink/web1 datasets 2',
      'bk/sink/web1 newest_snapshot_timestamp_seconds 5',
      'bk/sink/web1 complete_timestamp_seconds 3',
    ],
    [
      'bk/sink/web2 datasets 1',
      'bk/sink/web2 newest_snapshot_timestamp_seconds 4',
      'bk/sink/web2 complete_timestamp_seconds 4',
    ],
  ]);
  expect(clientsOf([root('bk/srv')], ['bk/srv', 5], ['bk/srv/a', 3])[0]?.[0]).toBe('bk/srv datasets 2');
});

test('of roots the nearest counts, with its age, and one below another is a client', () => {
  const roots = [root('bk/sink', { max_age: 99 }), root('bk/sink/lap1', { max_age: 7 })];
  const [lap1, web1] = clientsOf(roots, ['bk/sink/lap1/rpool/home', 5], ['bk/sink/web1/rpool', 5], ['tank', 5]);
  expect(lap1?.at(-1)).toBe('bk/sink/lap1 max_age_seconds 7');
  expect(web1?.at(-1)).toBe('bk/sink/web1 max_age_seconds 99');
});

test('where idle datasets are skipped, the newest tells', () => {
  const [samples] = clientsOf([root('bk', { skips_idle: true })], ['bk/web/a', 5], ['bk/web/b', 3]);
  expect(samples).toContain('bk/web complete_timestamp_seconds 5');
});

test('a client without any snapshot has no time', () => {
  expect(clientsOf([root('bk')], ['bk/web'])).toEqual([['bk/web datasets 1']]);
});

test('nor has one of which a snapshot is of an unknown time: it may be the oldest', () => {
  expect(clientsOf([root('bk')], ['bk/web/a', 5], ['bk/web/b', 'unknown'])).toEqual([['bk/web datasets 2']]);
  expect(clientsOf([root('bk')], ['bk/web/a', 5], ['bk/web/b'])[0]).toContain('bk/web complete_timestamp_seconds 5');
});

test('what is excluded is not reported', () => {
  const isReported = receivedFilter([root('bk', { exclude_datasets: ['bk/old', 'bk/old/**'] })]);
  expect(['bk/old', 'bk/old/a', 'bk/older'].map(isReported)).toEqual([false, false, true]);
});

test('a root is a dataset of this machine', () => {
  expect(() => receivedSchema.parse([{ root: 'ssh://nas/bk' }])).toThrow('expected a dataset of this machine');
  expect(() => receivedSchema.parse([{ root: 'bk/' }])).toThrow('expected a dataset of this machine');
});
