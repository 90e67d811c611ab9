import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { script } from '../../../build/package/scripts.ts';
import { findExporters } from '../../../lib/doctor/exporter.ts';
import { machineDefaults } from '../../../lib/options/defaults.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'package scripts-'));
  for (const name of ['proc', 'one', 'two']) mkdirSync(path.join(folder, name));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs lines of shell with the packages' functions, in `folder`, where everything is that they touch. */
async function shell(lines: string): Promise<string> {
  const here = `cd "$1"; proc=$PWD/proc defaults=$PWD/defaults; well_known() { printf '%s\\n' "$PWD/one" "$PWD/two"; }`;
  const { stdout } = await execa('sh', ['-euc', `${script('functions.sh')}\n${here}\n${lines}`, 'sh', folder]);
  return stdout;
}

function running(pid: number, ...words: string[]): void {
  mkdirSync(path.join(folder, 'proc', String(pid)));
  writeFileSync(path.join(folder, 'proc', String(pid), 'cmdline'), words.map((word) => `${word}\0`).join(''));
}

describe('the directories of running exporters are those that --check finds', () => {
  const flag = '--collector.textfile.directory';
  test.each([
    [['/usr/bin/prometheus-node-exporter']],
    [['/usr/bin/node-exporter', '--no-collector.zfs', `${flag}=/a`]],
    [['./node_exporter', `${flag}=/a b/c=d "e" $f`]],
    [['node_exporter', flag, '/a', '--x']],
    [['node_exporter', `${flag}=/a`, `${flag}=/b/*`]],
    [['node_exporter', `${flag}-x=/a`, `--x${flag}=/b`]],
    [['vim', '/usr/bin/node_exporter', `${flag}=/a`]],
    [['/usr/bin/zfs_exporter', `${flag}=/a`]],
    [[]],
  ])('%j', async (words) => {
    running(1, '/sbin/init');
    running(42, ...words);
    const found = findExporters(path.join(folder, 'proc')).flatMap(({ directories }) => directories);
    expect((await shell('exporter_directories')).split('\n').filter(Boolean)).toEqual(found);
  });
});

describe('the directory', () => {
  const choose = 'choose_directory; echo "${directory#"$PWD"/} $reason"';

  test('is that of the running exporter, where it exists', async () => {
    mkdirSync(path.join(folder, 'its own'));
    const flags = ['/nowhere', path.join(folder, 'its own')].map((one) => `--collector.textfile.directory=${one}`);
    running(42, 'node_exporter', ...flags);
    expect(await shell(choose)).toBe('its own which the running node_exporter reads');
  });

  test('is the one that exists', async () => {
    rmSync(path.join(folder, 'one'), { recursive: true });
    expect(await shell(choose)).toBe('two which is there');
  });

  test("is the distribution's of two", async () => {
    expect(await shell(choose)).toBe('one which is there');
  });

  test("is made as the distribution's where there is none", async () => {
    for (const name of ['one', 'two']) rmSync(path.join(folder, name), { recursive: true });
    expect(await shell(choose)).toMatch(/^one which node_exporter's package reads/);
    expect(readdirSync(folder)).toContain('one');
  });

  test.each(['/a b', '/a"b', '/a$HOME', '/a`b`', '/a\\b', '/ü%h'])(
    '%s is read back as it was written',
    async (name) => {
      expect(await shell(`write_default '${name}'; configured_directory`)).toBe(name);
    },
  );

  test.each([
    'TEXTFILE_TIMEOUT=20\nTEXTFILE_DIRECTORY=/mine',
    'TEXTFILE_DIRECTORY=/theirs\n TEXTFILE_DIRECTORY=/mine \r\n# TEXTFILE_DIRECTORY=/x\n',
    'TEXTFILE_DIRECTORY=/my metrics\n',
    "TEXTFILE_DIRECTORY='/a\\b\"c'\n",
    'TEXTFILE_DIRECTORY="/a\\\\b\'c"\n',
    'TEXTFILE_DIRECTORY=/a\\ b\n',
    // No shell reads on behind this.
    'TEXTFILE_DIRECTORY=/mine\nTEXTFILE_ZFS_DATASET_INCLUDE=tank/(a|b)\n',
  ])('of the administrator stays, and is the one that a run reads: %j', async (text) => {
    const defaults = path.join(folder, 'defaults');
    writeFileSync(defaults, text);
    const settled = await shell('allow_directory() { printf %s "$1"; }; settle_directory');
    expect(settled).toBe(machineDefaults(defaults)['TEXTFILE_DIRECTORY']);
    expect(readFileSync(defaults, 'utf8')).toBe(text);
  });

  test('is written below what the file says already', async () => {
    const defaults = path.join(folder, 'defaults');
    writeFileSync(defaults, 'TEXTFILE_TIMEOUT=20');
    await shell('write_default /chosen');
    expect(machineDefaults(defaults)).toEqual({ TEXTFILE_TIMEOUT: '20', TEXTFILE_DIRECTORY: '/chosen' });
  });

  test.each([
    ['/srv/a', []],
    ['/run/my "own"', [String.raw`BindPaths="-/run/my \"own\""`]],
    ['/var/run/a', ['BindPaths="-/var/run/a"']],
    ['/dev/shm/a%', ['BindPaths="-/dev/shm/a%%"']],
  ])('%s is put back where the units have a folder of their own in its place', async (directory, bound) => {
    const [, , ...more] = (await shell(`leave_to_write '${directory}'`)).split('\n');
    expect(more).toEqual(bound);
  });

  test('is nothing where the file does not say, or is not there', async () => {
    expect(await shell('configured_directory')).toBe('');
    writeFileSync(path.join(folder, 'defaults'), 'TEXTFILE_TIMEOUT=20\n');
    expect(await shell('TEXTFILE_DIRECTORY=/inherited; configured_directory')).toBe('');
  });
});
