import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { statusSamples } from '../../../collectors/zfs/pool-samples.ts';
import type { PoolStatus, Scan, Vdev } from '../../../collectors/zfs/pool-status.ts';
import { namedPools } from '../../../collectors/zfs/vdev-names.ts';
import { parseZpoolStatusJson } from '../../../collectors/zfs/zpool-status-json.ts';
import { parseZpoolStatusText } from '../../../collectors/zfs/zpool-status-text.ts';
import { fixture } from '../../replay.ts';

/**
 * In these cases `zpool status` was also asked for its text, seconds after its JSON. Both say the same, but for what
 * text does not have (guids, sizes of vdevs), rounds (sizes of a scan), or prints of a cancelled TRIM.
 */
const textName = 'zpool_status_-p_-P_-s_-t.txt';
const jsonName = 'zpool_status_-j_-p_-t.txt';
const folder = fixture('zfs');
const cases = readdirSync(folder).filter((name) =>
  [textName, jsonName].every((file) => existsSync(path.join(folder, name, file))),
);

/** Throws where a value makes no sense. */
const strict = <T>(parse: () => T): T => parse();
const read = (name: string, file: string): string => readFileSync(path.join(folder, name, file), 'utf8');
const byPool = (statuses: PoolStatus[]): PoolStatus[] => [...statuses].sort((a, b) => (a.pool < b.pool ? -1 : 1));

test('there are cases', () => expect(cases.length).toBeGreaterThan(30));

describe.each(cases)('%s', (name) => {
  const fromJson = byPool(namedPools(parseZpoolStatusJson(read(name, jsonName), strict)));
  const fromText = byPool(namedPools(parseZpoolStatusText(read(name, textName), strict)));

  test('has the same pools, reasons, vdevs and counters', () => {
    expect(fromText.map(withoutScans)).toEqual(fromJson.map(withoutScans));
  });

  test('has the same series', () => {
    const series = (status: PoolStatus): string[] =>
      [...statusSamples(withoutScans(status))].map(({ metric, labels }) => metric.name + JSON.stringify(labels));
    expect(fromText.flatMap(series)).toEqual(fromJson.flatMap(series));
  });

  test('has the same scans, sizes as rounded', () => {
    for (const [index, { scans }] of fromText.entries()) {
      const all = fromJson[index]?.scans ?? [];
      // Text shows an error scrub in the place of the scrub before it.
      const exact = all.some(({ kind }) => kind === 'error scrub') ? all.filter(({ kind }) => kind !== 'scrub') : all;
      expect(scans.map(identity)).toEqual(exact.map(identity));
      for (const [place, scan] of scans.entries()) closeTo(scan, exact[place]);
    }
  });
});

function withoutScans(status: PoolStatus): PoolStatus {
  const unsaid = { guid: undefined, size: undefined, allocated: undefined, resilvered: undefined };
  // JSON gives the second replacing-0 of a pool the counters of the first, so that they are left out.
  const uncounted = { read: undefined, write: undefined, checksum: undefined };
  const shared = (type: string): boolean => type === 'replacing' || type === 'spare';
  const vdevs = status.vdevs.map((vdev): Vdev => ({ ...vdev, ...unsaid, ...(shared(vdev.type) && uncounted) }));
  return { ...status, guid: undefined, scans: [], vdevs };
}

/**
 * zpool prints no errors of a scan that runs, only the end of a cancelled one, and not when a finished rebuild or removal
 * began.
 */
function identity({ kind, state, paused, vdev, start, end, errors }: Scan) {
  const hasStart = state === 'running' || (state === 'finished' && kind !== 'rebuild' && kind !== 'removal');
  const known = { end, ...(hasStart && { start }), ...(state === 'finished' && { errors }) };
  return { kind, state, paused, vdev, ...known };
}

/** A scan that runs has gone on between the two commands; what it has to do has not changed. */
function closeTo(scan: Scan, exact: Scan | undefined): void {
  const sizes = scan.state === 'finished' ? (['done'] as const) : (['total'] as const);
  for (const size of sizes) {
    if (scan[size] === undefined || scan.kind === 'error scrub') continue;
    expect(Number(scan[size]) / Math.max(1, Number(exact?.[size]))).toBeCloseTo(Number(exact?.[size]) === 0 ? 0 : 1, 1);
  }
}
