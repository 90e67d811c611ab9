import { arcRatio, cpuRatio, filesystemRatio, memoryRatio, unitsFailed } from '../../collectors/host/records.ts';
import { waiting } from '../../collectors/replication-lag/conditions.ts';
import { silent } from '../../collectors/wireguard/alerts.ts';
import * as zfs from '../../collectors/zfs/metrics.ts';
import { healthWords } from '../../collectors/zfs/tables.ts';
import type { Dashboard, Row, SeriesPanel, TablePanel } from '../../lib/monitoring/dashboard.ts';
import { type Expression, promql, series } from '../../lib/monitoring/promql.ts';
import { alertsFiring } from '../../lib/monitoring/suite-alerts.ts';
import { collectorsFailing, linksDown, machineStates, peersHeard, poolHealth, poolUsed, state } from './records.ts';

const node = ['instance', 'env'];

function firing(severity: string): Expression {
  return series(alertsFiring, { severity });
}

const nodes: TablePanel = {
  title: 'Nodes, the worst first',
  description: 'Down, then critical alerts, then warnings. A click on a name opens Node Detail.',
  kind: 'table',
  width: 24,
  height: 16,
  by: node,
  most: '$rows',
  columns: [
    {
      title: 'State',
      expr: promql`${state}`,
      words: machineStates,
      limits: { warning: 1, critical: 2 },
    },
    { title: 'Critical', expr: firing('critical'), limits: { critical: 1 } },
    { title: 'Warnings', expr: firing('warning'), limits: { warning: 1 } },
    { title: 'CPU', expr: promql`${cpuRatio}`, unit: 'percentunit', limits: { warning: 0.9 } },
    { title: 'Memory', expr: promql`${memoryRatio}`, unit: 'percentunit', limits: { warning: 0.9, critical: 0.95 } },
    {
      title: 'Fullest pool',
      expr: promql`${poolUsed}`,
      unit: 'percentunit',
      limits: { warning: 0.8, critical: 0.9 },
    },
    {
      title: 'Fullest file system',
      expr: promql`${filesystemRatio}`,
      unit: 'percentunit',
      limits: { warning: 0.8, critical: 0.9 },
    },
    { title: 'ARC hits', expr: promql`${arcRatio}`, unit: 'percentunit' },
    { title: 'Pools', expr: promql`${poolHealth}`, words: healthWords, limits: { warning: 1, critical: 2 } },
    { title: 'Peers heard', expr: promql`${peersHeard}`, unit: 'percentunit' },
    { title: 'Links down', expr: promql`${linksDown}`, limits: { critical: 1 } },
    { title: 'Replica waits', expr: promql`${waiting}`, unit: 's', limits: { warning: 7200, critical: 26 * 3600 } },
    { title: 'Failed units', expr: promql`${unitsFailed}`, limits: { warning: 1 } },
  ],
};

const now: Row = {
  title: 'Now',
  panels: [
    total('Nodes', promql`count(${state})`),
    total('Down', promql`count(${state} == 3) or vector(0)`, { critical: 1 }),
    total('Critical alerts', promql`sum(${firing('critical')}) or vector(0)`, { critical: 1 }),
    total('Warnings', promql`sum(${firing('warning')}) or vector(0)`, { warning: 1 }),
    total('Nodes with a sick pool', promql`count(${poolHealth} > 0) or vector(0)`, { critical: 1 }),
    total('Links down', promql`sum(${linksDown}) or vector(0)`, { critical: 1 }),
    total('Nodes whose replicas wait', promql`count(${waiting} > 7200) or vector(0)`, { warning: 1 }),
    total('Collectors that miss something', promql`sum(${collectorsFailing}) or vector(0)`, { warning: 1 }),
  ],
};

/** One number for the whole fleet. */
function total(title: string, expr: Expression, limits?: SeriesPanel['limits']): SeriesPanel {
  const panel = { title, kind: 'stat', width: 3, height: 4, queries: [{ expr, legend: title }] } as const;
  return limits === undefined ? panel : { ...panel, limits };
}

const trouble: Row = {
  title: 'Where to look',
  panels: [
    {
      title: 'Links down',
      description: 'Peers with keepalives that have not been heard for 5 minutes.',
      kind: 'table',
      width: 12,
      height: 8,
      by: ['instance', 'interface', 'friendly_name', 'public_key'],
      columns: [
        { title: 'Handshake', expr: promql`(${silent}) > bool 1e9`, words: ['old', 'never'], limits: { critical: 0 } },
        { title: 'Silent for', expr: promql`(${silent}) < 1e9`, unit: 's' },
      ],
    },
    {
      title: 'Pools in trouble',
      kind: 'table',
      width: 12,
      height: 8,
      by: ['instance', 'pool'],
      columns: [
        {
          title: 'Health',
          expr: promql`${zfs.poolHealth} > 0 or ${zfs.poolHealth} and ${zfs.poolDataErrors} > 0`,
          words: healthWords,
          limits: { warning: 1, critical: 2 },
        },
        { title: 'Reason', expr: promql`${zfs.poolStatusInfo}`, label: 'reason' },
        { title: 'Data errors', expr: promql`${zfs.poolDataErrors}`, limits: { critical: 1 } },
      ],
    },
  ],
};

const course: Row = {
  title: 'Course',
  panels: [
    {
      title: 'Firing alerts',
      kind: 'stack',
      width: 8,
      queries: (['critical', 'warning'] as const).map((severity) => ({
        expr: promql`sum(${firing(severity)})`,
        legend: severity,
      })),
    },
    spread('Processors', promql`${cpuRatio}`),
    spread('Memory', promql`${memoryRatio}`),
  ],
};

/** How the machines stand to each other: a line for each machine would be thousands. */
function spread(title: string, expr: Expression): SeriesPanel {
  return {
    title,
    description: 'The machine in the middle, the one that 95 of 100 are below, and the highest.',
    kind: 'graph',
    width: 8,
    unit: 'percentunit',
    queries: [
      { expr: promql`quantile(0.5, ${expr})`, legend: 'median' },
      { expr: promql`quantile(0.95, ${expr})`, legend: '95th percentile' },
      { expr: promql`max(${expr})`, legend: 'highest' },
    ],
  };
}

export const fleet: Dashboard = {
  uid: 'textfile-fleet',
  title: 'Fleet Overview',
  machines: 'fleet',
  presence: promql`${state}`,
  numbers: [{ name: 'rows', label: 'Rows', choices: [50, 200, 1000, 10_000] }],
  now,
  rows: [{ title: 'Nodes', panels: [nodes] }, trouble, course],
};
