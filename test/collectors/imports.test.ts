import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '../../collectors');
const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());

test.each(folders.map(({ name }) => name))('%s imports nothing of another slice', (name) => {
  const files = readdirSync(path.join(root, name), { recursive: true, encoding: 'utf8' });
  const sideways = files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const text = readFileSync(path.join(root, name, file), 'utf8');
      const targets = [...text.matchAll(/(?:from|import\() ?'(\.[^']+)'/g)].map(([, target = '']) =>
        path.relative(root, path.resolve(root, name, path.dirname(file), target)),
      );
      return targets.filter((target) => !target.startsWith('..') && !target.startsWith(`${name}/`));
    });
  expect(sideways).toEqual([]);
});
