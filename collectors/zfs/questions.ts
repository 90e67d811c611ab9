import type { Command, Host } from '../../lib/host.ts';
import { type Answer, type Question, askAll } from './ask.ts';
import type { PoolStatus } from './pool-status.ts';
import { atLeast } from './release.ts';
import { type Dataset, parseZfsList, zfsListArguments } from './zfs-list.ts';
import { type PoolRow, parseZpoolList, zpoolListArguments } from './zpool-list.ts';
import { parseZpoolStatusJson } from './zpool-status-json.ts';
import { parseZpoolStatusText } from './zpool-status-text.ts';

type OnSkip = (reason: string) => void;

const named = (command: Command, pool: string | undefined): Command =>
  pool === undefined ? command : [...command, pool];

/** zpool and zfs answer so to an option or a property that their release does not have. */
const usage = 2;

export function askPoolRows(host: Host, onSkip: OnSkip): Promise<Answer<PoolRow>> {
  return askAll(host, {
    source: 'zpool list',
    command: (pool) => named(['zpool', ...zpoolListArguments], pool),
    parse: (text) => parseZpoolList(text, onSkip),
    poolOf: ({ pool }) => pool,
  });
}

/** JSON from OpenZFS 2.3 on, text before; text too where the tools are older than the kernel module. */
export async function askStatuses(host: Host, kernel: string | undefined, onSkip: OnSkip): Promise<Answer<PoolStatus>> {
  if (atLeast(kernel, 2, 3)) {
    const answer = await askAll(
      host,
      statusQuestion(['-j', '-p', '-t'], (text) => parseZpoolStatusJson(text, onSkip)),
    );
    if (answer.output.exitCode !== usage) return answer;
  }
  return askAll(
    host,
    statusQuestion(['-p', '-P', '-s', '-t'], (text) => parseZpoolStatusText(text, onSkip)),
  );
}

function statusQuestion(options: readonly string[], parse: Question<PoolStatus>['parse']): Question<PoolStatus> {
  return {
    source: 'zpool status',
    command: (pool) => named(['zpool', 'status', ...options], pool),
    parse,
    poolOf: ({ pool }) => pool,
  };
}

/** With `snapshots_changed` from OpenZFS 2.2 on. */
export async function askDatasets(host: Host, kernel: string | undefined, onSkip: OnSkip): Promise<Answer<Dataset>> {
  if (atLeast(kernel, 2, 2)) {
    const answer = await askAll(host, datasetQuestion(true, onSkip));
    if (answer.output.exitCode !== usage) return answer;
  }
  return askAll(host, datasetQuestion(false, onSkip));
}

function datasetQuestion(withChanges: boolean, onSkip: OnSkip): Question<Dataset> {
  return {
    source: 'zfs list',
    command: (pool) => ['zfs', ...zfsListArguments(withChanges, pool)],
    parse: (text) => parseZfsList(text, withChanges, onSkip),
    poolOf: ({ pool }) => pool,
  };
}
