import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeFolder } from '../../../lib/machine/folder.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'folder-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a folder is made with those above it, and one that cannot be made is an error', () => {
  const deep = path.join(folder, 'a', 'b', 'c');
  makeFolder(deep);
  makeFolder(deep);
  writeFileSync(path.join(deep, 'file'), '');
  expect(() => makeFolder('/proc/nowhere')).toThrow('ENOENT');
  expect(() => makeFolder(path.join(deep, 'file', 'below'))).toThrow('ENOTDIR');
});
