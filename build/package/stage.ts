import { lutimesSync, mkdirSync, readdirSync, symlinkSync, writeFileSync, chmodSync } from 'node:fs';
import path from 'node:path';
import type { Item } from './manifest.ts';

/** Lays the items out below `folder` as they are installed, whatever the umask. */
export function stage(folder: string, items: readonly Item[]): void {
  for (const { kind, path: place, content } of items) {
    const target = path.join(folder, place);
    mkdirSync(path.dirname(target), { recursive: true });
    if (kind === 'link') symlinkSync(String(content), target);
    else writeFileSync(target, content);
    if (kind !== 'link') chmodSync(target, modeOf(kind));
  }
}

function modeOf(kind: Item['kind']): number {
  return kind === 'program' ? 0o755 : 0o644;
}

/** Dates everything below `folder`; folders get their mode, too. */
export function date(folder: string, time: number): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) date(place, time);
    else lutimesSync(place, time, time);
  }
  chmodSync(folder, 0o755);
  lutimesSync(folder, time, time);
}
