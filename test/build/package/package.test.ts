import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { licences, notices } from '../../../build/package/metadata.ts';
import { stackOptions } from '../../../build/stack/options.ts';
import { collectors, slices } from '../../../collectors/index.ts';
import { readRequest } from '../../../lib/options/config.ts';
import { optionsOf } from '../../../lib/options/options.ts';
import { version } from '../../../lib/run/version.ts';
import { unitFiles } from '../../../units/files.ts';
import { unitsOptions } from '../../../units/options.ts';
import { packaged } from '../../../units/places.ts';
import { demandTool, isLeftOut } from '../../tools.ts';

const root = path.join(import.meta.dirname, '../../..');
const tools: Readonly<Record<string, string>> = {
  'dpkg-deb': 'dpkg',
  rpmbuild: 'rpm',
  rpm2cpio: 'rpm2cpio',
  cpio: 'cpio',
  lintian: 'lintian',
  rpmlint: 'rpmlint',
};
const leftOut = isLeftOut('packages');
const names = collectors.map(({ name }) => name);
const timed = names.filter((name) => name !== 'ebpf');
const commands = [...names, 'units', 'stack'].map((name) => `textfile-collector-${name}`);

let scratch = '';
const built = { deb: '', rpm: '' };
/** Where the content of each lies. */
const unpacked = { deb: '', rpm: '' };

beforeAll(async () => {
  if (leftOut) return;
  for (const [tool, debianPackage] of Object.entries(tools)) await demandTool(tool, debianPackage, 'packages');
  scratch = mkdtempSync(path.join(os.tmpdir(), 'textfile-package-'));
  await build('one', {});
  for (const kind of ['deb', 'rpm'] as const) {
    built[kind] = path.join(
      scratch,
      'one',
      readdirSync(path.join(scratch, 'one')).find((name) => name.endsWith(kind)) ?? '',
    );
    unpacked[kind] = path.join(scratch, kind);
    mkdirSync(unpacked[kind]);
  }
  await execa('dpkg-deb', ['--raw-extract', built.deb, unpacked.deb]);
  const archive = await execa('rpm2cpio', [built.rpm], { encoding: 'buffer' });
  await execa('cpio', ['--extract', '--make-directories', '--quiet'], { cwd: unpacked.rpm, input: archive.stdout });
}, 60_000);
afterAll(() => {
  if (scratch !== '') rmSync(scratch, { recursive: true });
});

async function build(folder: string, env: Record<string, string>): Promise<void> {
  const main = ['build/package/main.ts', path.join(scratch, folder)];
  await execa(path.join(root, 'node_modules/.bin/tsx'), main, {
    cwd: root,
    env: { SOURCE_DATE_EPOCH: '1795351272', ...env },
  });
}

const read = (kind: 'deb' | 'rpm', file: string): string => readFileSync(path.join(unpacked[kind], file), 'utf8');
const gunzip = async (kind: 'deb' | 'rpm', file: string): Promise<string> =>
  (await execa('gzip', ['-dc', path.join(unpacked[kind], file)])).stdout;

