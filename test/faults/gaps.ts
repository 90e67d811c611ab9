import type { Row } from './row.ts';
import type { Recorded } from './stage.ts';

interface Gap {
  /** Names of the rows. */
  readonly rows: readonly string[];
  readonly collector: string;
  /** How the command begins, or what else the fault is done to; any where it is left out. */
  readonly command?: string;
  readonly reason: string;
}

/**
 * What does not pass, and why. Each of these has to fail: one that passes has been mended, and goes.
 */
const gaps: readonly Gap[] = [
  {
    rows: ['a column more'],
    collector: 'zfs',
    command: 'zfs list -Hp -t filesystem,volume',
    reason: 'the last column is a path, which may hold a tab',
  },
  {
    rows: ['name: a newline'],
    collector: 'zfs',
    command: 'a mountpoint',
    reason: 'it ends there, and the rest of it counts as a line that cannot be read',
  },
  {
    rows: ['2,000,000 distinct lines'],
    collector: 'replication-lag',
    command: 'zfs list -Hp -t snapshot',
    reason: 'up to a million snapshots are compared, and all of them kept: 350 MB',
  },
  {
    rows: ['NUL before the answer'],
    collector: 'tcp',
    command: 'ss -tanHO',
    reason: 'a line that makes no sense is counted as such, and costs the sums its own socket and no more',
  },
];

export function gapOf(row: Row, collector: string, target: Recorded | undefined): string | undefined {
  const command = target === undefined ? '' : `${target.tool} ${target.args}`;
  return gaps.find(
    (gap) => gap.collector === collector && gap.rows.includes(row.name) && command.startsWith(gap.command ?? ''),
  )?.reason;
}
