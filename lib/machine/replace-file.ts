import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { isRecent } from '../clock.ts';
import type { Seconds } from '../host.ts';

// Everything here is synchronous: a run does one thing after the other, and the pool of threads behind the asynchronous
// calls would cost it more than the calls themselves.

/** Readable for node_exporter's user whatever the umask. */
const mode = 0o644;
/** A temporary file of ours that is older than this belongs to a run that did not live to rename it. */
const staleAfter: Seconds = 600;

/**
 * Replaces `file` by `text`, wholly or not at all: temporary file in the same folder, fsync, rename. Not fsync of the
 * folder: after a crash the old file or the new one is there, and either is whole. What means nothing after a crash need not be
 * `durable`: a sync may take long on a machine that is sick.
 *
 * The folder may belong to someone else, and we may be root: the temporary name cannot be guessed, O_EXCL opens nothing that is
 * there already, not even a link, and everything after that is done to the descriptor. The name is `<file>.<128 bits>`;
 * node_exporter reads every name that ends in `.prom`, dotfiles too, but not these.
 *
 * write-file-atomic 6, which writes what goes into the operator's own folders (lib/machine/deliver.ts), has a temporary name that can
 * be worked out (process id and a count), opens it without O_EXCL, and sets mode and owner by path: in such a folder a link laid there
 * makes root write where it points.
 */
export function replaceFile(file: string, text: string, durable = true): void {
  // A rename would take the place of the link, which whoever made it may need.
  if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new Error('expected a file of its own, got a symbolic link');
  }
  // First, since what was left may be what fills the disk.
  sweep(file);
  const temporary = `${file}.${randomBytes(16).toString('hex')}`;
  const descriptor = openSync(temporary, 'wx', mode);
  outliveSizeLimit();
  try {
    fchmodSync(descriptor, mode);
    writeFileSync(descriptor, text);
    if (durable) fsyncSync(descriptor);
    renameSync(temporary, file);
  } catch (error) {
    tried(() => unlinkSync(temporary));
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Beyond a limit of the file's size the write fails then, instead of ending the process. Node.js hands the signal over only
 * after the write, so the listener stays: without one, execa's, which is there while a command runs, would end the process after all.
 */
function outliveSizeLimit(): void {
  if (!process.listeners('SIGXFSZ').includes(ignore)) process.on('SIGXFSZ', ignore);
}

function ignore(): void {}

/** Removes what runs that were killed left beside `file`. What does not go, as another user's file, is not in the way. */
function sweep(file: string): void {
  for (const leftover of tried(() => leftoversOf(file)) ?? []) tried(() => unlinkSync(leftover));
}

function leftoversOf(file: string): string[] {
  const folder = path.dirname(file);
  const ours = `${path.basename(file)}.`;
  return readdirSync(folder)
    .filter((name) => name.startsWith(ours) && /^[\da-f]{32}$/.test(name.slice(ours.length)))
    .map((name) => path.join(folder, name))
    .filter((leftover) => {
      const found = lstatSync(leftover, { throwIfNoEntry: false });
      return found?.isFile() === true && !isRecent(found.mtimeMs / 1000, staleAfter, Date.now() / 1000);
    });
}

function tried<T>(does: () => T): T | undefined {
  try {
    return does();
  } catch {
    return undefined;
  }
}
