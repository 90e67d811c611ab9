import { appendFileSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Outcome, Stage } from './stage.ts';

/** Keys that nobody may ever see; the first is of the form that only private ones have. */
export const privateKey = 'cAnArYcAnArYcAnArYcAnArYcAnArYcAnArYcAnArEc=';
const presharedKey = 'cAnArYcAnArYcAnArYcAnArYcAnArYcAnArYcAnArYc=';
/** By the column of the dump that they stand in: that of an interface, and that of a peer. */
const keys = { 1: privateKey, 2: presharedKey };
/** So much of one is too much. */
const part = /(?:cAnArY){2}/;

/** Where a run that is asked to records. */
export const recordingOf = ({ folder }: Pick<Stage, 'folder'>): string => path.join(folder, 'recording');

/** Puts keys where wg has them, and recordings have none: in its dump, and in settings and comments of a configuration file. */
export function plantSecrets({ folder, commands }: Pick<Stage, 'folder' | 'commands'>): void {
  for (const { tool, args, file } of commands) {
    if (tool === 'wg' && args === 'show all dump') writeFileSync(file, dumpWithSecrets(readFileSync(file, 'utf8')));
  }
  const config = path.join(folder, 'etc/wireguard/wg0.conf');
  const [first = '', ...rest] = readFileSync(config, 'utf8').split('Redacted =\n');
  writeFileSync(config, `${first}PrivateKey = ${privateKey}\n${rest.join(`PresharedKey = ${presharedKey}\n`)}`);
  appendFileSync(config, `# PrivateKey = ${privateKey}\n# ${presharedKey} was hers\n`);
}

function dumpWithSecrets(dump: string): string {
  return dump
    .split('\n')
    .map((line) => {
      const cells = line.split('\t');
      const secret = cells.length === 5 ? 1 : 2;
      return cells.map((cell, index) => (index === secret ? keys[secret] : cell)).join('\t');
    })
    .join('\n');
}

/** Where a run has told a key, or a good part of one: in what it printed, wrote, kept or recorded. */
export function leaks(stage: Stage, { stdout, stderr }: Pick<Outcome, 'stdout' | 'stderr'>): string[] {
  const folders = [stage.textfile, stage.state, recordingOf(stage)];
  const told = [['stdout', stdout] as const, ['stderr', stderr] as const, ...folders.flatMap(filesIn)];
  return told.filter((words) => part.test(words.join('\n'))).map(([place]) => `tells a key in ${place}`);
}

function filesIn(folder: string): [string, string][] {
  return entriesOf(folder).flatMap((entry): [string, string][] => {
    const file = path.join(entry.parentPath, entry.name);
    return entry.isFile() ? [[file, readFileSync(file, 'latin1')]] : [];
  });
}

/** None where a fault has left no such folder, or something else in its place. */
function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch {
    return [];
  }
}
