import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { replicationLag } from '../../../collectors/replication-lag/collector.ts';
import { memorySchema } from '../../../collectors/replication-lag/memory.ts';
import { fixture, replay } from '../../replay.ts';

/** What a run on a recorded machine keeps for the next one. */
async function kept(name: string): Promise<unknown> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'memory-'));
  await replay(replicationLag, fixture('replication-lag', name), folder);
  const text = readFileSync(path.join(folder, 'replication-lag.json'), 'utf8');
  rmSync(folder, { recursive: true });
  return z.object({ memory: z.unknown() }).parse(JSON.parse(text)).memory;
}

test.each([
  ['ssh-hangs', ['localhost:2022']],
  ['stuck-export', ['localhost:2022']],
  ['ssh-left-alone', ['localhost:2022']],
  ['ssh-refused', []],
  ['ssh-target', []],
  ['zfs-missing', []],
])('after %s the machines to leave alone are %j', async (name, machines) => {
  const { hung } = memorySchema.parse(await kept(name));
  expect(Object.keys(hung ?? {})).toEqual(machines);
});

test('what was known of a target that cannot be asked is kept', async () => {
  expect(await kept('ssh-refused')).toMatchObject({
    links: {
      'rpool/data\tlocalhost:2022:tank/backup/data': {
        base: { creation: expect.any(Number) },
        waiting: expect.any(Number),
      },
    },
  });
});

test('since when something waits is kept after the source has pruned it', async () => {
  const waiting = { links: { 'rpool/vms/vm1\ttank/backup/vm1': { waiting: 1795351634 } } };
  expect(await kept('kldload-2-send-lost')).toMatchObject(waiting);
  expect(await kept('kldload-4-still')).toMatchObject(waiting);
});
