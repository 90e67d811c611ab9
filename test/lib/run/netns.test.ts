import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { fixture, seriesOf } from '../../replay.ts';

const bundle = (name: string): string => path.join(import.meta.dirname, '../../../dist', `${name}.js`);

test.each(['tcp', 'wireguard'])('--netns gives %s a file of its own and every series a label', async (name) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'netns-'));
  const replay = ['--replay', fixture(name, 'healthy'), '--textfile-dir', folder];
  await execa(process.execPath, [bundle(name), ...replay]);
  await execa(process.execPath, [bundle(name), ...replay, '--netns', 'blue']);
  expect(readdirSync(folder).sort()).toEqual([`${name}-blue.prom`, `${name}.prom`]);
  const plain = [...seriesOf(readFileSync(path.join(folder, `${name}.prom`), 'utf8')).keys()];
  const blue = [...seriesOf(readFileSync(path.join(folder, `${name}-blue.prom`), 'utf8')).keys()];
  const labelled = (series: string): string =>
    series.endsWith('}') ? series.replace(/\}$/, ',netns="blue"}') : `${series}{netns="blue"}`;
  expect(blue).toEqual(plain.map(labelled));
  rmSync(folder, { recursive: true });
});

test.each([
  ['zfs', 'blue', 'zfs: Cannot read the options: expected those that --help shows, got netns'],
  ['tcp', '../etc/passwd', 'got "../etc/passwd"'],
  ['tcp', 'a b', 'got "a b"'],
])('%s does not take --netns %j', async (name, netns, message) => {
  const { exitCode, stderr } = await execa(process.execPath, [bundle(name), '--stdout', '--netns', netns], {
    reject: false,
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(message) });
});
