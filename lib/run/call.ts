import type { Collector } from '../collector.ts';
import type { Request } from '../options/options.ts';
import { version } from './version.ts';

/** One call of a collector: what it was asked for, and what follows from that. Made once, in main.ts. */
export interface Call {
  readonly collector: Collector;
  readonly request: Request;
  /** What its file and its state are named after: a collector in a network namespace has its own. */
  readonly instance: string;
  /** The name of its file in the textfile directory. */
  readonly fileName: string;
  /** Labels of every series of the file. */
  readonly labels: Readonly<Record<string, string>>;
  /** Where the collector's memory is kept; undefined in a call that only looks, and in a replay, whose clock stands in the past. */
  readonly stateFolder: string | undefined;
  /** Aborted when the call is stopped; says by what. */
  readonly stop: AbortSignal;
  /** As textfile_collector_info has them. */
  readonly versions: { readonly version: string; readonly node_version: string };
}

export function callOf(collector: Collector, request: Request, stop: AbortSignal): Call {
  const { netns, replay } = request;
  const instance = netns === undefined ? collector.name : `${collector.name}-${netns}`;
  return {
    collector,
    request,
    instance,
    fileName: `${instance}.prom`,
    labels: netns === undefined ? {} : { netns },
    stateFolder: request.stdout || request.check || replay !== undefined ? undefined : request.state_dir,
    stop,
    versions: { version, node_version: process.version },
  };
}
