import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { dashboardText } from './dashboard.ts';
import { dashboards } from './list.ts';

const dist = path.resolve(import.meta.dirname, '../../dist/dashboards');

await mkdir(dist, { recursive: true });
for (const { name, dashboard } of dashboards) {
  await writeFile(path.join(dist, `${name}.json`), dashboardText(dashboard));
}
