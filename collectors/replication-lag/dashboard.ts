import { type Dashboard, type Row, legend } from '../../lib/monitoring/dashboard.ts';
import { promql, series } from '../../lib/monitoring/promql.ts';
import { selfRow } from '../../lib/monitoring/self-row.ts';
import { lastRun } from '../../lib/self-metrics.ts';
import * as m from './metrics.ts';

const pair = legend(m.chainIntact, 'dataset', 'target');

const now: Row = {
  title: 'Now',
  panels: [
    {
      title: 'Broken chains',
      description:
        'The next send must be a full one: never_sent, copy_gone (there was one), no_common_snapshot (any more), source_made_anew.',
      kind: 'names',
      width: 8,
      limits: { critical: 0 },
      queries: [
        { expr: promql`topk(20, ${m.brokenInfo})`, legend: legend(m.brokenInfo, 'dataset', 'target', 'reason') },
      ],
    },
    {
      title: 'Waiting longest',
      description: 'Since the first snapshot that the target lacks.',
      kind: 'stat',
      width: 8,
      unit: 's',
      limits: { warning: 26 * 3600, critical: 74 * 3600 },
      queries: [{ expr: promql`topk(5, time() - ${m.oldestPending})`, legend: pair }],
    },
    {
      title: 'Cannot be asked',
      kind: 'names',
      width: 8,
      limits: { warning: 0 },
      queries: [
        { expr: promql`topk(20, ${m.targetUp} == 0)`, legend: legend(m.targetUp, 'target') },
        { expr: promql`topk(20, ${m.sourceUp} == 0)`, legend: legend(m.sourceUp, 'dataset') },
      ],
    },
  ],
};

const lags: Row = {
  title: 'Pairs',
  panels: [
    {
      title: 'Pairs, those that wait longest first',
      kind: 'table',
      width: 24,
      by: ['instance', 'dataset', 'target'],
      columns: [
        {
          title: 'Waiting',
          expr: promql`time() - ${m.oldestPending} or ${m.chainIntact} * 0`,
          unit: 's',
          limits: { warning: 7200, critical: 26 * 3600 },
        },
        {
          title: 'Of max_age',
          expr: promql`(time() - ${m.behindSince}) / ${m.maxAge}`,
          unit: 'percentunit',
          limits: { warning: 1, critical: 3 },
        },
        { title: 'Can restore, age', expr: promql`time() - ${m.lastReplication}`, unit: 's' },
        {
          title: 'Chain',
          expr: promql`1 - ${m.chainIntact}`,
          words: ['intact', 'broken'],
          limits: { critical: 1 },
        },
        { title: 'Pending snapshots', expr: promql`${m.pendingSnapshots}` },
        { title: 'Pending', expr: promql`${m.pendingBytes}`, unit: 'bytes' },
      ],
    },
    {
      title: 'Age of what the targets can restore',
      kind: 'graph',
      width: 12,
      unit: 's',
      queries: [{ expr: promql`topk(10, time() - ${m.lastReplication})`, legend: pair }],
    },
    {
      title: 'Behind the newest snapshot of the source',
      kind: 'graph',
      width: 12,
      unit: 's',
      queries: [{ expr: promql`topk(10, ${m.lag})`, legend: pair }],
    },
    {
      title: 'Pending snapshots',
      kind: 'graph',
      width: 8,
      queries: [{ expr: promql`topk(10, ${m.pendingSnapshots})`, legend: pair }],
    },
    {
      title: 'Pending bytes',
      kind: 'graph',
      width: 8,
      unit: 'bytes',
      queries: [{ expr: promql`topk(10, ${m.pendingBytes})`, legend: pair }],
    },
    {
      title: 'Interrupted receives, diverged targets, bookmarks',
      description:
        'Bytes kept to be resumed; snapshots that only the target has, and those of syncoid on other machines among them; 1 where only a bookmark joins the two.',
      kind: 'graph',
      width: 8,
      queries: [
        { expr: promql`topk(10, ${m.partialReceive} > 0)`, legend: `${pair} bytes kept` },
        { expr: promql`topk(10, ${m.diverged} > 0)`, legend: `${pair} diverged` },
        { expr: promql`topk(10, ${m.targetSyncSnapshots} > 0)`, legend: `${pair} sync snapshots` },
        { expr: promql`topk(10, ${m.bookmarkOnly} > 0)`, legend: `${pair} bookmark` },
      ],
    },
    {
      title: 'Receives under way or cut off: bytes still to come',
      description:
        'A line that falls is a receive under way. Absent where zfs send cannot tell, as for a snapshot that the source has pruned.',
      kind: 'graph',
      width: 12,
      unit: 'bytes',
      queries: [{ expr: promql`topk(10, ${m.partialRemaining})`, legend: pair }],
    },
    {
      title: 'Written to the source since its newest snapshot',
      description: 'What is not in any snapshot yet; 0 for what is idle.',
      kind: 'graph',
      width: 12,
      unit: 'bytes',
      queries: [{ expr: promql`topk(10, ${m.sourceWritten})`, legend: pair }],
    },
  ],
};

const received: Row = {
  title: 'Backup node',
  panels: [
    {
      title: 'Clients of received_roots, those that are behind most first',
      description: 'Age of the newest snapshot of the dataset that is furthest behind, and of the newest of all.',
      kind: 'table',
      width: 24,
      by: ['instance', 'client'],
      columns: [
        {
          title: 'Behind',
          expr: promql`time() - ${m.clientComplete}`,
          unit: 's',
          limits: { warning: 2 * 86_400 },
        },
        {
          title: 'Of max_age',
          expr: promql`(time() - ${m.clientComplete}) / ${m.clientMaxAge}`,
          unit: 'percentunit',
          limits: { warning: 1 },
        },
        { title: 'Last heard of', expr: promql`time() - ${m.clientNewest}`, unit: 's' },
        { title: 'Datasets', expr: promql`${m.clientDatasets}` },
      ],
    },
    {
      title: 'Age of the newest snapshot received',
      kind: 'graph',
      width: 12,
      unit: 's',
      queries: [{ expr: promql`topk(10, time() - ${m.receivedNewest})`, legend: legend(m.receivedNewest, 'dataset') }],
    },
    {
      title: 'Snapshots received',
      kind: 'graph',
      width: 12,
      queries: [{ expr: promql`topk(10, ${m.receivedSnapshots})`, legend: legend(m.receivedSnapshots, 'dataset') }],
    },
  ],
};

export const dashboard: Dashboard = {
  uid: 'textfile-replication-lag',
  title: 'Replication',
  machines: 'one',
  presence: series(lastRun, { collector: 'replication-lag' }),
  now,
  rows: [lags, received, selfRow('replication-lag')],
};
