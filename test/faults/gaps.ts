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
    rows: ['every line twice', 'the answer twice'],
    collector: 'tcp',
    command: 'ss -ltnH',
    reason: 'two sockets that listen on one address are what SO_REUSEPORT makes',
  },
  {
    rows: ['half the answer, then exit 0', 'NUL before the answer', 'CRLF', 'a column more'],
    collector: 'tcp',
    command: 'ss -tanHO',
    reason: 'a walk that lacks less than a tenth of the sockets is believed',
  },
  {
    rows: ['every line twice', 'the answer twice'],
    collector: 'tcp',
    command: 'ss -tanHO',
    reason: 'a socket that is listed twice is counted twice',
  },
];

export function gapOf(row: Row, collector: string, target: Recorded | undefined): string | undefined {
  const command = target === undefined ? '' : `${target.tool} ${target.args}`;
  return gaps.find(
    (gap) => gap.collector === collector && gap.rows.includes(row.name) && command.startsWith(gap.command ?? ''),
  )?.reason;
}
