import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { previousValue } from '../../../lib/run/previous.ts';

let file: string;
beforeEach(() => {
  file = path.join(mkdtempSync(path.join(os.tmpdir(), 'textfile-previous-')), 'zfs.prom');
});
afterEach(() => rmSync(path.dirname(file), { recursive: true }));

test.each([
  ['no file', undefined, undefined],
  ['no such metric', 'm2{collector="zfs"} 5\n# TYPE m gauge\n', undefined],
  ['the metric', '# HELP m x\n# TYPE m gauge\nm{collector="zfs",netns="a b"} 1700000000.25\n', 1_700_000_000.25],
  ['no number', 'm{collector="zfs"} soon\n', undefined],
])('previousValue: %s', (_, text, expected) => {
  if (text !== undefined) writeFileSync(file, text);
  expect(previousValue(file, 'm')).toBe(expected);
});