describe.skipIf(leftOut)('the packages', () => {
  test('are the same again, bit for bit, on another day, in another place and for another user', async () => {
    const elsewhere = path.join(scratch, 'else where');
    mkdirSync(elsewhere);
    await build('two', { TMPDIR: elsewhere, TZ: 'Asia/Kolkata', LC_ALL: 'C', HOME: elsewhere });
    for (const file of Object.values(built)) {
      expect(readFileSync(path.join(scratch, 'two', path.basename(file))).equals(readFileSync(file))).toBe(true);
    }
  });

  test('are named as their distributions name packages', () => {
    expect(Object.values(built).map((file) => path.basename(file))).toEqual([
      `textfile-collectors_${version}_all.deb`,
      `textfile-collectors-${version}-1.noarch.rpm`,
    ]);
  });

  describe.each(['deb', 'rpm'] as const)('%s', (kind) => {
    test('holds what an installation needs', () => {
      const expected = [
        ...[...names, 'units', 'stack'].map((name) => `usr/lib/textfile-collectors/${name}.js`),
        ...commands.map((command) => `usr/bin/${command}`),
        ...commands.map((command) => `usr/share/man/man8/${command}.8.gz`),
        'usr/share/man/man5/textfile-collectors.toml.5.gz',
        ...names.map((name) => `etc/textfile-collectors/${name}.toml`),
        'usr/lib/textfile-collectors/replication-lag-forced-command',
        'usr/lib/sysusers.d/textfile-collectors.conf',
        'usr/share/doc/textfile-collectors/README.md',
      ];
      expect(expected.filter((file) => !existsSync(path.join(unpacked[kind], file)))).toEqual([]);
      for (const { name, text } of slices.flatMap((one) => unitFiles(one, packaged))) {
        expect(read(kind, `usr/lib/systemd/system/${name}`)).toBe(text);
      }
    });

    test.each([
      ['rules', 7],
      ['dashboards', 7],
      ['consoles', 7],
      ['server', 4],
      ['node', 3],
      ['grafana', 2],
    ])('holds the %s that were built', (name, least) => {
      const packed = readdirSync(path.join(unpacked[kind], 'usr/share/textfile-collectors', name));
      expect(packed).toEqual(readdirSync(path.join(root, 'dist', name)));
      expect(packed.length).toBeGreaterThanOrEqual(least);
    });

    test.each(commands)('%s runs and has a manual page of all its options', async (command) => {
      const { stdout } = await execa(process.execPath, [path.join(unpacked[kind], 'usr/bin', command), '--version']);
      expect(stdout).toContain(`textfile-collectors ${version} `);
      expect(read(kind, `usr/bin/${command}`)).toMatch(/^#!\/usr\/bin\/node\n/);
      const page = (await gunzip(kind, `usr/share/man/man8/${command}.8.gz`)).replaceAll('\\-', '-');
      const collector = collectors.find(({ name }) => command.endsWith(name));
      const options =
        collector === undefined ? (command.endsWith('units') ? unitsOptions : stackOptions) : optionsOf(collector);
      const shown = options.filter((one) => one.kind !== 'other').map(({ flag }) => `.B --${flag}`);
      expect(shown.filter((term) => !page.includes(term))).toEqual([]);
    });

    test.each(collectors)(
      'the example config of $name changes nothing, and is right when its comments go',
      async (collector) => {
        const file = path.join(unpacked[kind], 'etc/textfile-collectors', `${collector.name}.toml`);
        const uncommented = path.join(scratch, `${kind}-${collector.name}.toml`);
        writeFileSync(uncommented, readFileSync(file, 'utf8').replaceAll(/^#(?=\w)/gm, ''));
        const settings = async (config: string) => (await readRequest(collector, ['--config', config], {})).settings;
        expect(await settings(file)).toEqual(await settings('/dev/null'));
        const standard = Object.entries(await settings('/dev/null')).filter(([, value]) => value !== undefined);
        expect(await settings(uncommented)).toMatchObject(Object.fromEntries(standard));
        const keys = Object.keys(collector.settings);
        expect(keys.filter((key) => !readFileSync(file, 'utf8').includes(`\n#${key} = `))).toEqual([]);
      },
    );
  });

  test('deb: what it depends on, suggests and leaves to the administrator', async () => {
    const { stdout } = await execa('dpkg-deb', ['--field', built.deb]);
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining([
        `Version: ${version}`,
        'Architecture: all',
        'Depends: nodejs (>= 18.19), systemd (>= 247)',
        expect.stringMatching(/^Suggests: .*zfsutils-linux, iproute2, wireguard-tools/),
      ]),
    );
    expect(read('deb', 'DEBIAN/conffiles').split('\n').filter(Boolean)).toEqual(
      names.map((name) => `/etc/textfile-collectors/${name}.toml`),
    );
    await execa('md5sum', ['--check', '--quiet', 'DEBIAN/md5sums'], { cwd: unpacked.deb });
  });

  test('rpm: what it requires, suggests and leaves to the administrator', async () => {
    const ask = async (...query: string[]): Promise<string[]> =>
      (await execa('rpm', ['--query', '--package', ...query, built.rpm])).stdout.split('\n');
    const required = await ask('--requires');
    expect(required).toEqual(expect.arrayContaining(['nodejs(engine) >= 18.19', '/usr/bin/node']));
    // It would be content with nodejs-1:16 of EL 9: the package has no epoch, and any is above none.
    expect(required.filter((one) => /^nodejs\b(?!\()/.test(one))).toEqual([]);
    expect(await ask('--suggests')).toEqual(expect.arrayContaining(['zfs', 'wireguard-tools', 'iproute']));
    expect(await ask('--configfiles')).toEqual(names.map((name) => `/etc/textfile-collectors/${name}.toml`).sort());
    expect(read('rpm', 'usr/lib/systemd/system-preset/80-textfile-collectors.preset')).toBe(
      `${timed.map((name) => `enable textfile-collector-${name}.timer\n`).join('')}disable textfile-collector-ebpf.service\n`,
    );
    expect((await ask('--scripts')).filter((line) => /%_|%\{|@[A-Z_]+@/.test(line))).toEqual([]);
  });

  test('name the licence of everything in the bundles', () => {
    const release = z.object({ license: z.string(), version: z.string() });
    for (const { title, text } of notices()) {
      const [name = ''] = title.split(' ');
      const { license } = release.parse(
        JSON.parse(readFileSync(path.join(root, 'node_modules', name, 'package.json'), 'utf8')),
      );
      expect(licences).toContain(license);
      expect(read('deb', 'usr/share/doc/textfile-collectors/copyright')).toContain(`--- ${title} ---`);
      expect(read('rpm', 'usr/share/licenses/textfile-collectors/NOTICES')).toContain(text);
    }
  });

  test('list what is in the bundles, in CycloneDX', () => {
    const file = 'usr/share/doc/textfile-collectors/sbom.cdx.json';
    const text = read('deb', file);
    expect(read('rpm', file)).toBe(text);
    const component = z.object({ group: z.optional(z.string()), name: z.string(), version: z.string() });
    const sbom = z.object({
      bomFormat: z.literal('CycloneDX'),
      metadata: z.object({ component }),
      components: z.array(component),
    });
    const { metadata, components } = sbom.parse(JSON.parse(text));
    expect(metadata.component).toMatchObject({ name: 'textfile-collectors', version });
    const titles = components.map(
      (one) => `${one.group === undefined ? '' : `${one.group}/`}${one.name} ${one.version}`,
    );
    expect(titles).toEqual(expect.arrayContaining(notices().map(({ title }) => title)));
    const packages = new Set(titles.map((title) => title.replace(/ .*/, '')));
    expect([...packages].sort()).toEqual(notices().map(({ title }) => title.replace(/ .*/, '')));
  });

  test('lintian finds nothing', async () => {
    const { stdout } = await execa('lintian', ['--allow-root', '--display-info', '--pedantic', built.deb], {
      reject: false,
    });
    // Debian 12 asks for a script that Debian 13 no longer knows of, and has no name for what is overridden.
    const known = /^E: textfile-collectors: alien-tag package-supports-alternative-init-but-no-init\.d-script .*$/m;
    expect(stdout.replace(known, '')).toBe('');
  });

  test('rpmlint finds nothing', async () => {
    const config = path.join(root, 'build/package/rpmlint.toml');
    const { stdout } = await execa('rpmlint', ['--config', config, built.rpm], { reject: false });
    expect(stdout).toContain('0 errors, 0 warnings');
  });
});

/** A copy of this machine's file system that can be written: the packages' scripts find all that they call. */
const copy = `
  set -e
  mount -t tmpfs none /mnt; cd /mnt; mkdir upper work root
  mount -t overlay -o lowerdir=/,upperdir=upper,workdir=work none root
  cd root`;
const canCopy = spawnSync('unshare', ['-m', 'sh', '-c', copy]).status === 0;

describe.skipIf(leftOut || !canCopy)('an installation', () => {
  const directory = '/srv/my "100%" metrics';
  const conf = 'etc/textfile-collectors';
  const wanted = timed.map((name) => `etc/systemd/system/timers.target.wants/textfile-collector-${name}.timer`);
  const dropins = ['', '@'].map(
    (at) => `etc/systemd/system/textfile-collector-${at}.service.d/textfile-directory.conf`,
  );
  const defaults = 'etc/default/textfile-collectors';

  /** Beside an exporter that reads a directory of its own. What is there after each step, and what the steps said. */
  async function live(file: string, steps: Readonly<Record<string, string>>) {
    const prepare = `
      mkdir -p proc/42 ".$2" var/lib/node_exporter/textfile
      printf '/usr/bin/node_exporter\\0--collector.textfile.directory=%s\\0' "$2" > proc/42/cmdline
      cp "$1" tmp/package`;
    const look = `find ${conf} ${defaults}* etc/systemd/system srv var/lib/textfile-collectors var/lib/node_exporter \\
      '(' -path '*textfile*' -o -path 'srv/my*' ')' ! -type d 2> /dev/null || :`;
    const taken = Object.entries(steps).map(([name, step]) => `echo '== ${name}'; ${step}; ${look}`);
    const script = [copy, prepare, ...taken].join('\n');
    const { stdout } = await execa('unshare', ['-m', 'sh', '-c', script, 'sh', file, directory]);
    const parts = stdout.split(/^== /m).slice(1);
    return new Map(
      parts.map((part) => {
        const [name = '', ...lines] = part.split('\n');
        return [name, lines.filter(Boolean).sort()];
      }),
    );
  }

  const edit = `echo 'timeout = 20' >> ${conf}/zfs.toml; echo TEXTFILE_TIMEOUT=9 >> ${defaults}; mkdir -p var/lib/textfile-collectors; echo {} > var/lib/textfile-collectors/zfs.json`;
  const textfiles = `
    for folder in ".$2" var/lib/node_exporter/textfile; do
      for name in zfs wireguard-blue; do echo 'textfile_collector_info{collector="x"} 1' > "$folder/$name.prom"; done
      echo 'tcp_of_another 1' > "$folder/tcp.prom"
      echo 'textfile_collector_info{collector="node"} 1' > "$folder/node.prom"
    done`;
  const content = `cat ${defaults}; cat "${dropins[0]}"; grep ^textfile-collectors: etc/passwd; tail -1 ${conf}/zfs.toml`;
  const foreign = [
    `${directory.slice(1)}/node.prom`,
    `${directory.slice(1)}/tcp.prom`,
    'var/lib/node_exporter/textfile/node.prom',
    'var/lib/node_exporter/textfile/tcp.prom',
  ];
  const settled = [...names.map((name) => `${conf}/${name}.toml`), defaults, ...dropins, ...wanted];
  const said =
    `textfile-collectors: the textfile directory is ${directory}, which the running node_exporter reads; ` +
    `to change it, see /${defaults}`;
  const chosen = [
    String.raw`TEXTFILE_DIRECTORY="/srv/my \"100%\" metrics"`,
    String.raw`ReadWritePaths="-/srv/my \"100%%\" metrics"`,
    expect.stringMatching(/^textfile-collectors:x:\d+:\d+:.*:\/usr\/sbin\/nologin$/),
  ];

  test('of the deb: installed, upgraded, removed and purged', async () => {
    const dpkg = 'chroot . dpkg --no-triggers --force-depends';
    const life = await live(built.deb, {
      installed: `${dpkg} --install /tmp/package | grep textfile-collectors:`,
      content,
      ran: 'chroot . textfile-collector-zfs',
      upgraded: `rm ".$2/zfs.prom"; ${edit}; ${dpkg} --install /tmp/package | grep textfile-collectors: || :`,
      edited: content,
      removed: `${textfiles}; ${dpkg} --remove textfile-collectors > /dev/null`,
      purged: `${dpkg} --purge textfile-collectors > /dev/null`,
    });
    expect(life.get('installed')).toEqual([...settled, said].sort());
    expect(life.get('content')).toEqual(expect.arrayContaining(chosen));
    expect(life.get('ran')).toEqual([...settled, `${directory.slice(1)}/zfs.prom`].sort());
    expect(life.get('upgraded')).toEqual([...settled, 'var/lib/textfile-collectors/zfs.json'].sort());
    expect(life.get('edited')).toEqual(expect.arrayContaining([...chosen, 'TEXTFILE_TIMEOUT=9', 'timeout = 20']));
    expect(life.get('removed')).toEqual([...settled, ...foreign, 'var/lib/textfile-collectors/zfs.json'].sort());
    expect(life.get('purged')).toEqual(foreign);
  }, 60_000);

  test('of the rpm: installed, upgraded and erased', async () => {
    const rpm = 'rpm --root "$PWD" --dbpath /var/lib/rpm';
    const life = await live(built.rpm, {
      installed: `${rpm} --nodeps --install tmp/package`,
      content,
      upgraded: `${edit}; ${rpm} --nodeps --upgrade --replacepkgs tmp/package`,
      edited: content,
      erased: `${textfiles}; ${rpm} --erase textfile-collectors`,
    });
    expect(life.get('installed')).toEqual([...settled, said].sort());
    expect(life.get('content')).toEqual(expect.arrayContaining(chosen));
    expect(life.get('upgraded')).toEqual([...settled, 'var/lib/textfile-collectors/zfs.json'].sort());
    expect(life.get('edited')).toEqual(expect.arrayContaining([...chosen, 'TEXTFILE_TIMEOUT=9', 'timeout = 20']));
    expect(life.get('erased')).toEqual([`${conf}/zfs.toml.rpmsave`, ...foreign]);
  }, 60_000);
});
