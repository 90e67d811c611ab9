import type { Value } from '../../lib/metric.ts';
import { type Attempt, decimal, guid, integer } from '../../lib/parse.ts';
import * as m from './metrics.ts';
import { type Property, type Values, tableOf, flag, limit, percent, readValues } from './properties.ts';

const properties: readonly Property<'pool'>[] = [
  ['size', integer, m.poolSize],
  ['allocated', integer, m.poolAllocated],
  ['free', integer, m.poolFree],
  ['freeing', integer, m.poolFreeing],
  ['leaked', integer, m.poolLeaked],
  ['checkpoint', integer, m.poolCheckpoint],
  ['expandsize', integer, m.poolExpandable],
  ['fragmentation', percent, m.poolFragmentation],
  ['dedupratio', decimal, m.poolDedup],
  ['readonly', flag('on', 'off'), m.poolReadonly],
  ['autotrim', flag('on', 'off'), m.poolAutotrim],
  ['multihost', flag('on', 'off'), m.poolMultihost],
];

/** OpenZFS 2.3. */
const dedupTable: readonly Property<'pool'>[] = [
  ['dedup_table_size', integer, m.poolDedupTableSize],
  ['dedup_table_quota', quota, m.poolDedupTableQuota],
];

const propertiesOf = (withDedupTable: boolean) => (withDedupTable ? [...properties, ...dedupTable] : properties);
const columnsOf = (withDedupTable: boolean): readonly string[] => [
  'name',
  'guid',
  ...propertiesOf(withDedupTable).map(([column]) => column),
  'health',
];

export function zpoolListArguments(withDedupTable: boolean): readonly string[] {
  return ['list', '-Hp', '-o', columnsOf(withDedupTable).join(',')];
}

/** `auto` is as much as fits the devices of the class; 0 is what -p prints for `none`. */
function quota(text: string, place: string): Value | undefined {
  return text === 'auto' ? undefined : limit(text, place);
}

/** One line of zpool list. */
export interface PoolRow {
  readonly pool: string;
  /** Empty of a pool that cannot be opened; undefined where it makes no sense. */
  readonly guid: string | undefined;
  readonly health: string;
  readonly values: Values<'pool'>;
}

/**
 * `zpool list -Hp -o name,guid,size,…`, tab-separated (zpool-list(8)):
 *
 *     m1	7471877525490080915	184549376	5165568	179383808	0	0	-	-	12	1.00	off	DEGRADED
 *
 * A pool that cannot be opened has `-` everywhere but in name and health.
 */
export function parseZpoolList(text: string, withDedupTable: boolean, attempt: Attempt): PoolRow[] {
  return tableOf(text, columnsOf(withDedupTable), 'zpool list', attempt, (cell) => ({
    pool: cell('name'),
    guid: attempt(() => guid(cell('guid'), `zpool list of pool ${cell('name')}, guid`) ?? ''),
    health: cell('health'),
    values: readValues(propertiesOf(withDedupTable), cell, `zpool list of pool ${cell('name')}`, attempt),
  }));
}
