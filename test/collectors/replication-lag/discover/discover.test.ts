import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { replicationLag } from '../../../../collectors/replication-lag/collector.ts';
import { discover } from '../../../../collectors/replication-lag/discover/discover.ts';
import { replayingHost } from '../../../../lib/machine/replaying.ts';
import { readRequest } from '../../../../lib/options/config.ts';
import { fixture, readFixture } from '../../../replay.ts';

describe('--discover', () => {
  test.each(readdirSync(fixture('replication-lag-discover')))('%s', async (name) => {
    const folder = fixture('replication-lag-discover', name);
    const text = await discover(replayingHost(folder, 'replication-lag'));
    await expect(text).toMatchFileSnapshot(path.join(folder, 'expected.toml'));
    // What is proposed is a config file.
    const request = await readRequest(replicationLag, ['--config', path.join(folder, 'expected.toml')], {});
    expect(request.settings['pair']).toHaveLength(text.split('\n').filter((line) => line === '[[pair]]').length);
  });
  // Their alerts are asked for with those of all recordings.
  test.each([
    ['moved-to-a-new-pool', ''],
    ['one-kind-is-sent', ''],
    ['autobackup-child', 'ssh://root@nas/tank/node1/rpool'],
    ['znapzend-off', ''],
    ['sink', ''],
  ])('%s is recorded with what was proposed for it', (name, target) => {
    const proposed = readFixture('replication-lag-discover', name, 'expected.toml').split('\n');
    const lines = target === '' ? proposed : proposed.map((line) => line.replace(/^# (?=\[\[|\w+ = )/, ''));
    const used = lines.join('\n').replace('ssh://HOST/DATASET', target);
    expect(readFixture('replication-lag', `discovered-${name}`, 'config.toml')).toBe(used);
  });
});
