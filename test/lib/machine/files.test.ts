import { mkdirSync, rmdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { scratchMachine } from './scratch.ts';

const { at, host } = scratchMachine();

describe('files and folders', () => {
  test('/proc, /sys and the state folder lie where the options say, everything else where it is', async () => {
    for (const name of ['proc/a', 'sys/a', 'state/a', 'proc/-other', 'elsewhere']) {
      writeFileSync(at(name), `${name}, größer\n`);
    }
    const machine = host();
    expect(await machine.readText('/proc/a')).toBe('proc/a, größer\n');
    expect(await machine.readText('/sys/a')).toBe('sys/a, größer\n');
    expect(await machine.readText('/var/lib/textfile-collectors/a')).toBe('state/a, größer\n');
    expect(await machine.readText(at('elsewhere'))).toBe('elsewhere, größer\n');
    expect(await machine.readText('/proc-other')).toBeUndefined();
    expect(await machine.list('/sys')).toEqual([{ name: 'a', folder: false }]);
  });

  test('a folder is listed in one order', async () => {
    for (const name of ['b', '10', 'é', 'B', '9', '.x']) writeFileSync(at('proc', name), '');
    mkdirSync(at('proc', 'a'));
    const entries = (await host().list('/proc')) ?? [];
    expect(entries.map(({ name }) => name)).toEqual(['.x', '10', '9', 'B', 'a', 'b', 'é']);
    expect(entries.filter((entry) => entry.folder)).toEqual([{ name: 'a', folder: true }]);
  });

  test('what is not there is undefined', async () => {
    writeFileSync(at('proc/file'), '');
    const machine = host();
    const paths = ['/proc/none', '/proc/none/a', '/proc/file/a'];
    const answers = paths.flatMap((one) => [machine.readText(one), machine.list(one)]);
    expect(await Promise.all([...answers, machine.list('/proc/file')])).toEqual(Array.from({ length: 7 }));
  });

  test('what cannot be read is an error', async () => {
    mkdirSync(at('proc/folder'));
    symlinkSync('loop', at('proc/loop'));
    const machine = host();
    await expect(machine.readText('/proc/folder')).rejects.toThrow('proc/folder: it is a folder');
    await expect(machine.readText('/proc/loop')).rejects.toThrow('ELOOP');
    await expect(machine.list('/proc/loop')).rejects.toThrow('ELOOP');
  });

  test('what is forbidden is an error', async ({ skip }) => {
    const isRoot = process.geteuid?.() === 0;
    skip(isRoot && !canBecome(65_534), 'root is forbidden nothing, and this Node.js does not become another user');
    writeFileSync(at('proc/secret'), '', { mode: 0 });
    mkdirSync(at('sys/secret'), { mode: 0 });
    const machine = host();
    if (isRoot) process.seteuid?.(65_534);
    try {
      await expect(machine.readText('/proc/secret')).rejects.toThrow('EACCES');
      await expect(machine.list('/sys/secret')).rejects.toThrow('EACCES');
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
    rmdirSync(at('sys/secret'));
  });
});

/** Not where it may use io_uring, whose threads would stay root: as Debian 13 builds it. */
function canBecome(uid: number): boolean {
  try {
    process.seteuid?.(uid);
    process.seteuid?.(0);
    return true;
  } catch {
    return false;
  }
}
