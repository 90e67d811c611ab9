import type { Metric } from '../../lib/metric.ts';
import { ageAtLastRun } from '../../lib/monitoring/age.ts';
import { type Expression, labels, promql, series, threshold } from '../../lib/monitoring/promql.ts';
import { type Recording, recording, since } from '../../lib/monitoring/record.ts';
import * as m from './metrics.ts';
import type { BrokenReason } from './times.ts';

const hour = 3600;
const day = 24 * hour;

/** What tells the datasets of a machine apart. */
export const each = labels(m.chainIntact, 'dataset', 'target');
const pairLabels = ['dataset', 'target'] as const;

const age = (time: Metric): Expression => ageAtLastRun('replication-lag', time);

/** With the labels of the pair, as the other series have them. */
function brokenBy(reason: BrokenReason): Expression {
  return promql`sum without (${labels(m.brokenInfo, 'reason')}) (${series(m.brokenInfo, { reason })})`;
}

export const copyGone = brokenBy('copy_gone');
export const madeAnew = promql`${age(m.oldestPending)} and ${brokenBy('source_made_anew')}`;
/** Of what was never in common ReplicationMissing tells. */
export const chainBroken = promql`${brokenBy('no_common_snapshot')} and ${m.lastReplication}`;

// While an interrupted receive, or one under way, grows, somebody works at it. It may take a fortnight.
const growing = promql`(changes(${m.partialReceive}[1h]) > 0 unless ${age(m.oldestPending)} > ${14 * day})`;
const both = promql`(min_over_time(${m.diverged}[30m]) > 0 and min_over_time(${m.pendingSnapshots}[30m]) > 0)`;
/** Of what cannot be asked its own alert tells, but where that may be away: then only lateness does. */
const asked = promql`(${m.chainIntact} or ${m.mayBeAway})`;
/** What waits behind one of these has an alert of its own. */
const told = promql`(${m.chainIntact} == 0 or ${both} or ${growing})`;

const missingSince = since(
  'pair:zfs_replication_missing:since_timestamp',
  pairLabels,
  promql`${m.chainIntact} == 0
    unless (${copyGone} or ${brokenBy('source_made_anew')} or ${chainBroken} or ${growing})`,
);
/** More than what an empty file system takes. */
const data = 1024 * 1024;
const unprotectedSince = since(
  'pair:zfs_replication_never_snapshotted:since_timestamp',
  pairLabels,
  promql`${m.sourceWritten} > ${data} unless (${m.sourceNewest} or ${m.lastReplication} or ${m.chainIntact})`,
);
// An hour without a byte: until it has lasted, no change means nothing.
const stuckSince = since(
  'pair:zfs_replication_receive_stuck:since_timestamp',
  pairLabels,
  promql`${m.partialReceive} > 0 and changes(${m.partialReceive}[1h]) == 0`,
);
export const waiting = recording(
  'instance:zfs_replication_waiting:max_seconds',
  'How long the oldest snapshot waits that a target lacks and could take.',
  [],
  promql`max without (${each}) (${age(m.oldestPending)} unless ${told})`,
);

/** What the alerts and the fleet's dashboard read. */
export const records: readonly Recording[] = [missingSince, unprotectedSince, stuckSince, waiting];

const missingFor = threshold('replication_missing_seconds', 26 * hour, 'Time without any copy, or any snapshot.');
export const missing = promql`time() - ${missingSince} > ${missingFor}`;
export const neverSnapshotted = promql`time() - ${unprotectedSince} > ${missingFor}`;

// Without max_age nobody has said how often a job is due, and at 2 h, the limit of an hourly job, a daily one would be late every
// day. So that is for the eyes only, and the warning comes when a daily job has had its turn and two hours more.
const limits = {
  info: threshold('replication_lag_info_seconds', 2 * hour, 'Time that something waits, to be seen and not told.'),
  warning: threshold('replication_lag_seconds', 26 * hour, 'Time that something waits, where max_age is not set.'),
  critical: threshold('replication_lag_critical_seconds', 74 * hour, 'The same, to wake someone.'),
};
const ownLimit = { warning: 1, critical: 3 };

/** Ages of what waits for too long: by max_age of the pair, or by thresholds that fit daily jobs. */
export function late(severity: 'warning' | 'critical'): Expression {
  return promql`((${age(m.oldestPending)} > ${limits[severity]} unless ${m.maxAge})
    or ${age(m.behindSince)} > ${ownLimit[severity]} * ${m.maxAge}) and ${asked} unless ${told}`;
}
/** What is told nobody: for daily jobs it is as it should be. */
export const waits = promql`(${age(m.oldestPending)} > ${limits.info} unless ${m.maxAge} and ${m.chainIntact} == 1) and ${asked} unless ${told}`;

const old = threshold(
  'replication_snapshot_old_seconds',
  2 * day,
  'Age of the newest snapshot of a source, or of one received.',
);
/** Nothing was written to what is idle. Where max_age is set, lateness tells. */
export const notSnapshotted = promql`${age(m.sourceNewest)} > ${old} and ${m.sourceWritten} > 0
  unless (${m.maxAge} or ${m.chainIntact} == 0 or ${m.selectedSnapshots} == 0)`;
export const nothingSelected = promql`${m.selectedSnapshots} == 0`;

/** With the label pool where that is one of this machine: an alert on the pool tells of what is in it, and of no other. */
const ofPool = (down: Expression, label: 'dataset' | 'target'): Expression =>
  promql`label_replace(${down}, "pool", "$1", "${label}", "([^:/]+)(/.*)?")`;
export const targetDown = ofPool(promql`${m.targetUp} == 0 unless ignoring (dataset) ${m.mayBeAway}`, 'target');
export const sourceDown = ofPool(promql`${m.sourceUp} == 0 unless ignoring (target) ${m.mayBeAway}`, 'dataset');

export const diverged = promql`min_over_time(${m.diverged}[30m]) > 0 unless (${both} or ${m.chainIntact} == 0)`;
export const bothChanged = promql`${both} unless ${m.chainIntact} == 0`;
export const bothChangedForLong = promql`${bothChanged} and ${age(m.oldestPending)} > ${limits.critical}`;

const stuckFor = threshold('replication_stuck_seconds', 6 * hour, 'Time in which a partial receive does not grow.');
export const stuck = promql`time() - ${stuckSince} > ${stuckFor} unless ${m.partialResumable} == 0`;
export const lost = promql`max_over_time(${m.partialResumable}[1h]) == 0 and ${m.partialResumable}`;

/** A client that has an age of its own, one that has none, and what was found to be a replica below no root. */
export const receivedOld = promql`${age(m.clientComplete)} > ${m.clientMaxAge}
  or (${age(m.clientComplete)} > ${old} unless ${m.clientMaxAge})
  or (${age(m.receivedNewest)} > ${old} and ${m.receivedReplica} == 1 unless ignoring (${labels(m.receivedClient, 'client')}) ${m.receivedClient})`;
