import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { replicationLag } from '../../../collectors/replication-lag/collector.ts';
import { findCopies } from '../../../collectors/replication-lag/copies.ts';
import { discover } from '../../../collectors/replication-lag/discover.ts';
import { tracesOfNames, tracesOfProperties } from '../../../collectors/replication-lag/traces.ts';
import { replayingHost } from '../../../lib/machine/recording.ts';
import { readRequest } from '../../../lib/options/config.ts';
import { fixture } from '../../replay.ts';

describe('--discover', () => {
  test.each(readdirSync(fixture('replication-lag-discover')))('%s', async (name) => {
    const folder = fixture('replication-lag-discover', name);
    const text = await discover(replayingHost(folder, 'replication-lag'));
    await expect(text).toMatchFileSnapshot(path.join(folder, 'expected.toml'));
    // What is proposed is a config file.
    const request = await readRequest(replicationLag, ['--config', path.join(folder, 'expected.toml')], {});
    expect(request.settings['pair']).toHaveLength(text.split('\n').filter((line) => line === '[[pair]]').length);
  });
});

const dataset = (name: string, creation: number, ...snapshots: [string, number][]) => ({
  name,
  creation,
  snapshots: new Map(snapshots),
});

describe('copies', () => {
  test('a copy was made later than what it received', () => {
    const found = findCopies([
      dataset('a/copy', 50, ['1', 10], ['2', 20]),
      dataset('b/source', 5, ['1', 10], ['2', 20], ['3', 60]),
    ]);
    expect(found).toStrictEqual([{ source: 'b/source', target: 'a/copy', recursive: false, missing: [] }]);
  });

  test('children go with their parents, and who has no copy is named', () => {
    const found = findCopies([
      dataset('r', 1),
      dataset('r/d', 2, ['1', 10]),
      dataset('r/d/x', 3, ['2', 10]),
      dataset('r/d/new', 4, ['3', 10]),
      dataset('r/d/empty', 4),
      dataset('t', 1),
      dataset('t/d', 12, ['1', 10]),
      dataset('t/d/x', 13, ['2', 10]),
    ]);
    expect(found).toStrictEqual([{ source: 'r/d', target: 't/d', recursive: true, missing: ['r/d/new'] }]);
  });

  test('a copy under another name is a pair of its own', () => {
    const found = findCopies([
      dataset('r/d', 2, ['1', 10]),
      dataset('r/d/x', 3, ['2', 10]),
      dataset('t/d', 12, ['1', 10]),
      dataset('t/d/y', 13, ['2', 10]),
    ]);
    expect(found.map(({ source, target }) => [source, target])).toStrictEqual([
      ['r/d', 't/d'],
      ['r/d/x', 't/d/y'],
    ]);
  });

  test('of datasets made in the same second the one that is ahead is the source', () => {
    const found = findCopies([dataset('a', 5, ['1', 10]), dataset('b', 5, ['1', 10], ['2', 20])]);
    expect(found[0]).toMatchObject({ source: 'b', target: 'a' });
  });
});

describe('traces', () => {
  test.each([
    ['@syncoid_vm_2026-11-22:12:41:56-GMT00:00', 'syncoid'],
    ['@syncoid_x_node1_2024-01-01:00:00:01', 'syncoid'],
    ['#zrepl_CURSOR_G_0123456789abcdef_J_push_to_nas', 'zrepl, job push_to_nas'],
    ['@repl-20261122T124738Z', 'kvm-replicate of kldload'],
  ])('%s', (name, tool) => {
    expect(tracesOfNames('a', [name, name]).map((trace) => trace.tool)).toStrictEqual([tool]);
  });

  test.each(['@autosnap_2026-11-22_12:00:00_daily', '@zrepl_x', '@replica', '#manual'])('%s tells nothing', (name) => {
    expect(tracesOfNames('a', [name])).toStrictEqual([]);
  });

  test('znapzend knows where it sends to', () => {
    const properties = new Map([
      ['org.znapzend:recursive', 'on'],
      ['org.znapzend:dst_a', 'root@nas:tank/z'],
      ['org.znapzend:dst_a_plan', '1year=>1day'],
      ['org.znapzend:dst_b', 'tank/z'],
    ]);
    expect(tracesOfProperties('r', properties)).toMatchObject([
      { dataset: 'r', recursive: true, target: 'ssh://root@nas/tank/z' },
      { dataset: 'r', recursive: true, target: 'tank/z' },
    ]);
  });
});
