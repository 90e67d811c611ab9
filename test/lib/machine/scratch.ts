import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { Command, Host } from '../../../lib/host.ts';
import { liveHost } from '../../../lib/machine/live-host.ts';
import { openSurvivors } from '../../../lib/machine/survivors.ts';

/** A folder for each test of a file, with proc, sys and state in it, and this machine as a host that has these. */
export function scratchMachine() {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'host-'));
    for (const name of ['proc', 'sys', 'state']) mkdirSync(path.join(folder, name));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const at = (...names: string[]): string => path.join(folder, ...names);
  const noted = (): string => at('state', 'zfs.survivors.json');
  const host = (timeout = 60, stop = new AbortController().signal): Host =>
    liveHost({
      procfs: at('proc'),
      sysfs: at('sys'),
      stateDir: at('state'),
      timeout,
      stop,
      survivors: openSurvivors(noted()),
    });
  return { at, noted, host };
}

export const sh = (script: string, ...args: string[]): Command => ['sh', '-c', script, 'sh', ...args];
export const node = (script: string, ...args: string[]): Command => [process.execPath, '-e', script, '--', ...args];
