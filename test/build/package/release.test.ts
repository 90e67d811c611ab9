import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { manifest } from '../../../build/package/manifest.ts';
import { version } from '../../../lib/run/version.ts';
import { demandTool, isLeftOut } from '../../tools.ts';

const root = path.join(import.meta.dirname, '../../..');
const tools: Readonly<Record<string, string>> = {
  'apt-ftparchive': 'apt-utils',
  createrepo_c: 'createrepo-c',
  'apt-get': 'apt',
  dnf: 'dnf',
  gpg: 'gnupg',
  rpmbuild: 'rpm',
  rpmsign: 'rpm',
};
const leftOut = isLeftOut('packages');
const deb = `textfile-collectors_${version}_all.deb`;
const rpm = `textfile-collectors-${version}-1.noarch.rpm`;
const tarball = `textfile-collectors-${version}.tar.gz`;
const key = 'textfile-collectors.asc';

let scratch = '';
let server: Server | undefined;
let address = '';

beforeAll(async () => {
  if (leftOut) return;
  for (const [tool, debianPackage] of Object.entries(tools)) await demandTool(tool, debianPackage, 'packages');
  scratch = mkdtempSync(path.join(os.tmpdir(), 'textfile-release-'));
  mkdirSync(gnupg(), { mode: 0o700 });
  const user = 'Release test <release@example.invalid>';
  await execa('gpg', ['--batch', '--passphrase', '', '--quick-gen-key', user, 'rsa3072', 'sign', '1d'], { env: env() });
  await release('plain');
  await release('signed', '--key', 'release@example.invalid');
  address = await serve();
}, 120_000);
afterAll(async () => {
  server?.close();
  if (scratch === '') return;
  await execa('gpgconf', ['--kill', 'gpg-agent'], { env: env() });
  rmSync(scratch, { recursive: true });
});

const gnupg = (): string => path.join(scratch, 'gnupg');
const env = (): Record<string, string> => ({ SOURCE_DATE_EPOCH: '1795351272', GNUPGHOME: gnupg(), LC_ALL: 'C' });
const read = (file: string): string => readFileSync(path.join(scratch, file), 'utf8');

async function release(folder: string, ...options: string[]): Promise<void> {
  const main = ['build/package/release.ts', '--out', path.join(scratch, folder), ...options];
  await execa(path.join(root, 'node_modules/.bin/tsx'), main, { cwd: root, env: env() });
}

