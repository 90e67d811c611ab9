import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { buildDeb } from './deb.ts';
import { manifest, root } from './manifest.ts';
import { buildRpm } from './rpm.ts';

/** Builds the packages of what `npm run build` left in dist/, into the folder `out`; returns their paths. */
export async function buildPackages(out: string, time: number): Promise<{ deb: string; rpm: string }> {
  const work = mkdtempSync(path.join(os.tmpdir(), 'textfile-package-'));
  try {
    mkdirSync(out, { recursive: true });
    return {
      deb: await buildDeb(work, out, manifest(), time),
      rpm: await buildRpm(work, out, manifest(), time),
    };
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** What the files are dated with, as UNIX time: SOURCE_DATE_EPOCH, or the last commit. */
export async function sourceTime(): Promise<number> {
  const given = process.env['SOURCE_DATE_EPOCH'];
  const text = given ?? (await execa('git', ['-C', root, 'log', '-1', '--format=%ct'], { reject: false })).stdout;
  if (/^\d+$/.test(text)) return Number(text);
  throw new Error('Cannot date the packages: expected SOURCE_DATE_EPOCH or a git repository, got neither');
}
