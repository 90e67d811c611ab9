import type { Command } from '../../lib/host.ts';
import type { Attempt } from '../../lib/parse.ts';
import type { Question, Questions } from './ask.ts';
import { type Latency, parseLatency } from './io-latency.ts';
import type { ListedPool } from './pool-status.ts';
import { atLeast } from './release.ts';
import { type VdevSpace, parseVdevSpace } from './vdev-space.ts';
import { type Dataset, parseZfsList, zfsListArguments } from './zfs-list.ts';
import { type PoolRow, parseZpoolList, zpoolListArguments } from './zpool-list.ts';
import { parseZpoolStatusJson } from './zpool-status-json.ts';
import { parseZpoolStatusText } from './zpool-status-text.ts';

/** Characters: more than the largest machines print, and little beside a run's 160 MB of memory. */
const mebi = 1024 * 1024;

/** What a run may ask beyond what it always does. */
export interface Wanted {
  readonly pool_io: boolean;
  readonly vdev_io: boolean;
  readonly vdev_space: boolean;
}

/** The listings, in the form that suits the kernel module's release. `pools` are those that the kernel knows. */
export function questions(
  kernel: string | undefined,
  wanted: Wanted,
  pools: ReadonlySet<string>,
  attempt: Attempt,
): Questions<PoolRow, ListedPool, Dataset, Latency, VdevSpace> {
  return {
    rows: poolRows(kernel, attempt),
    statuses: statuses(kernel, attempt),
    datasets: datasets(kernel, attempt),
    latencies: wanted.pool_io ? latencies(wanted.vdev_io, pools, attempt) : undefined,
    spaces: wanted.vdev_space ? vdevSpaces(attempt) : undefined,
  };
}

function vdevSpaces(attempt: Attempt): Question<VdevSpace> {
  return {
    source: 'zpool list -v',
    command: (pool) => named(['zpool', 'list', '-HpvP'], pool),
    parse: (text) => parseVdevSpace(text, attempt),
    poolOf: ({ pool }) => pool,
    maxText: 4 * mebi,
    older: undefined,
  };
}

function latencies(ofVdevs: boolean, pools: ReadonlySet<string>, attempt: Attempt): Question<Latency> {
  return {
    source: 'zpool iostat',
    command: (pool) => named(['zpool', 'iostat', ofVdevs ? '-wHpvP' : '-wHp'], pool),
    parse: (text) => parseLatency(text, pools, attempt),
    poolOf: ({ pool }) => pool,
    inBlocks: true,
    // 5 kB for each pool and disk.
    maxText: 16 * mebi,
    older: undefined,
  };
}

const named = (command: Command, pool: string | undefined): Command =>
  pool === undefined ? command : [...command, pool];

/** With the size of the dedup table from OpenZFS 2.3 on. */
function poolRows(kernel: string | undefined, attempt: Attempt): Question<PoolRow> {
  const before23 = poolList(false, attempt, undefined);
  return atLeast(kernel, 2, 3) ? poolList(true, attempt, before23) : before23;
}

function poolList(withDedupTable: boolean, attempt: Attempt, older: Question<PoolRow> | undefined): Question<PoolRow> {
  return {
    source: 'zpool list',
    command: (pool) => named(['zpool', ...zpoolListArguments(withDedupTable)], pool),
    parse: (text) => parseZpoolList(text, withDedupTable, attempt),
    poolOf: ({ pool }) => pool,
    maxText: mebi,
    older,
  };
}

/** JSON from OpenZFS 2.3 on, text before; text too where the tools are older than the kernel module. */
function statuses(kernel: string | undefined, attempt: Attempt): Question<ListedPool> {
  const text = status(['-p', '-P', '-s', '-t'], (stdout) => parseZpoolStatusText(stdout, attempt), undefined);
  const json = status(['-j', '-p', '-t', '-d', '-D'], (stdout) => parseZpoolStatusJson(stdout, attempt), text);
  return atLeast(kernel, 2, 3) ? json : text;
}

function status(
  options: readonly string[],
  parse: Question<ListedPool>['parse'],
  older: Question<ListedPool> | undefined,
): Question<ListedPool> {
  return {
    source: 'zpool status',
    command: (pool) => named(['zpool', 'status', ...options], pool),
    parse,
    poolOf: ({ pool }) => pool,
    inBlocks: true,
    // 1.5 kB for each disk in JSON.
    maxText: 8 * mebi,
    older,
  };
}

/** With `snapshots_changed` from OpenZFS 2.2 on. */
function datasets(kernel: string | undefined, attempt: Attempt): Question<Dataset> {
  const before22 = datasetList(false, attempt, undefined);
  return atLeast(kernel, 2, 2) ? datasetList(true, attempt, before22) : before22;
}

function datasetList(withChanges: boolean, attempt: Attempt, older: Question<Dataset> | undefined): Question<Dataset> {
  return {
    source: 'zfs list',
    command: (pool) => ['zfs', ...zfsListArguments(withChanges, pool)],
    parse: (text) => parseZfsList(text, withChanges, attempt),
    poolOf: ({ pool }) => pool,
    // A hundred thousand of them. With more, the run would take more than its 160 MB of memory.
    maxText: 24 * mebi,
    older,
  };
}
