import * as m from '../self-metrics.ts';
import { type Row, legend } from './dashboard.ts';
import { promql, series } from './promql.ts';

/** Whether a dashboard can be believed: the last row of each. */
export function selfRow(collector: string): Row {
  const mine = { collector };
  return {
    title: 'Collector',
    panels: [
      {
        title: 'Last run',
        kind: 'stat',
        width: 6,
        unit: 's',
        queries: [{ expr: promql`time() - ${series(m.lastRun, mine)}`, legend: legend(m.lastRun) }],
      },
      {
        title: 'Cannot read',
        kind: 'names',
        width: 6,
        limits: { warning: 0 },
        queries: [
          { expr: promql`${series(m.sourceSuccess, mine)} == 0`, legend: legend(m.sourceSuccess, 'source', 'target') },
        ],
      },
      {
        title: 'Duration of a run',
        kind: 'graph',
        width: 6,
        unit: 's',
        queries: [{ expr: series(m.duration, mine), legend: legend(m.duration) }],
      },
      {
        title: 'Left out',
        description: 'Series beyond a configured limit, and values that could not be parsed.',
        kind: 'graph',
        width: 6,
        queries: [
          { expr: series(m.seriesDropped, mine), legend: `${legend(m.seriesDropped)} limit` },
          { expr: series(m.parseErrors, mine), legend: `${legend(m.parseErrors)} not parsed` },
        ],
      },
    ],
  };
}
