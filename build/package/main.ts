import path from 'node:path';
import { messageOf } from '../../lib/errors.ts';
import { root } from './manifest.ts';
import { buildPackages, sourceTime } from './packages.ts';

try {
  const out = path.resolve(process.argv[2] ?? path.join(root, 'dist'));
  const { deb, rpm } = await buildPackages(out, await sourceTime());
  process.stdout.write(`${deb}\n${rpm}\n`);
} catch (error) {
  process.stderr.write(`package: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
