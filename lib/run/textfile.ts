import { lstatSync, readdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
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
 * folder: after a crash the old file or the new one is there, and either is whole.
 *
 * The text is written here and not by write-file-atomic, which does not look at how many bytes its one write(2) took: on
 * a full disk it would rename a file that was cut short. The temporary name is `<file>.<digits>`; node_exporter reads
 * every name that ends in `.prom`, dotfiles too, but not these.
 */
export function replaceFile(file: string, text: string): void {
  // write-file-atomic would write to where a link leads, which who owns the folder may choose.
  if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new Error('expected a file of its own, got a symbolic link');
  }
  writeFileAtomic.sync(file, '', {
    mode,
    fsync: true,
    // Its default is to give the file the owner of the old one, which root without CAP_CHOWN may not.
    chown: { uid: process.geteuid?.() ?? -1, gid: process.getegid?.() ?? -1 },
    tmpfileCreated: (temporary) => writeFileSync(temporary, text),
  });
}

/** Removes what runs that were killed left beside `file`. */
export function sweep(file: string): void {
  const folder = path.dirname(file);
  const ours = `${path.basename(file)}.`;
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(ours) || !/^\d+$/.test(name.slice(ours.length))) continue;
    const leftover = path.join(folder, name);
    const found = statSync(leftover, { throwIfNoEntry: false });
    if (found?.isFile() && !isRecent(found.mtimeMs / 1000, staleAfter, Date.now() / 1000)) unlinkSync(leftover);
  }
}

/** The value of the first series of a metric in the file of an earlier run; undefined where there is none. */
export function previousValue(file: string, metric: string): number | undefined {
  try {
    const line = readFileSync(file, 'utf8')
      .split('\n')
      .find((one) => one.startsWith(`${metric}{`));
    const value = Number(line?.slice(line.lastIndexOf(' ')));
    return Number.isFinite(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
