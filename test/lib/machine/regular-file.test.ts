import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readRegularFile } from '../../../lib/machine/regular-file.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'textfile-regular-'));
const file = path.join(folder, 'file');
afterAll(() => rmSync(folder, { recursive: true }));

test('a file, one of /proc, and what a link leads to', () => {
  writeFileSync(file, 'text\n');
  symlinkSync(file, path.join(folder, 'link'));
  expect(readRegularFile(path.join(folder, 'link'))).toBe('text\n');
  expect(readRegularFile('/proc/self/stat')).toContain(String(process.pid));
  expect(readRegularFile('/dev/null')).toBe('');
});

test('nothing that would be waited for or read for ever', () => {
  const fifo = path.join(folder, 'fifo');
  spawnSync('mkfifo', [fifo]);
  for (const name of [fifo, '/dev/zero']) {
    expect(() => readRegularFile(name)).toThrow(`Cannot read ${name}: expected a regular file`);
  }
  expect(() => readRegularFile(folder)).toThrow('EISDIR');
  truncateSync(file, 1e9);
  expect(() => readRegularFile(file)).toThrow('expected at most 67108864 bytes, got 1000000000');
});
