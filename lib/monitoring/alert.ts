import type { Expression } from './promql.ts';
import type { Listing } from './template.ts';

/** What Prometheus tells someone, and when. */
export interface Alert {
  /** Also the heading of its runbook. */
  readonly name: string;
  /** `critical` wakes someone up, `warning` waits for working hours, `info` is told nobody: it explains others. */
  readonly severity: Severity;
  readonly expr: Expression;
  /** How long it has to hold. */
  readonly for: string;
  /**
   * How long it stays after it held last: a machine that dies, or a collector that misses a run, mends nothing. Ten minutes
   * where nothing is said, and five more where it mutes others, which then end first.
   */
  readonly keepFiringFor?: string;
  /** One line: what is wrong, and where. */
  readonly summary: string;
  /** What stands before the description. */
  readonly lists?: Listing;
  /** What it means, and what to do first. */
  readonly description: string;
  /** What follows from it, and is not told while it fires. */
  readonly mutes?: readonly Mute[];
  /** The uid of the dashboard that shows more; that of the slice where there is none. */
  readonly dashboard?: string;
}

type Severity = 'info' | 'warning' | 'critical';

/** Alerts that Alertmanager keeps to itself while another one fires. */
export interface Mute {
  /** Their names. */
  readonly alerts: readonly string[];
  /** Labels in which both must be equal, as `instance` and `pool`. */
  readonly on: readonly string[];
  /** Only while the alert that mutes has these labels. */
  readonly while?: MuteLabels;
  /** Only those of the muted alerts that have these labels. */
  readonly with?: MuteLabels;
}

/** The value of each, or a regular expression that it does not fit. */
export type MuteLabels = Readonly<Record<string, string | { readonly not: string }>>;

/** A dataset of this machine. One of another is `host:pool/name`. */
export const here = { not: '[^/]*:.*' };

/** The same alert twice, with a threshold for each severity. Where both fire, Alertmanager tells of the worse. */
export function levels<T>(
  thresholds: Readonly<Record<'warning' | 'critical', T>>,
  alert: (threshold: T) => Omit<Alert, 'severity'>,
): readonly Alert[] {
  return (['warning', 'critical'] as const).map((severity) => ({ severity, ...alert(thresholds[severity]) }));
}

/** One machine over time, and what an alert has to say of it. */
export interface AlertCase {
  readonly alert: string;
  /** What happens on the machine. */
  readonly what: string;
  /** Time between two values, and between two evaluations; a minute. */
  readonly step?: string;
  /** Values by series, as promtool writes them: `0x5 1x10` is six times 0, then eleven times 1. All are of `db1`. */
  readonly series: Readonly<Record<string, string>>;
  /** What fires, by time; an empty list is silence. */
  readonly fires: Readonly<Record<string, readonly Fired[]>>;
}

export interface Fired {
  /** False where the alert is of no machine. */
  readonly ofMachine?: boolean;
  readonly severity?: Severity;
  readonly labels?: Readonly<Record<string, string>>;
  readonly summary: string;
  /** What the description lists, where it lists something. */
  readonly listed?: string;
}
