import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { version } from '../../lib/run/version.ts';
import { type Item, root } from './manifest.ts';
import { date, stage } from './stage.ts';

/** Packs what the packages install, below one folder, for machines that have neither apt nor dnf. */
export async function buildTarball(out: string, items: readonly Item[], time: number): Promise<string> {
  const name = `textfile-collectors-${version}`;
  const work = mkdtempSync(path.join(os.tmpdir(), 'textfile-tarball-'));
  try {
    stage(path.join(work, name), [...items, ...documents()]);
    date(work, time);
    const file = path.join(out, `${name}.tar.gz`);
    const owner = ['--owner=root:0', '--group=root:0'];
    // gzip's header otherwise has the name and the time of the file.
    const form = ['--sort=name', '--format=ustar', ...owner, '--use-compress-program=gzip -9n'];
    await execa('tar', ['--create', `--file=${file}`, `--directory=${work}`, ...form, name]);
    return file;
  } finally {
    rmSync(work, { recursive: true });
  }
}

function documents(): Item[] {
  const files = { LICENSE: 'LICENSE', 'CHANGELOG.md': 'CHANGELOG.md', NOTICES: 'dist/licences.txt' };
  return Object.entries(files).map(([name, file]) => ({
    kind: 'licence',
    path: `/${name}`,
    content: readFileSync(path.join(root, file)),
  }));
}
