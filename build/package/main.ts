import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { messageOf } from '../../lib/errors.ts';
import { buildDeb } from './deb.ts';
import { manifest, root } from './manifest.ts';
import { buildRpm } from './rpm.ts';

/** What the files are dated with: SOURCE_DATE_EPOCH, or the last commit. */
async function sourceTime(): Promise<number> {
  const given = process.env['SOURCE_DATE_EPOCH'];
  const text = given ?? (await execa('git', ['-C', root, 'log', '-1', '--format=%ct'], { reject: false })).stdout;
  if (/^\d+$/.test(text)) return Number(text);
  throw new Error('Cannot date the packages: expected SOURCE_DATE_EPOCH or a git repository, got neither');
}

async function build(out: string): Promise<void> {
  const time = await sourceTime();
  const work = mkdtempSync(path.join(os.tmpdir(), 'textfile-package-'));
  try {
    mkdirSync(out, { recursive: true });
    for (const builder of [buildDeb, buildRpm]) process.stdout.write(`${await builder(work, out, manifest(), time)}\n`);
  } finally {
    rmSync(work, { recursive: true });
  }
}

try {
  await build(path.resolve(process.argv[2] ?? path.join(root, 'dist')));
} catch (error) {
  process.stderr.write(`package: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
