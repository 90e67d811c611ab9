import type { Value } from '../../lib/metric.ts';
import { type Attempt, attempting, decimal, integer, unexpected } from '../../lib/parse.ts';

const columns = [
  'name',
  'guid',
  'size',
  'allocated',
  'free',
  'freeing',
  'leaked',
  'checkpoint',
  'expandsize',
  'fragmentation',
  'dedupratio',
  'health',
  'readonly',
] as const;

export const zpoolListArguments = ['list', '-Hp', '-o', columns.join(',')] as const;

/** One line of zpool list. What zpool prints as `-` is absent. */
export interface PoolRow {
  readonly pool: string;
  readonly guid: string;
  readonly health: string;
  readonly readonly: boolean | undefined;
  /** Bytes. */
  readonly size: Value | undefined;
  readonly allocated: Value | undefined;
  readonly free: Value | undefined;
  readonly freeing: Value | undefined;
  readonly leaked: Value | undefined;
  readonly checkpoint: Value | undefined;
  readonly expandable: Value | undefined;
  /** 0 to 1. */
  readonly fragmentation: number | undefined;
  readonly dedup: number | undefined;
}

/**
 * `zpool list -Hp -o name,guid,size,…`, tab-separated (zpool-list(8)):
 *
 *     m1	7471877525490080915	184549376	5165568	179383808	0	0	-	-	12	1.00	DEGRADED	off
 *
 * A pool that cannot be opened has `-` everywhere but in name and health. `onSkip` hears of what makes no sense.
 */
export function parseZpoolList(text: string, onSkip: (reason: string) => void): PoolRow[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line, index) => {
      const cells = line.split('\t');
      if (cells.length === columns.length) return [row(cells, attempting(onSkip))];
      onSkip(unexpected(`zpool list line ${index + 1}`, `${columns.length} columns`, String(cells.length)).message);
      return [];
    });
}

function row(cells: readonly string[], attempt: Attempt): PoolRow {
  const cell = (column: (typeof columns)[number]): string => cells[columns.indexOf(column)] ?? '';
  const read = <T>(parse: (text: string, place: string) => T | undefined, column: (typeof columns)[number]) =>
    attempt(() => parse(cell(column), `zpool list of pool ${cell('name')}, ${column}`));
  const percent = read(decimal, 'fragmentation');
  return {
    pool: cell('name'),
    guid: cell('guid'),
    health: cell('health'),
    readonly: { on: true, off: false }[cell('readonly')],
    size: read(integer, 'size'),
    allocated: read(integer, 'allocated'),
    free: read(integer, 'free'),
    freeing: read(integer, 'freeing'),
    leaked: read(integer, 'leaked'),
    checkpoint: read(integer, 'checkpoint'),
    expandable: read(integer, 'expandsize'),
    fragmentation: percent === undefined ? undefined : percent / 100,
    dedup: read(decimal, 'dedupratio'),
  };
}
