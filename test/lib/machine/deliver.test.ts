import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deliver } from '../../../lib/machine/deliver.ts';

let folder: string;
let server: Server | undefined;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'deliver-'));
});
afterEach(() => {
  server?.close();
  rmSync(folder, { recursive: true });
});

describe('a file is delivered', () => {
  test('into folders that are made for it', () => {
    deliver(path.join(folder, 'some'), 'more/unit', 'text');
    expect(readFileSync(path.join(folder, 'some/more/unit'), 'utf8')).toBe('text');
  });

  test('to where a link in its place leads', () => {
    writeFileSync(path.join(folder, 'elsewhere'), 'old');
    symlinkSync('elsewhere', path.join(folder, 'unit'));
    deliver(folder, 'unit', 'new');
    expect(readFileSync(path.join(folder, 'elsewhere'), 'utf8')).toBe('new');
    expect(lstatSync(path.join(folder, 'unit')).isSymbolicLink()).toBe(true);
  });

  test('not to what is no file, as /dev/null behind a unit that is masked', async () => {
    // Stands for the device: root would replace that of the machine.
    const device = path.join(folder, 'device');
    server = createServer();
    await new Promise<void>((resolve) => server?.listen(device, resolve));
    symlinkSync('device', path.join(folder, 'unit'));
    expect(() => deliver(folder, 'unit', 'text')).toThrow(
      `Cannot write ${folder}/unit: expected a regular file, got ${device}`,
    );
    expect(lstatSync(device).isSocket()).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['device', 'unit']);
  });
});
