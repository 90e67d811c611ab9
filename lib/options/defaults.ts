import { readFileSync } from 'node:fs';

/** Variables for all collectors of this machine. The packages write it, the units read it, and so does a run by hand. */
export const defaultsFile = '/etc/default/textfile-collectors';

/** What the file says, or nothing where it cannot be read: lines as systemd.exec(5) has them under EnvironmentFile=. */
export function machineDefaults(file = defaultsFile): Record<string, string> {
  const lines = readLines(file).map((line) => /^\s*(TEXTFILE_\w+)=(.*?)\s*$/.exec(line));
  return Object.fromEntries(lines.flatMap((match) => (match === null ? [] : [[match[1], unquoted(match[2] ?? '')]])));
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}

function unquoted(text: string): string {
  const [, single] = /^'(.*)'$/.exec(text) ?? [];
  const [, double = text] = /^"(.*)"$/.exec(text) ?? [];
  return single ?? double.replaceAll(/\\(.)/g, '$1');
}
