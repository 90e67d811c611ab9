import { readFileSync } from 'node:fs';
import path from 'node:path';
import { watched } from '../../collectors/index.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** The READMEs that are installed, by their place in the source, and what they are called there. */
const names: ReadonlyMap<string, string> = new Map([
  ['README.md', 'README.md'],
  ['lib/README.md', 'collectors.md'],
  ['lib/monitoring/README.md', 'monitoring.md'],
  ['build/package/README.md', 'packages.md'],
  ...watched.map(({ name }) => [`collectors/${name}/README.md`, `${name}.md`] as const),
]);

/** The READMEs as they are installed, by name. */
export function installedDocuments(): ReadonlyMap<string, string> {
  return new Map([...names].map(([source, name]) => [name, relinked(source)]));
}

/** A link between them leads to the other one there. What else there is a link to is not installed: its words stay. */
function relinked(source: string): string {
  const folder = path.posix.dirname(source);
  return readFileSync(path.join(root, source), 'utf8')
    .replaceAll(/^!\[.*\]\(.*\)\n\n?/gm, '')
    .replaceAll(/\[([^\]]*)\]\(([^)#:]+)(#[^)]*)?\)/g, (_, words: string, target: string, place = '') => {
      const name = names.get(path.posix.join(folder, target));
      return name === undefined ? words : `[${words}](${name}${place})`;
    });
}
