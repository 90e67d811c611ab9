import type { Collector } from './collector.ts';
import type { Alert } from './monitoring/alert.ts';
import type { Dashboard } from './monitoring/dashboard.ts';
import type { Recording } from './monitoring/record.ts';
import type { Unit } from './unit.ts';

/** What a folder of `collectors/` holds: all that the suite knows of it, and everything else is derived from that. */
export interface Slice {
  /** The folder's name; the rules and the dashboard are called by it. */
  readonly name: string;
  readonly alerts: readonly Alert[];
  /** What Prometheus works out ahead, for its alerts and dashboards. */
  readonly records?: readonly Recording[];
  readonly dashboard?: Dashboard;
}

/** A slice with a collector in it, which has a bundle, units, a config file and a command. */
export interface CollectorSlice extends Slice {
  readonly collector: Collector;
  readonly unit: Unit;
  /** The packages that hold the tools it calls, in Debian and in EL and Fedora; ours suggest them. */
  readonly packages: { readonly deb: readonly string[]; readonly rpm: readonly string[] };
  /** Scripts of its folder that are installed beside the bundles, for other programs to call. */
  readonly programs?: readonly { readonly file: string; readonly name: string }[];
}
