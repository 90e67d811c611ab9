import { existsSync } from 'node:fs';
import path from 'node:path';
import { readRegularFile } from '../machine/regular-file.ts';
import { info } from '../self-metrics.ts';

/** Whether `file` holds what was not written by this suite. */
export function isForeign(file: string): boolean {
  try {
    const text = readRegularFile(file);
    return text !== '' && !text.includes(`\n${info.name}{`);
  } catch {
    return false;
  }
}

/** A timer that an older script for the same file may have, as many guides name it. */
export interface OtherTimer {
  readonly timer: string;
  readonly enabled: boolean;
}

/** Undefined where the machine has no such unit. */
export function otherTimerOf(collector: string): OtherTimer | undefined {
  const timer = `${collector}-metrics.timer`;
  const folders = unitFolders();
  if (!folders.some((folder) => existsSync(path.join(folder, timer)))) return undefined;
  return { timer, enabled: folders.some((folder) => existsSync(path.join(folder, 'timers.target.wants', timer))) };
}

/** Where systemd looks for units; the variable is its own (systemd.unit(5)), an empty part of it stands for the default. */
function unitFolders(): string[] {
  const standard = ['etc', 'run', 'usr/local/lib', 'usr/lib', 'lib'].map((folder) => `/${folder}/systemd/system`);
  return (process.env['SYSTEMD_UNIT_PATH'] ?? '').split(':').flatMap((folder) => (folder === '' ? standard : [folder]));
}
