import { describe, expect, test } from 'vitest';
import { markersOfNames, markersOfProperties } from '../../../../collectors/replication-lag/discover/markers.ts';

describe('markers', () => {
  test.each([
    ['@syncoid_vm_2026-11-22:12:41:56-GMT00:00', 'syncoid'],
    ['@syncoid_x_node1_2024-01-01:00:00:01', 'syncoid'],
    ['#zrepl_CURSOR_G_0123456789abcdef_J_push_to_nas', 'zrepl, job push_to_nas'],
    ['@repl-20261122T124738Z', 'kvm-replicate of kldload'],
  ])('%s', (name, tool) => {
    expect(markersOfNames('a', [name, name]).map((marker) => marker.tool)).toStrictEqual([tool]);
  });

  test.each(['@autosnap_2026-11-22_12:00:00_daily', '@zrepl_x', '@replica', '#manual'])('%s tells nothing', (name) => {
    expect(markersOfNames('a', [name])).toStrictEqual([]);
  });

  test.each([
    ['true', [true, true]],
    ['child', [false, true]],
    ['parent', [true, false]],
  ])('autobackup: %s of a dataset, and what it makes of itself and of those below', (value, carried) => {
    const [marker] = markersOfProperties('r', new Map([['autobackup:offsite1', value]]));
    expect([true, false].map((isOwn) => marker?.choice?.isCarried(value, isOwn))).toStrictEqual(carried);
    expect(marker?.choice?.isCarried('false', false)).toBe(false);
  });

  test('znapzend knows where it sends to', () => {
    const properties = new Map([
      ['org.znapzend:recursive', 'on'],
      ['org.znapzend:dst_a', 'root@nas:tank/z'],
      ['org.znapzend:dst_a_plan', '1year=>1day'],
      ['org.znapzend:dst_b', 'tank/z'],
    ]);
    expect(markersOfProperties('r', properties)).toMatchObject([
      { dataset: 'r', recursive: true, target: 'ssh://root@nas/tank/z' },
      { dataset: 'r', recursive: true, target: 'tank/z' },
    ]);
  });
});
