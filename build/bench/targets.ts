import type { Sizes } from './machine.ts';
import { type Bench, type Result, firstVersion, ratio, typical } from './result.ts';

/** What a collector may cost, and what it does. */
export interface Target {
  readonly target: string;
  readonly found: string;
  readonly met: boolean;
}

/** Those of which the cases were measured: a quick run leaves some out. */
export function targetsOf({ quiet, growing }: Bench): Target[] {
  const at = (collector: string, grows: keyof Sizes, size: number): Result | undefined =>
    growing.find(
      (one) => one.case.collector === collector && one.case.grows === grows && one.case.sizes[grows] === size,
    );
  const flat = (collector: string, grows: keyof Sizes): number => {
    const [before, after] = [at(collector, grows, 100_000), at(collector, grows, 1_000_000)];
    return before && after ? memory(after) / memory(before) : NaN;
  };
  const wall = (one: Result | undefined): number =>
    one ? ratio(one, 'wall', collectorOf(one), ['commands', `node ${firstVersion(one)}`]) : NaN;
  const script = at('zfs', 'datasets', 1000);
  const largest = at('zfs', 'datasets', 10_000);
  return [
    ...quiet.map((one) =>
      atMost(
        `${one.case.collector}: CPU of a quiet run, of bare node and its commands`,
        2.4,
        ratio(one, 'cpu', collectorOf(one), ['commands', `node ${firstVersion(one)}`]),
      ),
    ),
    atLeast(
      'zfs: CPU of the script at 1,000 datasets, of the collector',
      20,
      script ? ratio(script, 'cpu', 'zfs.sh', [collectorOf(script)]) : NaN,
    ),
    atMost('zfs: wall at 100,000 snapshots, of bare node and its commands', 1.3, wall(at('zfs', 'snapshots', 100_000))),
    atMost(
      'replication-lag: wall at 100,000 snapshots, of bare node and its commands',
      1.3,
      wall(at('replication-lag', 'snapshots', 100_000)),
    ),
    atMost('tcp: wall at 200,000 sockets, of bare node and its commands', 1.3, wall(at('tcp', 'sockets', 200_000))),
    atMost('zfs: peak MB at 10,000 datasets and 100,000 snapshots', 160, largest ? memory(largest) / 1e6 : NaN),
    atMost('zfs: peak memory at 1,000,000 snapshots, of that at 100,000', 1.1, flat('zfs', 'snapshots')),
    atMost('tcp: peak memory at 1,000,000 sockets, of that at 100,000', 1.1, flat('tcp', 'sockets')),
  ].filter((one) => one !== undefined);
}

function collectorOf(result: Result): string {
  return `collector ${firstVersion(result)}`;
}

function memory(result: Result): number {
  return typical(result, collectorOf(result), 'memory');
}

function atMost(target: string, limit: number, found: number): Target | undefined {
  return judged(`${target} <= ${limit}`, found, found <= limit);
}

function atLeast(target: string, limit: number, found: number): Target | undefined {
  return judged(`${target} >= ${limit}`, found, found >= limit);
}

function judged(target: string, found: number, met: boolean): Target | undefined {
  return Number.isNaN(found) ? undefined : { target, found: found.toFixed(found < 10 ? 2 : 0), met };
}
