import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { messageOf } from '../errors.ts';
import { makeFolder } from './folder.ts';

/**
 * Writes a file into a folder that the operator named, and makes the folder where there is none. Atomically: Prometheus watches its
 * lists of targets, and may read any other of these files at any moment. Throws an error that names the file.
 *
 * Not for a folder of someone else's, into which root writes: replace-file.ts says what that takes.
 */
export function deliver(folder: string, name: string, text: string): void {
  const file = path.join(folder, name);
  try {
    makeFolder(path.dirname(file));
    // A link is followed, and that of a unit that is masked leads to /dev/null: root would put a file in the device's place.
    if (statSync(file, { throwIfNoEntry: false })?.isFile() === false)
      throw new Error(`expected a regular file, got ${realpathSync(file)}`);
    writeFileAtomic.sync(file, text);
  } catch (error) {
    throw new Error(`Cannot write ${file}: ${messageOf(error)}`, { cause: error });
  }
}
