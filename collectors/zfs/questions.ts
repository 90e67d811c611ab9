import type { Command } from '../../lib/host.ts';
import type { Attempt } from '../../lib/parse.ts';
import type { Question } from './ask.ts';
import type { PoolStatus } from './pool-status.ts';
import { atLeast } from './release.ts';
import { type Dataset, parseZfsList, zfsListArguments } from './zfs-list.ts';
import { type PoolRow, parseZpoolList, zpoolListArguments } from './zpool-list.ts';
import { parseZpoolStatusJson } from './zpool-status-json.ts';
import { parseZpoolStatusText } from './zpool-status-text.ts';

/** The three listings, in the form that suits the kernel module's release. */
export function questions(
  kernel: string | undefined,
  attempt: Attempt,
): { rows: Question<PoolRow>; statuses: Question<PoolStatus>; datasets: Question<Dataset> } {
  return { rows: poolRows(attempt), statuses: statuses(kernel, attempt), datasets: datasets(kernel, attempt) };
}

const named = (command: Command, pool: string | undefined): Command =>
  pool === undefined ? command : [...command, pool];

function poolRows(attempt: Attempt): Question<PoolRow> {
  return {
    source: 'zpool list',
    command: (pool) => named(['zpool', ...zpoolListArguments], pool),
    parse: (text) => parseZpoolList(text, attempt),
    poolOf: ({ pool }) => pool,
    older: undefined,
  };
}

/** JSON from OpenZFS 2.3 on, text before; text too where the tools are older than the kernel module. */
function statuses(kernel: string | undefined, attempt: Attempt): Question<PoolStatus> {
  const text = status(['-p', '-P', '-s', '-t'], (stdout) => parseZpoolStatusText(stdout, attempt), undefined);
  const json = status(['-j', '-p', '-t'], (stdout) => parseZpoolStatusJson(stdout, attempt), text);
  return atLeast(kernel, 2, 3) ? json : text;
}

function status(
  options: readonly string[],
  parse: Question<PoolStatus>['parse'],
  older: Question<PoolStatus> | undefined,
): Question<PoolStatus> {
  return {
    source: 'zpool status',
    command: (pool) => named(['zpool', 'status', ...options], pool),
    parse,
    poolOf: ({ pool }) => pool,
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
    older,
  };
}
