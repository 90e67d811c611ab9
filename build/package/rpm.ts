import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { version } from '../../lib/run/version.ts';
import { type Item, root } from './manifest.ts';
import { description, licences, maintainer, notices, releases, suggested, summary, wrapped } from './metadata.ts';
import { script, services, timers } from './scripts.ts';
import { date, stage } from './stage.ts';

const licenceFolder = '/usr/share/licenses/textfile-collectors';

/** Builds the package of EL and Fedora below `work` and returns its path. */
export async function buildRpm(work: string, out: string, items: readonly Item[], time: number): Promise<string> {
  const folder = path.join(work, 'rpm');
  const all = [...items, ...documents()];
  const staged = path.join(folder, 'staged');
  stage(staged, all);
  date(staged, time);
  const spec = path.join(folder, 'textfile-collectors.spec');
  writeFileSync(spec, specText(all, staged, time));
  await execa('rpmbuild', ['-bb', '--quiet', ...Object.entries(macros(folder, out)).flatMap(define), spec], {
    env: { SOURCE_DATE_EPOCH: String(time) },
  });
  return path.join(out, `textfile-collectors-${version}-1.noarch.rpm`);
}

/** So that the result is the same on every machine, whatever its macros say. */
function macros(folder: string, out: string): Readonly<Record<string, string>> {
  return {
    _topdir: folder,
    _rpmdir: out,
    _rpmfilename: '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm',
    _buildhost: 'reproducible',
    use_source_date_epoch_as_buildtime: '1',
    clamp_mtime_to_source_date_epoch: '1',
    // zstd gives other bytes from release to release.
    _binary_payload: 'w9.gzdio',
    __os_install_post: '%{nil}',
    vendor: '%{nil}',
  };
}

function define([name, value]: [string, string]): string[] {
  return ['--define', `${name} ${value}`];
}

function documents(): Item[] {
  const texts = notices().map(({ title, text }) => `--- ${title} ---\n${text}\n`);
  return [
    {
      kind: 'file',
      path: '/usr/lib/systemd/system-preset/80-textfile-collectors.preset',
      content: [...timers.map((one) => `enable ${one}\n`), ...services.map((one) => `disable ${one}\n`)].join(''),
    },
    { kind: 'licence', path: `${licenceFolder}/LICENSE`, content: readFileSync(path.join(root, 'LICENSE')) },
    {
      kind: 'licence',
      path: `${licenceFolder}/NOTICES`,
      content: `The programs contain these packages.\n\n${texts.join('\n')}`,
    },
    {
      kind: 'doc',
      path: '/usr/share/doc/textfile-collectors/CHANGELOG.md',
      content: readFileSync(path.join(root, 'CHANGELOG.md')),
    },
  ];
}

function specText(items: readonly Item[], staged: string, time: number): string {
  return `Name: textfile-collectors
Version: ${version}
Release: 1
Summary: ${summary.replace(/^./, (first) => first.toUpperCase())}
License: ${licences.join(' AND ')}
Group: System Environment/Daemons
Packager: ${maintainer}
BuildArch: noarch
AutoReqProv: no
# Not nodejs >= 18.19: EL 9 has nodejs-1:16, and every epoch is above none.
Requires: nodejs(engine) >= 18.19
# Fedora 44 has it in a package of its own.
Requires: /usr/bin/node
Requires: systemd >= 247
Requires(post): systemd
${['node-exporter', ...suggested('rpm')].map((name) => `Suggests: ${name}\n`).join('')}
%description
${description.map((text) => wrapped(text, '')).join('\n\n')}

%install
cp -a '${staged}/.' '%{buildroot}/'

${scriptlets()}
%files
%defattr(-,root,root)
${ownFolders(items)
  .map((folder) => `%dir ${folder}`)
  .join('\n')}
${items.map(fileLine).join('\n')}

%changelog
${changelog(time)}`;
}

/** The folders that are nobody else's. */
function ownFolders(items: readonly Item[]): string[] {
  const own = (folder: string): string[] =>
    folder.includes('/textfile-collectors') ? [...own(path.dirname(folder)), folder] : [];
  return [...new Set(items.flatMap((one) => own(path.dirname(one.path))))].sort();
}

function fileLine({ kind, path }: Item): string {
  const word = { file: '', program: '', link: '', config: '%config(noreplace) ', doc: '%doc ', licence: '%license ' }[
    kind
  ];
  return `${word}${path}`;
}

function scriptlets(): string {
  return ['post', 'preun', 'postun']
    .map((name) => `%${name}\n${script(`rpm/${name}.sh`).replaceAll('%', '%%')}`)
    .join('\n');
}

function changelog(time: number): string {
  return releases(time)
    .map((release) => {
      const [weekday = '', day = '', month = '', year = ''] = new Date(release.time * 1000).toUTCString().split(/,? /);
      const changes = release.changes.map((change) => wrapped(change.replaceAll('%', '%%'), '- ')).join('\n');
      return `* ${weekday} ${month} ${day} ${year} ${maintainer} - ${release.version}-1\n${changes}\n`;
    })
    .join('\n');
}
