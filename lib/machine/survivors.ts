import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { fitting } from '../fitting.ts';
import type { Command } from '../host.ts';
import { makeFolder } from './folder.ts';
import { noteLimit, readRegularFile } from './regular-file.ts';
import { replaceFile } from './replace-file.ts';

/** Commands of this or an earlier run that took no SIGKILL: most likely in uninterruptible sleep. */
const survivorsSchema = () =>
  z.array(
    z.object({
      pid: z.number(),
      /** Start time in clock ticks since boot, field 22 of proc_pid_stat(5): tells a reused pid. */
      started: z.string(),
      command: z.array(z.string()),
    }),
  );

export interface Survivors {
  /** Whether starting `command` would put it beside a survivor that it would only join. */
  blocks(command: Command, endable: boolean): boolean;
  /** Notes a process that could not be ended, for this run and the next ones. */
  add(command: Command, pid: number | undefined): void;
}

/** The survivors that are still there, from `file`. Unreadable or foreign content counts as none. */
export function openSurvivors(file: string): Survivors {
  const alive = read(file).filter((one) => startTime(one.pid) === one.started);
  return {
    blocks: (command, endable) =>
      alive.some((one) => one.command[0] === command[0] && (!endable || one.command.join('\0') === command.join('\0'))),
    add: (command, pid) => {
      const started = pid === undefined ? undefined : startTime(pid);
      if (pid === undefined || started === undefined) return;
      alive.push({ pid, started, command: [...command] });
      makeFolder(path.dirname(file));
      replaceFile(file, `${JSON.stringify(alive)}\n`, false);
    },
  };
}

function read(file: string): z.output<ReturnType<typeof survivorsSchema>> {
  try {
    return fitting(survivorsSchema(), JSON.parse(readRegularFile(file, noteLimit))).value ?? [];
  } catch {
    return [];
  }
}

/** Undefined where there is no such process. The name in parentheses may itself hold spaces and parentheses. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
