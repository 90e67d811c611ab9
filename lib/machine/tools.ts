import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

/** The absolute path of a tool that this user may run; undefined where there is none. */
export function findTool(name: string): string | undefined {
  if (path.isAbsolute(name)) return name;
  return searchPath()
    .map((folder) => path.join(folder, name))
    .find(isProgram);
}

/** Where tools are looked for: as the caller has it, then where distributions keep zpool and wg. */
export function searchPath(): string[] {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
  // What lies in the working directory is no tool of the machine.
  return folders.filter((folder) => path.isAbsolute(folder));
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
