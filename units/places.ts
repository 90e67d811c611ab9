import type { Seconds } from '../lib/host.ts';
import type { CollectorSlice } from '../lib/slice.ts';

/** What differs from machine to machine. */
export interface Places {
  /** The program `node`. */
  readonly node: string;
  /** The folder of the bundles. */
  readonly prefix: string;
  readonly user: string;
  /** Undefined: a well-known one, which /etc/default/textfile-collectors names. */
  readonly textfileDir: string | undefined;
  /** Undefined: each collector's own. */
  readonly interval: Seconds | undefined;
}

/** Where the packages have things. */
export const packaged: Places = {
  node: '/usr/bin/node',
  prefix: '/usr/lib/textfile-collectors',
  user: 'textfile-collectors',
  textfileDir: undefined,
  interval: undefined,
};

/** Time limits that follow from the interval: the collector's own is over first, then systemd's, then comes the next run. */
export interface Times {
  readonly interval: Seconds;
  readonly run: Seconds;
  readonly start: Seconds;
}

export function timesOf({ collector: { timeout }, unit }: CollectorSlice, { interval = unit.interval }: Places): Times {
  const run = interval < unit.interval ? Math.min(timeout, Math.floor(interval / 2)) : timeout;
  return { interval, run, start: Math.floor((run + Math.min(interval, unit.interval)) / 2) };
}