function files(folder: string): string[] {
  return readdirSync(path.join(scratch, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(path.join(scratch, folder), path.join(entry.parentPath, entry.name)))
    .sort();
}

/** The scratch folder over http, as any web server would. */
async function serve(): Promise<string> {
  const started = createServer((request, response) => {
    try {
      const file = path.join(scratch, path.normalize(new URL(request.url ?? '/', 'http://localhost').pathname));
      response.end(readFileSync(file));
    } catch {
      response.writeHead(404).end();
    }
  });
  server = started;
  await new Promise<void>((resolve) => {
    started.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${z.object({ port: z.number() }).parse(started.address()).port}`;
}

describe.skipIf(leftOut)('a release', () => {
  test('is packages, a tarball, a list of what is inside, checksums and two repositories', () => {
    const hash = /repodata\/[\da-f]{64}-/;
    const unnumbered = files('plain').map((file) => file.replace(hash, 'repodata/'));
    expect(unnumbered.sort()).toEqual(
      [
        'SHA256SUMS',
        'sbom.cdx.json',
        deb,
        rpm,
        tarball,
        ...['Packages', 'Packages.gz', 'Release', deb].map((name) => `apt/${name}`),
        ...['filelists.xml.gz', 'other.xml.gz', 'primary.xml.gz', 'repomd.xml'].map((name) => `dnf/repodata/${name}`),
        `dnf/${rpm}`,
      ].sort(),
    );
    const signatures = ['SHA256SUMS.asc', 'apt/InRelease', 'apt/Release.gpg', 'dnf/repodata/repomd.xml.asc', key];
    expect(files('signed').filter((file) => !files('plain').includes(file) && !hash.test(file))).toEqual(
      signatures.sort(),
    );
  });

  test('has a checksum of each file', async () => {
    for (const folder of ['plain', 'signed']) {
      await execa('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: path.join(scratch, folder) });
      const listed = read(`${folder}/SHA256SUMS`).trim().split('\n');
      const later = files(folder).filter((file) => !file.startsWith('SHA256SUMS'));
      expect(listed.map((line) => line.slice(66))).toEqual(later);
    }
  });

  test('is the same again, bit for bit', async () => {
    await release('again');
    expect(read('again/SHA256SUMS')).toBe(read('plain/SHA256SUMS'));
  });

  test('has a tarball of what the packages install', async () => {
    const { stdout } = await execa('tar', ['--list', '--file', path.join(scratch, 'plain', tarball)]);
    const inside = new Set(stdout.split('\n').map((name) => name.replace(/^[^/]+/, '')));
    expect(manifest().filter((one) => !inside.has(one.path))).toEqual([]);
    expect([...inside]).toEqual(expect.arrayContaining(['/LICENSE', '/NOTICES', '/CHANGELOG.md']));
  });

  test('takes the place of an older release, and of nothing else', async () => {
    writeFileSync(path.join(scratch, 'again/textfile-collectors-0.0.9-1.noarch.rpm'), '');
    await release('again');
    expect(files('again')).toEqual(files('plain'));
    mkdirSync(path.join(scratch, 'home'));
    writeFileSync(path.join(scratch, 'home/thesis.tex'), 'years of work');
    writeFileSync(path.join(scratch, 'home/SHA256SUMS'), '');
    await expect(release('home')).rejects.toMatchObject({
      exitCode: 1,
      stderr: `release: Cannot write ${scratch}/home: expected no folder, or an older release, got thesis.tex`,
    });
    expect(files('home')).toEqual(['SHA256SUMS', 'thesis.tex']);
  });

  test('that cannot be signed is none', async () => {
    await expect(release('unsigned', '--key', 'nobody@example.invalid')).rejects.toMatchObject({ exitCode: 1 });
    expect(readdirSync(scratch).filter((name) => name.startsWith('unsigned'))).toEqual([]);
  });
});

/** apt-get with one source and all that it writes in a folder of its own. */
async function apt(folder: string, source: string, ...words: string[]) {
  const own = path.join(scratch, folder);
  for (const name of ['lists/partial', 'cache/archives/partial', 'none'])
    mkdirSync(path.join(own, name), { recursive: true });
  writeFileSync(path.join(own, 'only.list'), `${source}\n`);
  writeFileSync(path.join(own, 'status'), '');
  const places = {
    'Dir::Etc::sourcelist': path.join(own, 'only.list'),
    'Dir::Etc::sourceparts': path.join(own, 'none'),
    'Dir::State::lists': path.join(own, 'lists'),
    'Dir::State::status': path.join(own, 'status'),
    'Dir::Cache': path.join(own, 'cache'),
    'APT::Sandbox::User': 'root',
    'APT::Update::Error-Mode': 'any',
  };
  const options = Object.entries(places).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  return execa('apt-get', [...options, ...words], { cwd: own, env: env(), reject: false, all: true });
}

describe.skipIf(leftOut)('apt', () => {
  const signed = (folder: string): string =>
    `deb [signed-by=${path.join(scratch, 'signed', key)}] ${address}/${folder}/apt ./`;

  test('takes the package from a signed repository, and says nothing of it', async () => {
    const update = await apt('apt-signed', signed('signed'), 'update');
    expect(update).toMatchObject({ exitCode: 0, all: expect.not.stringMatching(/^[NWE]:/m) });
    expect(await apt('apt-signed', signed('signed'), 'download', 'textfile-collectors')).toMatchObject({ exitCode: 0 });
    expect(read(`apt-signed/${deb}`)).toBe(read(`plain/${deb}`));
  });

  test('takes it from one without signatures only where it is told to trust', async () => {
    const source = `${address}/plain/apt ./`;
    expect(await apt('apt-plain', `deb ${source}`, 'update')).toMatchObject({
      exitCode: 100,
      all: expect.stringContaining('is not signed'),
    });
    expect(await apt('apt-plain', `deb [trusted=yes] ${source}`, 'update')).toMatchObject({ exitCode: 0 });
    const got = await apt('apt-plain', `deb [trusted=yes] ${source}`, 'download', 'textfile-collectors');
    expect(got).toMatchObject({ exitCode: 0 });
  });

  test('takes nothing from one that was changed after it was signed', async () => {
    await execa('cp', ['-r', path.join(scratch, 'signed'), path.join(scratch, 'changed')]);
    appendFileSync(path.join(scratch, 'changed/apt', deb), 'x');
    expect(await apt('apt-changed', signed('changed'), 'update')).toMatchObject({ exitCode: 0 });
    const got = await apt('apt-changed', signed('changed'), 'download', 'textfile-collectors');
    expect(got).toMatchObject({ exitCode: 100, all: expect.stringMatching(/unexpected size|Hash Sum mismatch/) });
  });
});

describe.skipIf(leftOut)('dnf', () => {
  const own = (...names: string[]): string => path.join(scratch, 'dnf-signed', ...names);
  const dnf = (...words: string[]) => {
    const places = ['reposdir', 'cachedir', 'persistdir', 'logdir'].map((name) => `--setopt=${name}=${own(name)}`);
    const options = [...places, `--installroot=${own('root')}`, '--releasever=1', '--assumeyes'];
    return execa('dnf', [...options, ...words], { env: env(), reject: false, all: true });
  };

  beforeAll(async () => {
    const ours = {
      baseurl: `${address}/signed/dnf`,
      gpgcheck: '1',
      repo_gpgcheck: '1',
      gpgkey: `file://${scratch}/signed/${key}`,
    };
    for (const name of ['reposdir', 'logdir']) mkdirSync(own(name), { recursive: true });
    repository('textfile-collectors', ours);
    repository('base', { baseurl: `file://${await distribution()}`, gpgcheck: '0' });
  }, 60_000);

  function repository(name: string, fields: Readonly<Record<string, string>>): void {
    const lines = Object.entries({ name, ...fields }).map((field) => `${field.join('=')}\n`);
    writeFileSync(own('reposdir', `${name}.repo`), `[${name}]\n${lines.join('')}`);
  }

  /** A repository with a package that stands in for all that ours needs of a distribution. */
  async function distribution(): Promise<string> {
    const provides = '/bin/sh /usr/bin/node nodejs(engine) = 20 systemd = 257';
    const fields = {
      Name: 'base',
      Version: '1',
      Release: '1',
      Summary: 'x',
      License: 'x',
      BuildArch: 'noarch',
      Provides: provides,
    };
    const lines = Object.entries(fields).map((field) => `${field.join(': ')}\n`);
    writeFileSync(own('base.spec'), `${lines.join('')}%description\nx\n%files\n`);
    const macros = Object.entries({ _topdir: own('build'), _rpmdir: own('base') });
    const defines = macros.flatMap(([name, value]) => ['--define', `${name} ${value}`]);
    await execa('rpmbuild', ['-bb', '--quiet', ...defines, own('base.spec')]);
    await execa('createrepo_c', ['--quiet', own('base')]);
    return own('base');
  }

  test('finds the package in a signed repository, and its own signature is right', async () => {
    expect(await dnf('makecache')).toMatchObject({ exitCode: 0 });
    expect(await dnf('--quiet', 'list', '--available')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(new RegExp(`^textfile-collectors.noarch +${version}-1 +textfile-collectors$`, 'm')),
    });
    const keys = ['--dbpath', own('rpm')];
    await execa('rpmkeys', [...keys, '--import', path.join(scratch, 'signed', key)]);
    const { stdout } = await execa('rpmkeys', [...keys, '--checksig', path.join(scratch, 'signed/dnf', rpm)]);
    expect(stdout).toMatch(/: digests signatures OK$/);
  });

  test('installs it', async () => {
    // No shell is in that root, which its scriptlets would need.
    expect(await dnf('install', '--setopt=tsflags=noscripts', 'textfile-collectors')).toMatchObject({
      exitCode: 0,
      all: expect.stringContaining('Complete!'),
    });
    const files = manifest().filter(({ kind }) => kind === 'program');
    expect(files.length).toBeGreaterThan(5);
    for (const { path: place, content } of files)
      expect(readFileSync(own('root', place), 'utf8')).toBe(String(content));
  });
});
