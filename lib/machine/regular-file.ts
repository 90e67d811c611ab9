import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** Bytes: far more than any state or file of /proc that is read here. */
const most = 64 * 1024 * 1024;
/** Bytes of a note that one run leaves for the next: a few lines. */
export const noteLimit = 1024 * 1024;
/** The device number of /dev/null (1:3), which stands for an empty file. */
const nothing = 0x103;

/**
 * The text of a regular file. Throws where there is none, for one that is too large, and for anything else that may stand in its
 * place: a FIFO would be waited for and a device read for ever.
 */
export function readRegularFile(file: string, limit = most): string {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = fstatSync(descriptor);
    if (found.isCharacterDevice() && found.rdev === nothing) return '';
    // Of a folder the read says itself what it is.
    if (!found.isFile() && !found.isDirectory()) throw new Error(`Cannot read ${file}: expected a regular file`);
    if (found.size > limit) throw new Error(`Cannot read ${file}: expected at most ${limit} bytes, got ${found.size}`);
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}
