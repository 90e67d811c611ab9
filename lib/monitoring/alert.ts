import type { Expression } from './promql.ts';

/** What Prometheus tells someone, and when. */
export interface Alert {
  /** Also the heading of its runbook. */
  readonly name: string;
  /** `critical` wakes someone up, `warning` waits for working hours. */
  readonly severity: Severity;
  readonly expr: Expression;
  /** How long it has to hold. */
  readonly for: string;
  /** One line: what is wrong, and where. */
  readonly summary: string;
  /** What it means, and what to do first. */
  readonly description: string;
}

export type Severity = 'warning' | 'critical';

/** The same alert twice, with a threshold for each severity. */
export function levels<T>(
  thresholds: Readonly<Record<Severity, T>>,
  alert: (threshold: T) => Omit<Alert, 'severity'>,
): readonly Alert[] {
  return (['warning', 'critical'] as const).map((severity) => ({ severity, ...alert(thresholds[severity]) }));
}
