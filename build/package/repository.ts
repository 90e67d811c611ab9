import { copyFileSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { compressed } from './manifest.ts';
import { signDetached, signInline } from './sign.ts';

/**
 * Makes a flat repository of one package (`deb URL ./`; see sources.list(5)): one that is of every architecture needs no
 * index for each.
 */
export async function aptRepository(folder: string, deb: string, time: number, key: string | undefined): Promise<void> {
  const file = (name: string): string => path.join(folder, name);
  mkdirSync(folder);
  copyFileSync(deb, file(path.basename(deb)));
  const { stdout: packages } = await execa('apt-ftparchive', ['packages', '.'], { cwd: folder });
  writeFileSync(file('Packages'), `${packages}\n\n`);
  writeFileSync(file('Packages.gz'), compressed(readFileSync(file('Packages'), 'utf8')));
  const fields = Object.entries(about).flatMap(([name, text]) => ['-o', `APT::FTPArchive::Release::${name}=${text}`]);
  const { stdout: release } = await execa('apt-ftparchive', [...fields, 'release', '.'], { cwd: folder });
  // It dates the list with now.
  const dated = release.replace(/^Date: .*/m, `Date: ${new Date(time * 1000).toUTCString().replace('GMT', '+0000')}`);
  writeFileSync(file('Release'), `${dated}\n`);
  if (key === undefined) return;
  await signInline(file('Release'), file('InRelease'), key);
  await signDetached(file('Release'), file('Release.gpg'), key);
}

const about = { Origin: 'textfile-collectors', Label: 'textfile-collectors', Suite: 'stable', Architectures: 'all' };

/** Makes a repository of one package for dnf. */
export async function dnfRepository(folder: string, rpm: string, time: number, key: string | undefined): Promise<void> {
  mkdirSync(folder);
  const file = path.join(folder, path.basename(rpm));
  copyFileSync(rpm, file);
  // The lists have the time of the file.
  utimesSync(file, time, time);
  const dates = ['--revision', String(time), '--set-timestamp-to-revision'];
  // Databases are for yum; dnf reads the XML. Newer releases would take zstd, which not every dnf reads.
  const form = ['--no-database', '--general-compress-type', 'gz'];
  await execa('createrepo_c', ['--quiet', ...dates, ...form, folder], { env: { SOURCE_DATE_EPOCH: String(time) } });
  const list = path.join(folder, 'repodata/repomd.xml');
  if (key !== undefined) await signDetached(list, `${list}.asc`, key);
}
