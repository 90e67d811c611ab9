import { describe, expect, test } from 'vitest';
import { markersOfNames } from '../../../../collectors/replication-lag/discover/markers.ts';
import { type Marked, proposalsOf } from '../../../../collectors/replication-lag/discover/proposals.ts';

const marks = markersOfNames('tank/data', ['@syncoid_vm_2026-11-22:12:41:56-GMT00:00']);

interface Case {
  readonly written: number;
  readonly times?: readonly number[];
  readonly markers?: Marked['markers'];
  readonly readonly?: boolean;
}

const cases: readonly [string, Case, readonly string[]][] = [
  ['is written to, and marked by syncoid: it was moved here', { written: 2 ** 30, markers: marks }, []],
  ['is marked, and nobody writes there', { written: 0, markers: marks }, ['tank/data']],
  ['was received again', { written: 0, times: [10, 60] }, ['tank/data']],
  ['was not received again', { written: 0 }, []],
  ['is readonly', { written: 2 ** 30, readonly: true }, ['tank/data']],
];

describe('a dataset with snapshots that are older than itself', () => {
  test.each(cases)('%s', (_what, { written, markers = [], times = [10], readonly = false }, expected) => {
    const snapshots = new Map(times.map((time) => [String(time), { name: `s${time}`, creation: time }]));
    const own = { written, markers, readonly, snapshots, properties: new Map<string, string>() };
    const one: Marked = { name: 'tank/data', creation: 50, ...own };
    expect(proposalsOf(new Map([[one.name, one]])).received).toStrictEqual(expected);
  });

  test.each([
    ['@syncoid_vm_2026-11-22:12:41:56-GMT00:00', []],
    ['#zrepl_CURSOR_G_0123456789abcdef_J_offsite', ['tank/data']],
  ])('is readonly and has %s: whether it is sent on', (name, sources) => {
    const snapshots = new Map([['1', { name: 's', creation: 10 }]]);
    const own = { written: 0, markers: markersOfNames('tank/data', [name]), readonly: true, snapshots };
    const one: Marked = { name: 'tank/data', creation: 50, ...own, properties: new Map() };
    const { received, pairs } = proposalsOf(new Map([[one.name, one]]));
    expect([received, pairs.map(({ source }) => source)]).toStrictEqual([['tank/data'], sources]);
  });
});

// Constructed.
describe('datasets that have snapshots in common', () => {
  const marked = (name: string, creation: number, readonly: boolean, ...times: readonly number[]): Marked => ({
    name,
    creation,
    readonly,
    written: 0,
    markers: [],
    properties: new Map(),
    snapshots: new Map(
      times.map((time) => [time === 10 ? '10' : `${name} ${time}`, { name: `s${time}`, creation: time }]),
    ),
  });
  test.each([
    [
      'a copy that came from elsewhere, and a copy of it on a disk',
      [marked('bk/web1', 20, true, 10), marked('bk/web2', 20, true, 11, 30), marked('usb/web1', 30, false, 10)],
      ['bk/web1', 'bk/web2'],
    ],
    [
      'machines that were made of one template, and have been quiet since the last snapshot',
      [marked('vm/template', 5, false, 10), marked('vm/a', 20, false, 10, 30), marked('vm/b', 21, false, 10, 31)],
      [],
    ],
  ])('%s: what came from elsewhere', (_what, all, expected) => {
    expect(proposalsOf(new Map(all.map((one) => [one.name, one]))).received).toStrictEqual(expected);
  });
});
