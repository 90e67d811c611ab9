import { rmSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { fitting } from '../fitting.ts';
import { makeFolder } from '../machine/folder.ts';
import { noteLimit, readRegularFile } from '../machine/regular-file.ts';
import { replaceFile } from '../machine/replace-file.ts';

/** Made when it is needed: most runs have nothing to tell. */
const linesSchema = () => z.array(z.string());

/** What the run before told, and need not be told again while it lasts. None where that cannot be known. */
export function readTold(folder: string, instance: string): readonly string[] {
  try {
    return fitting(linesSchema(), JSON.parse(readRegularFile(fileOf(folder, instance), noteLimit))).value ?? [];
  } catch {
    return [];
  }
}

/** Keeps what lasts for the next run. Where that fails the next run tells it again. */
export function writeTold(folder: string, instance: string, lines: readonly string[], before: readonly string[]): void {
  const text = JSON.stringify(lines);
  if (text === JSON.stringify(before)) return;
  try {
    makeFolder(folder);
    if (lines.length === 0) rmSync(fileOf(folder, instance), { force: true });
    else replaceFile(fileOf(folder, instance), `${text}\n`);
  } catch {
    // The state folder may be read-only, or nothing at all.
  }
}

function fileOf(folder: string, instance: string): string {
  return path.join(folder, `${instance}.told.json`);
}
