import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../../lib/errors.ts';
import { manifest, root } from './manifest.ts';
import { buildPackages, sourceTime } from './packages.ts';
import { aptRepository, dnfRepository } from './repository.ts';
import { exportKey, signDetached, signRpm } from './sign.ts';
import { buildTarball } from './tarball.ts';

/** Exit status 0: done, 1: something was not made, 2: bad option. */
async function main(): Promise<void> {
  const { out, key } = options();
  refuseForeign(out);
  // A release is there whole, or the older one still is.
  mkdirSync(path.dirname(out), { recursive: true });
  const unfinished = mkdtempSync(`${out}.`);
  try {
    await build(unfinished, key);
    chmodSync(unfinished, 0o755);
    rmSync(out, { recursive: true, force: true });
    renameSync(unfinished, out);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  process.stdout.write(`${out}\n`);
}

async function build(out: string, key: string | undefined): Promise<void> {
  const time = await sourceTime();
  const { deb, rpm } = await buildPackages(out, time);
  // Before anything is counted or copied: the signature is a part of the file.
  if (key !== undefined) await signRpm(rpm, key);
  await buildTarball(out, manifest(), time);
  copyFileSync(path.join(root, 'dist/sbom.cdx.json'), path.join(out, 'sbom.cdx.json'));
  if (key !== undefined) await exportKey(key, path.join(out, 'textfile-collectors.asc'));
  await aptRepository(path.join(out, 'apt'), deb, time, key);
  await dnfRepository(path.join(out, 'dnf'), rpm, time, key);
  const sums = path.join(out, 'SHA256SUMS');
  writeFileSync(sums, checksums(out));
  if (key !== undefined) await signDetached(sums, `${sums}.asc`, key);
}

function options(): { readonly out: string; readonly key: string | undefined } {
  const { values } = parseArgs({
    options: { out: { type: 'string', default: path.join(root, 'dist/release') }, key: { type: 'string' } },
  });
  return { out: path.resolve(values.out), key: values.key };
}

/** All that a release of any version has. */
const own = /^(apt|dnf|sbom\.cdx\.json|SHA256SUMS(\.asc)?|textfile-collectors([-_].*\.(deb|rpm|tar\.gz)|\.asc))$/;

/** Only what looks like a release, and holds nothing else, is replaced: many folders have SHA256SUMS. */
function refuseForeign(out: string): void {
  const foreign = (existsSync(out) ? readdirSync(out) : []).filter((name) => !own.test(name));
  if (foreign.length === 0) return;
  throw new Error(
    `Cannot write ${out}: expected no folder, or an older release, got ${foreign.slice(0, 3).join(', ')}`,
  );
}

/** As sha256sum(1) writes and checks them. */
function checksums(out: string): string {
  return readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(out, path.join(entry.parentPath, entry.name)))
    .sort()
    .map(
      (name) =>
        `${createHash('sha256')
          .update(readFileSync(path.join(out, name)))
          .digest('hex')}  ${name}\n`,
    )
    .join('');
}

try {
  await main();
} catch (error) {
  process.stderr.write(`release: ${messageOf(error)}\n`);
  process.exitCode = error instanceof TypeError ? 2 : 1;
}
