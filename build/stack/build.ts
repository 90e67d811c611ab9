import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { anySite } from '../../lib/monitoring/site.ts';
import { consolePage } from './consoles.ts';
import { stackFiles, stackFolders } from './files.ts';
import { ruleFiles } from './rule-files.ts';

// What the packages carry of the monitoring side: for a site of which nothing is known, and the pages of the runbooks.
const root = path.resolve(import.meta.dirname, '../..');
const pages = await Promise.all(
  ruleFiles.map(async (file) => consolePage(file, await readFile(path.join(root, file.readme), 'utf8'))),
);
for (const folder of stackFolders) await rm(path.join(root, 'dist', folder), { recursive: true, force: true });
for (const { name, text } of [...stackFiles(anySite), ...pages]) {
  const file = path.join(root, 'dist', name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}
