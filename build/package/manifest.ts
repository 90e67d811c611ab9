import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { collectors, slices } from '../../collectors/index.ts';
import { configFile } from '../../lib/options/config.ts';
import type { CollectorSlice } from '../../lib/slice.ts';
import { unitFiles } from '../../units/files.ts';
import { packaged } from '../../units/places.ts';
import { stackFolders } from '../stack/files.ts';
import { installedDocuments } from './documents.ts';
import { exampleConfig } from './example-config.ts';
import { commandPage, configPage, stackPage, unitsPage } from './man.ts';

export const root = path.resolve(import.meta.dirname, '../..');
const dist = path.join(root, 'dist');

/** What is installed at `path`: a file, or a link to `target`. */
export interface Item {
  readonly path: string;
  readonly content: string | Buffer;
  readonly kind: 'file' | 'program' | 'config' | 'doc' | 'licence' | 'link';
}

/** What both packages hold beside the documents that each distribution wants. */
export function manifest(): Item[] {
  return [
    ...[...collectors.map(({ name }) => name), 'units', 'stack'].flatMap(program),
    ...slices.flatMap(scripts),
    ...slices
      .flatMap((one) => unitFiles(one, packaged))
      .map(({ name, text }) => file(`/usr/lib/systemd/system/${name}`, text)),
    file('/usr/lib/sysusers.d/textfile-collectors.conf', sysusers),
    ...collectors.map((one) => item('config', configFile(one.name), exampleConfig(one))),
    ...collectors.map((one) => manual(8, `textfile-collector-${one.name}`, commandPage(one))),
    manual(8, 'textfile-collector-units', unitsPage()),
    manual(8, 'textfile-collector-stack', stackPage()),
    manual(5, 'textfile-collectors.toml', configPage(collectors)),
    ...['dashboards', ...stackFolders].flatMap(built),
    item('doc', '/usr/share/doc/textfile-collectors/sbom.cdx.json', readFileSync(path.join(dist, 'sbom.cdx.json'))),
    ...[...installedDocuments()].map(([name, text]) => item('doc', `/usr/share/doc/textfile-collectors/${name}`, text)),
  ];
}

function item(kind: Item['kind'], path: string, content: string | Buffer): Item {
  return { kind, path, content };
}

const file = (path: string, content: string | Buffer): Item => item('file', path, content);

/** A bundle under its own name and as a command. env(1) would find another node than the one the package depends on. */
function program(name: string): Item[] {
  const text = readFileSync(path.join(dist, `${name}.js`), 'utf8').replace(/^#!.*/, `#!${packaged.node}`);
  return [
    item('program', `${packaged.prefix}/${name}.js`, text),
    item('link', `/usr/bin/textfile-collector-${name}`, `../lib/textfile-collectors/${name}.js`),
  ];
}

function scripts({ name: folder, programs = [] }: CollectorSlice): Item[] {
  return programs.map(({ file, name }) =>
    item('program', `${packaged.prefix}/${name}`, readFileSync(path.join(root, 'collectors', folder, file))),
  );
}

const sysusers = `u ${packaged.user} - "Textfile collectors of node_exporter"\n`;

function manual(section: 5 | 8, name: string, text: string): Item {
  return item('doc', `/usr/share/man/man${section}/${name}.${section}.gz`, compressed(text));
}

/** As gzip -9n. */
export function compressed(text: string): Buffer {
  return gzipSync(text, { level: 9 });
}

/** What `npm run build` has put into a folder of dist/. */
function built(name: string): Item[] {
  const folder = path.join(dist, name);
  return readdirSync(folder)
    .sort()
    .map((one) => file(`/usr/share/textfile-collectors/${name}/${one}`, readFileSync(path.join(folder, one))));
}
