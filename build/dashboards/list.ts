import { alertHistory } from '../../collectors/host/alert-history.ts';
import { nodeDetail } from '../../collectors/host/dashboard.ts';
import { slices } from '../../collectors/index.ts';
import type { Dashboard, Row } from '../../lib/monitoring/dashboard.ts';
import { fleet } from '../fleet/dashboard.ts';

const ofSlices = slices.flatMap(({ collector: { name }, dashboard }) =>
  dashboard === undefined ? [] : [{ name, dashboard }],
);

/** All dashboards by the names of their files. */
export const dashboards: readonly { readonly name: string; readonly dashboard: Dashboard }[] = [
  { name: 'fleet', dashboard: fleet },
  {
    name: 'node',
    dashboard: nodeDetail(
      ofSlices.map(({ dashboard }) => nowOf(dashboard)),
      {
        annotations: ofSlices.flatMap(({ dashboard }) => dashboard.annotations ?? []),
        choices: ofSlices.flatMap(({ dashboard }) => dashboard.choices ?? []),
      },
    ),
  },
  { name: 'alerts', dashboard: alertHistory },
  ...ofSlices,
];

/** What matters first of a subject, with the way to all of it. */
function nowOf({ title, uid, now }: Dashboard): Row {
  return { title, panels: now.panels, more: { title, uid } };
}
