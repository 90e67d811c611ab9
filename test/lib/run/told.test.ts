import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readTold, writeTold } from '../../../lib/run/told.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'told-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('what lasts is kept from run to run, and leaves nothing when it is over', () => {
  expect(readTold(folder, 'fake')).toEqual([]);
  writeTold(folder, 'fake', ['a', 'b'], []);
  expect(readTold(folder, 'fake')).toEqual(['a', 'b']);
  writeTold(folder, 'fake', [], ['a', 'b']);
  expect(readdirSync(folder)).toEqual([]);
});

test('nothing is written where nothing changes', () => {
  writeTold(folder, 'fake', [], []);
  writeTold(folder, 'fake', ['a'], ['a']);
  expect(readdirSync(folder)).toEqual([]);
});

test.each(['', '{}', '[1]', 'null'])('a file that holds %j tells nothing', (text) => {
  writeFileSync(path.join(folder, 'fake.told.json'), text);
  expect(readTold(folder, 'fake')).toEqual([]);
});

test('a folder that cannot be made is no failure', () => {
  writeFileSync(path.join(folder, 'file'), '');
  writeTold(path.join(folder, 'file', 'below'), 'fake', ['a'], []);
  expect(existsSync(path.join(folder, 'file', 'below'))).toBe(false);
});
