import { slices, watched } from '../../collectors/index.ts';
import type { RuleFile } from '../../lib/monitoring/rules.ts';
import { suiteAlerts, suiteRecords } from '../../lib/monitoring/suite-alerts.ts';
import { fleetRecords } from '../fleet/records.ts';

/** Where there is no dashboard of its own: that of the machine. */
const machine = 'textfile-node';

const followers = new Map(
  [...suiteAlerts, ...watched.flatMap(({ alerts }) => alerts)].map(({ name }) => [name, followersOf(name)]),
);

/** How many alerts follow one from the other: one may mute what mutes others. */
function followersOf(name: string): number {
  const all = [...suiteAlerts, ...watched.flatMap(({ alerts }) => alerts)];
  const muted = all
    .filter((one) => one.name === name)
    .flatMap(({ mutes = [] }) => mutes.flatMap(({ alerts }) => alerts));
  return Math.max(0, ...muted.map((one) => 1 + followersOf(one)));
}

/** Of the suite itself, of the machine, and of each collector. */
export const ruleFiles: readonly RuleFile[] = [
  {
    name: 'textfile-collector',
    alerts: suiteAlerts,
    records: suiteRecords,
    readme: 'lib/README.md',
    dashboard: machine,
    perNetns: true,
    followers,
  },
  ...watched.map(({ name, alerts, records = [], dashboard }) => ({
    name,
    perNetns: slices.some(({ collector }) => collector.name === name && collector.perNetns === true),
    alerts,
    // What the table of the whole fleet reads is of several collectors, and stands with the machine's.
    records: name === 'host' ? [...records, ...fleetRecords] : records,
    readme: `collectors/${name}/README.md`,
    dashboard: dashboard?.uid ?? machine,
    followers,
  })),
];
