import { machines } from '../../collectors/host/records.ts';
import { silent } from '../../collectors/wireguard/alerts.ts';
import * as wireguard from '../../collectors/wireguard/metrics.ts';
import * as zfs from '../../collectors/zfs/metrics.ts';
import { type Expression, labels, promql, series } from '../../lib/monitoring/promql.ts';
import { type Recording, recording } from '../../lib/monitoring/record.ts';
import { alertsFiring } from '../../lib/monitoring/suite-alerts.ts';
import { success } from '../../lib/self-metrics.ts';

/** How a machine is. Within 1 and 2 the number of alerts decides, for a table that has the worst one first. */
export const machineStates = ['fine', 'warning', 'critical', 'down'] as const;

/** What collectors tell of a machine, as one series. */
export const state = recording(
  'instance:alerts_firing:worst',
  'State of the machine: 0 fine, 1 a warning, 2 a critical alert, each with a thousandth for every alert; 3 down.',
  ['job', 'env'],
  promql`max by (job, env, instance) ((${machines} == 0) + 3 or 2 + ${thousandths('critical')}
    or 1 + ${thousandths('warning')} or ${machines} * 0)`,
);
export const poolHealth = recording(
  'instance:zfs_pool_health:max',
  'zfs_pool_health of the worst pool.',
  [],
  promql`max without (${labels(zfs.poolHealth, 'pool')}) (${zfs.poolHealth})`,
);
export const poolUsed = recording(
  'instance:zfs_pool_used:max_ratio',
  'How full the fullest pool is.',
  [],
  promql`max without (${labels(zfs.poolSize, 'pool')}) (${zfs.poolAllocated} / ${zfs.poolSize})`,
);
export const peersHeard = recording(
  'instance:wireguard_peers_recent:ratio',
  'Part of the peers whose latest handshake is recent.',
  [],
  promql`${allPeers(series(wireguard.peers, { status: 'recent' }))} / ${allPeers(promql`${wireguard.peers}`)}`,
);
export const linksDown = recording(
  'instance:wireguard_peers_silent:count',
  'Peers with keepalives that are not heard; absent where there is none.',
  [],
  promql`count without (${labels(wireguard.latestHandshake, 'interface', 'public_key', 'friendly_name')}, netns) (${silent})`,
);
export const collectorsFailing = recording(
  'instance:textfile_collectors_failing:count',
  'Collectors that could not read all; absent where there is none.',
  [],
  promql`count without (${labels(success, 'collector')}, netns) (${success} == 0)`,
);

export const fleetRecords: readonly Recording[] = [
  state,
  poolHealth,
  poolUsed,
  peersHeard,
  linksDown,
  collectorsFailing,
];

function thousandths(severity: string): Expression {
  return promql`clamp_max(${series(alertsFiring, { severity })}, 999) / 1000`;
}

/** Of all interfaces, in all network namespaces. */
function allPeers(peers: Expression): Expression {
  return promql`sum without (${labels(wireguard.peers, 'interface', 'status')}, netns) (${peers})`;
}
