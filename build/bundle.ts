import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type BuildOptions, type Metafile, type Plugin, build } from 'esbuild';
import * as z from 'zod/mini';
import { collectors } from '../collectors/index.ts';
import { version } from '../lib/run/version.ts';

/** What may get into a bundle. Each is read before it is added here: it runs as root on every node. */
const allowed = new Set([
  // The atomic write.
  'write-file-atomic',
  'imurmurhash',
  'signal-exit',
  // Options and config.
  'yargs',
  'yargs-parser',
  'y18n',
  'cliui',
  'escalade',
  'smol-toml',
  'zod',
  'wildcard-match',
]);

/** Below this the program runs, in syntax; what it says there is which Node.js it needs. */
const oldestSyntax = 'node12';

/**
 * Packages that stand in a comment at the end of the bundle and are compiled when something asks for them. Node reads all
 * code of a file before it runs the first line, and these are half of it; but a timer's run has no options for yargs and
 * most have no config file.
 */
const appended = ['yargs', 'smol-toml'];

const banner = `#!/usr/bin/env node
// textfile-collectors ${version}. At the end stand ${appended.join(' and ')}, compiled when they are needed, and the licences.
var need = process.versions.node.split('.').map(Number);
if (need[0] < 18 || (need[0] === 18 && need[1] < 19)) {
  console.error(process.argv[1] + ': needs Node.js 18.19 or newer, this is ' + process.version);
  process.exit(1);
}
function appended(name) {
  var text = require('fs').readFileSync(__filename, 'utf8');
  var from = text.indexOf('\\n@@ ' + name + '\\n');
  var code = text.slice(text.indexOf('\\n', from + 1), text.indexOf('\\n@@', from + 1)).split('*\\\\/').join('*/');
  var module = { exports: {} };
  var wrapped = '(function (require, module, exports, bundleUrl) {' + code + '\\n})';
  var run = require('vm').runInThisContext(wrapped, { filename: __filename + '@' + name });
  run(require, module, module.exports, require('url').pathToFileURL(__filename).href);
  return module.exports.default || module.exports;
}`;

const release = z.object({ version: z.string() });
const root = path.resolve(import.meta.dirname ?? '.', '..');
const dist = path.join(root, 'dist');

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: oldestSyntax,
  lineLimit: 200,
  // The ES modules of yargs and what it stands on: a third of its CommonJS form, and readable. They ask for their place.
  mainFields: ['module', 'main'],
  conditions: ['import'],
  define: { 'import.meta.url': 'bundleUrl' },
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
} satisfies BuildOptions;

async function bundle(name: string, entry: string, appendix: readonly Appended[]): Promise<void> {
  const outfile = path.join(dist, `${name}.js`);
  const { metafile } = await build({
    ...shared,
    entryPoints: [entry],
    outfile,
    alias: { worker_threads: './build/main-thread.ts' },
    plugins: [asksForAppended],
    banner: { js: banner },
  });
  const packages = [...new Set([metafile, ...appendix.map((one) => one.metafile)].flatMap(packagesOf))].sort();
  const strangers = packages.filter((one) => !allowed.has(one));
  if (strangers.length > 0)
    throw new Error(`Cannot bundle ${name}: not on the list of packages: ${strangers.join(', ')}`);
  const parts = [
    await readFile(outfile, 'utf8'),
    '/*',
    ...appendix.map(({ text }) => text),
    await notices(packages),
    '*/',
  ];
  await writeFile(outfile, `${parts.join('\n')}\n`);
  await chmod(outfile, 0o755);
}

/** The program's `import('yargs')` becomes `appended('yargs')`. */
const asksForAppended: Plugin = {
  name: 'appended',
  setup: (bundling) => {
    const filter = new RegExp(`^(?:${appended.join('|')})$`);
    bundling.onResolve({ filter }, ({ path }) => ({ path, namespace: 'appended' }));
    bundling.onLoad({ filter, namespace: 'appended' }, ({ path }) => ({
      contents: `module.exports = appended('${path}');`,
    }));
  },
};

/** A package with all that it stands on, as text that can stand in a comment. */
interface Appended {
  readonly text: string;
  readonly metafile: Metafile;
}

async function append(name: string): Promise<Appended> {
  const { outputFiles, metafile } = await build({ ...shared, entryPoints: [name], write: false });
  const code = outputFiles[0]?.text ?? '';
  if (code.includes('*\\/') || code.includes('\n@@'))
    throw new Error(`Cannot append ${name}: its text holds our marks`);
  return { text: `@@ ${name}\n${code.replaceAll('*/', '*\\/')}@@`, metafile };
}

function packagesOf({ inputs }: Metafile): string[] {
  const names = Object.keys(inputs).flatMap((file) => {
    const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file) ?? [];
    return name === undefined ? [] : [name];
  });
  return [...new Set(names)].sort();
}

async function notices(packages: readonly string[]): Promise<string> {
  const texts = await Promise.all(packages.map(notice));
  return `\nThis file contains the packages below.\n\n${texts.join('\n')}`;
}

async function notice(name: string): Promise<string> {
  const folder = path.join(root, 'node_modules', name);
  const manifest = release.parse(JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')));
  const text = (await licence(folder)).replaceAll('*/', '* /').trim();
  return `--- ${name} ${manifest.version} ---\n${text}\n`;
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
const appendix = await Promise.all(appended.map(append));
for (const { name } of collectors) await bundle(name, `collectors/${name}/main.ts`, appendix);
await bundle('units', 'units/main.ts', appendix);
