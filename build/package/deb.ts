import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { version } from '../../lib/run/version.ts';
import { type Item, compressed } from './manifest.ts';
import { description, licences, maintainer, notices, releases, suggested, summary, wrapped } from './metadata.ts';
import { script, services } from './scripts.ts';
import { date, stage } from './stage.ts';

const doc = '/usr/share/doc/textfile-collectors';

/** Builds the package of Debian and Ubuntu below `work` and returns its path. */
export async function buildDeb(work: string, out: string, items: readonly Item[], time: number): Promise<string> {
  const folder = path.join(work, 'deb');
  const all = [...items, ...documents(time)];
  stage(folder, all);
  writeControl(path.join(folder, 'DEBIAN'), all);
  date(folder, time);
  const file = path.join(out, `textfile-collectors_${version}_all.deb`);
  await execa('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', folder, file], {
    // Several threads cut the archive into blocks, and how many differs from machine to machine.
    env: { SOURCE_DATE_EPOCH: String(time), DPKG_DEB_THREADS_MAX: '1' },
  });
  return file;
}

function documents(time: number): Item[] {
  return [
    { kind: 'doc', path: `${doc}/changelog.gz`, content: compressed(changelog(time)) },
    { kind: 'licence', path: `${doc}/copyright`, content: copyright() },
    ...(services.length === 0 ? [] : [overrides]),
  ];
}

const overrides: Item = {
  kind: 'file',
  path: '/usr/share/lintian/overrides/textfile-collectors',
  content:
    '# The package depends on systemd.\ntextfile-collectors: package-supports-alternative-init-but-no-init.d-script\n',
};

function changelog(time: number): string {
  return releases(time)
    .map(
      (release) =>
        `textfile-collectors (${release.version}) unstable; urgency=medium\n\n` +
        `${release.changes.map((change) => wrapped(change, '  * ')).join('\n')}\n\n` +
        ` -- ${maintainer}  ${new Date(release.time * 1000).toUTCString().replace('GMT', '+0000')}\n`,
    )
    .join('\n');
}

/** What Debian has in /usr/share/common-licenses; who holds the copyright stands after it. */
const apacheTerms = /^ *Apache License\n[^]*END OF TERMS AND CONDITIONS\n[^]*?(?=^ *Copyright)/m;

const ownCopyright = [
  'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/',
  'Upstream-Name: textfile-collectors',
  '',
  'Files: *',
  'Copyright: Textfile Collectors Developers',
  'License: Apache-2.0',
  ' On Debian systems, the text is in /usr/share/common-licenses/Apache-2.0.',
  '',
];

/** In the machine-readable form of Debian; the second paragraph is of the packages in the bundles. */
function copyright(): string {
  const texts = notices().map(({ title, text }) => `--- ${title} ---\n${text.replace(apacheTerms, '')}`);
  const holders = texts.flatMap((text) => text.match(/^ *copyright (\(c\)|\d).*/gim) ?? []).map((line) => line.trim());
  return [
    ...ownCopyright,
    'Files: usr/lib/textfile-collectors/*.js',
    'Copyright: Textfile Collectors Developers',
    field([...new Set(holders)].join('\n')),
    `License: ${licences.join(' and ')}`,
    field(`Apache-2.0 as above, but for these packages in them:\n\n${texts.join('\n\n')}`),
    '',
  ].join('\n');
}

/** Text as a field of several lines. */
function field(text: string): string {
  return text.replaceAll(/^/gm, ' ').replaceAll(/^ $/gm, ' .');
}

function writeControl(folder: string, items: readonly Item[]): void {
  mkdirSync(folder);
  const files = items.filter(({ kind }) => kind !== 'link');
  const size = files.reduce((sum, { content }) => sum + Math.ceil(Buffer.byteLength(content) / 1024), 0);
  const conffiles = items.filter(({ kind }) => kind === 'config').map((one) => `${one.path}\n`);
  const sums = files
    .filter(({ kind }) => kind !== 'config')
    .map(({ path, content }) => `${createHash('md5').update(content).digest('hex')}  ${path.slice(1)}\n`);
  writeFileSync(path.join(folder, 'control'), control(size));
  writeFileSync(path.join(folder, 'conffiles'), conffiles.join(''));
  writeFileSync(path.join(folder, 'md5sums'), sums.sort().join(''));
  for (const name of ['postinst', 'prerm', 'postrm']) {
    writeFileSync(path.join(folder, name), script(`deb/${name}.sh`));
    chmodSync(path.join(folder, name), 0o755);
  }
}

function control(size: number): string {
  return [
    'Package: textfile-collectors',
    `Version: ${version}`,
    'Architecture: all',
    `Maintainer: ${maintainer}`,
    `Installed-Size: ${size}`,
    // 18.19: the oldest that the bundles are tested on. 247: FixedRandomDelay=.
    'Depends: nodejs (>= 18.19), systemd (>= 247)',
    `Suggests: ${['prometheus-node-exporter', ...suggested('deb')].join(', ')}`,
    'Enhances: prometheus-node-exporter',
    'Section: net',
    'Priority: optional',
    `Description: ${summary}`,
    ...description.map((text) => wrapped(text, ' ')).flatMap((text, index) => (index === 0 ? [text] : [' .', text])),
    '',
  ].join('\n');
}
