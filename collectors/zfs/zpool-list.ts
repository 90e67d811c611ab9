import { type Attempt, decimal, integer } from '../../lib/parse.ts';
import * as m from './metrics.ts';
import { type Property, type Values, tableOf, flag, percent, readValues } from './properties.ts';

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
];

const columns = ['name', 'guid', ...properties.map(([column]) => column), 'health'];

export const zpoolListArguments = ['list', '-Hp', '-o', columns.join(',')] as const;

/** One line of zpool list. */
export interface PoolRow {
  readonly pool: string;
  readonly guid: string;
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
export function parseZpoolList(text: string, attempt: Attempt): PoolRow[] {
  return tableOf(text, columns, 'zpool list', attempt).map((cell) => ({
    pool: cell('name'),
    guid: cell('guid'),
    health: cell('health'),
    values: readValues(properties, cell, `zpool list of pool ${cell('name')}`, attempt),
  }));
}
