import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cyclonedxEsbuildPlugin } from '@cyclonedx/cyclonedx-esbuild';
import { type BuildOptions, build } from 'esbuild';
import * as z from 'zod/mini';
import { collectors } from '../collectors/index.ts';
import { version } from '../lib/run/version.ts';
import { allowed } from './packages.ts';

/** Below this the program runs, in syntax; what it says there is which Node.js it needs. */
const oldestSyntax = 'node12';

const banner = `#!/usr/bin/env node
// textfile-collectors ${version}. At the end stand the licences of the packages in this file.
var need = process.versions.node.split('.').map(Number);
if (need[0] < 18 || (need[0] === 18 && need[1] < 19)) {
  console.error(process.argv[1] + ': needs Node.js 18.19 or newer, this is ' + process.version);
  process.exit(1);
}
var bundleUrl = require('url').pathToFileURL(__filename).href;`;

const root = path.resolve(import.meta.dirname ?? '.', '..');
const dist = path.join(root, 'dist');

const options = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: oldestSyntax,
  // Of a package that has both, the ES modules: signal-exit then is in it once, and yargs a third as long.
  mainFields: ['module', 'main'],
  conditions: ['import'],
  define: { 'import.meta.url': 'bundleUrl' },
  banner: { js: banner },
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
} satisfies BuildOptions;

/** Writes dist/sbom.cdx.json: the packages that are in any bundle, in CycloneDX, the same bytes each time. */
const sbom = cyclonedxEsbuildPlugin({
  outputFile: 'sbom.cdx.json',
  specVersion: '1.6',
  outputReproducible: true,
  validate: true,
  // What goes wrong is thrown all the same.
  logLevel: 'silent',
});

/** What is in any of them. */
const packages = new Set<string>();

/** Bundles one program, with the licences of what is in it. */
async function bundle(name: string, entry: string): Promise<void> {
  const outfile = path.join(dist, `${name}.js`);
  const { metafile } = await build({ ...options, entryPoints: [entry], outfile });
  const inside = packagesOf(Object.keys(metafile.inputs));
  for (const one of inside) packages.add(one);
  const unknown = inside.filter((one) => !(one in allowed));
  if (unknown.length > 0)
    throw new Error(`Cannot bundle ${name}: expected packages of the list, got ${unknown.join(', ')}`);
  const notices = await noticesOf(inside);
  await writeFile(outfile, `${await readFile(outfile, 'utf8')}\n/*\n${notices.replaceAll('*/', '* /')}*/\n`);
  await chmod(outfile, 0o755);
}

function packagesOf(files: readonly string[]): string[] {
  const names = files.flatMap((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
  return [...new Set(names)].sort();
}

const release = z.object({ version: z.string() });

async function noticesOf(packages: readonly string[]): Promise<string> {
  const texts = packages.map(async (name) => {
    const folder = path.join(root, 'node_modules', name);
    const manifest = release.parse(JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')));
    return `--- ${name} ${manifest.version} ---\n${(await licence(folder)).trim()}\n\n`;
  });
  return `This program contains the packages below.\n\n${(await Promise.all(texts)).join('')}`;
}

/** A file of its own, or the last part of the README. */
async function licence(folder: string): Promise<string> {
  const names = await readdir(folder);
  const file = names.find((one) => /^licen[cs]e/i.test(one));
  if (file !== undefined) return readFile(path.join(folder, file), 'utf8');
  const readme = names.find((one) => /^readme/i.test(one));
  const text = readme === undefined ? '' : await readFile(path.join(folder, readme), 'utf8');
  const [, part] = /^(?:#+ )?licen[cs]e[^\n]*\n(?:-+\n)?(.+)/ims.exec(text) ?? [];
  if (part === undefined) throw new Error(`Cannot bundle ${folder}: expected a licence, got none`);
  return part;
}

await mkdir(dist, { recursive: true });
// This package is of ES modules and the bundles are not; anywhere else they need no manifest beside them.
await writeFile(path.join(dist, 'package.json'), '{ "type": "commonjs" }\n');
const programs: Record<string, string> = Object.fromEntries([
  ...collectors.map(({ name }) => [name, `collectors/${name}/main.ts`]),
  ['units', 'units/main.ts'],
  ['stack', 'build/stack/main.ts'],
]);
for (const [name, entry] of Object.entries(programs)) await bundle(name, entry);
await writeFile(path.join(dist, 'licences.txt'), await noticesOf([...packages].sort()));
await build({ ...options, entryPoints: programs, outdir: dist, write: false, plugins: [sbom] });
