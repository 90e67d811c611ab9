import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { messageOf } from '../lib/errors.ts';

/** Releases of Node.js that the bundles are tested on, beside the one that runs the tests. */
export const runtimes = {
  /** The oldest that a bundle runs on: that of Ubuntu 24.04. */
  oldest: '18.19.1',
  newest: '24.21.0',
  /** That of EL 9; a bundle has to say that it needs a newer one. */
  tooOld: '16.20.2',
} as const;

type Runtime = (typeof runtimes)[keyof typeof runtimes];

const folder = path.join(import.meta.dirname, '../node_modules/.runtimes');
/** The registry has one such package for each platform; the binary in it is the one that nodejs.org releases. */
const platform = `node-${process.platform}-${process.arch}`;

/** Where the binary of a release lies once `npm test` has put it there. */
export function runtimePath(version: Runtime): string {
  return path.join(folder, version, 'node_modules', platform, 'bin/node');
}

async function install(version: Runtime): Promise<void> {
  if (await answers(version)) return;
  const prefix = path.join(folder, version);
  await mkdir(prefix, { recursive: true });
  const options = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts'];
  const npm = await execa('npm', ['install', ...options, '--prefix', prefix, `${platform}@${version}`], {
    stdin: 'ignore',
    reject: false,
  });
  if (await answers(version)) return;
  // The code alone: the rest of what npm says holds the registry's address.
  const [, code = `exit status ${npm.exitCode ?? 'none'}`] = /^npm (?:error|ERR!) code (\S+)/m.exec(npm.stderr) ?? [];
  throw new Error(`Cannot install Node.js ${version} for the tests: npm install ${platform}@${version}: ${code}`);
}

/** An install that was broken off leaves a binary that is not whole. */
async function answers(version: Runtime): Promise<boolean> {
  const { stdout } = await execa(runtimePath(version), ['--version'], { reject: false });
  return stdout === `v${version}`;
}

if (process.argv[1] === import.meta.filename) {
  const outcomes = await Promise.allSettled(Object.values(runtimes).map(install));
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') continue;
    process.stderr.write(`${messageOf(outcome.reason)}\n`);
    process.exitCode = 1;
  }
}
