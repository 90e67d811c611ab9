import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { generatedParts, withParts } from '../../build/docs.ts';
import { version } from '../../lib/run/version.ts';

const root = path.join(import.meta.dirname, '../..');

test.each([...generatedParts()])('the tables in %s are those of the code (npm run docs)', (file, parts) => {
  const text = readFileSync(file, 'utf8');
  expect(withParts(text, parts)).toBe(text);
});

describe('README.md', () => {
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  test('stays under 150 lines', () => expect(readme.split('\n').length).toBeLessThan(150));
  test('shows lines that a golden file really has', () => {
    const golden = readFileSync(path.join(root, 'fixtures/zfs/degraded-missing/expected.prom'), 'utf8');
    const shown =
      readme
        .match(/```\n(# HELP[^`]*)```/)?.[1]
        ?.trim()
        .split('\n') ?? [];
    expect(shown.length).toBeGreaterThan(5);
    for (const line of shown) expect(golden).toContain(`${line}\n`);
  });
});

test('the version is that of package.json', () => {
  expect(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))).toMatchObject({ version });
});
