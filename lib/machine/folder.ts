import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { codeOf } from '../errors.ts';

/**
 * Makes a folder, and those above it, where they are not there yet. Node.js' own `recursive` never returns where a folder
 * cannot be made for want of what is above it, as in /proc.
 */
export function makeFolder(folder: string): void {
  if (made(folder)) return;
  makeFolder(path.dirname(folder));
  mkdirSync(folder);
}

/** False where the one above it is missing. */
function made(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return true;
    if (codeOf(error) === 'ENOENT' && path.dirname(folder) !== folder) return false;
    throw error;
  }
}
