import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  watch,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { replaceFile } from '../../../lib/machine/replace-file.ts';

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;
/** As the end of a temporary name. */
const random = '0123456789abcdef'.repeat(2);
const canMount = spawnSync('unshare', ['-rm', 'true']).status === 0;
const tools = mkdtempSync(path.join(os.tmpdir(), 'textfile-tools-'));
const writer = path.join(tools, 'writer.cjs');
let folder: string;
let file: string;

/** A program that replaces a file by so many bytes: for what needs a process with a umask, a user or a limit of its own. */
beforeAll(() => {
  chmodSync(tools, 0o755);
  const contents = `
    import { replaceFile } from './lib/machine/replace-file.ts';
    const [file = '', bytes = ''] = process.argv.slice(2);
    try {
      replaceFile(file, 'x'.repeat(Number(bytes) - 1) + '\\n');
    } catch (error) {
      console.error(error.message);
      process.exitCode = 1;
    }`;
  const root = path.join(import.meta.dirname, '../../..');
  buildSync({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    platform: 'node',
    outfile: writer,
  });
});
afterAll(() => rmSync(tools, { recursive: true }));

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'textfile-'));
  file = path.join(folder, 'zfs.prom');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes in a process of its own, started by `wrapper`. */
function write(bytes: number, ...wrapper: string[]) {
  const args = [...wrapper, process.execPath, writer, file, String(bytes)];
  return spawnSync('env', args, { encoding: 'utf8' });
}

function mode(): string {
  return (statSync(file).mode & 0o7777).toString(8);
}

describe('replaceFile', () => {
  test('whoever reads the old file while it is replaced reads it whole', () => {
    replaceFile(file, 'old\n');
    const reader = openSync(file, 'r');
    replaceFile(file, 'new and longer\n');
    const buffer = Buffer.alloc(100);
    expect(buffer.toString('utf8', 0, readSync(reader, buffer))).toBe('old\n');
    closeSync(reader);
    expect(readFileSync(file, 'utf8')).toBe('new and longer\n');
    expect(readdirSync(folder)).toEqual(['zfs.prom']);
  });

  test('a shorter text leaves nothing of a longer one', () => {
    replaceFile(file, `${'long '.repeat(100_000)}\n`);
    replaceFile(file, 'größer\n');
    expect(readFileSync(file, 'utf8')).toBe('größer\n');
  });

  test.each([
    ['a new file', undefined],
    ['a file that only its owner could read', 0o600],
    ['a file that others could write', 0o666],
  ])('has mode 0644 under umask 077: %s', (_, before) => {
    if (before !== undefined) {
      writeFileSync(file, 'old\n');
      chmodSync(file, before);
    }
    const { status, stderr } = write(10, 'sh', '-c', 'umask 077; exec "$@"', 'sh');
    expect([status, stderr, mode()]).toEqual([0, '', '644']);
  });

  test('beyond a file size limit, the old file stays as it was and nothing is left beside it', () => {
    writeFileSync(file, 'old\n');
    const { ino } = statSync(file);
    const { status, stderr } = write(1_000_000, 'sh', '-c', 'ulimit -f 64; exec "$@"', 'sh');
    expect([status, stderr]).toEqual([1, 'EFBIG: file too large, write\n']);
    expect(readFileSync(file, 'utf8')).toBe('old\n');
    expect(statSync(file).ino).toBe(ino);
    expect(readdirSync(folder)).toEqual(['zfs.prom']);
  });

  test.runIf(canMount)('on a full disk, too, with one line that says so', () => {
    const script = `
      mount -t tmpfs -o size=64k none "$FOLDER" && echo old > "$FOLDER/zfs.prom"
      "$@" && echo it succeeded
      ls "$FOLDER"; cat "$FOLDER/zfs.prom"`;
    const { stdout, stderr } = write(1_000_000, `FOLDER=${folder}`, 'unshare', '-rm', 'sh', '-c', script, 'sh');
    expect(stdout).toBe('zfs.prom\nold\n');
    expect(stderr).toMatch(/^ENOSPC: .*\n$/);
  });

  test('a missing directory is an error of one line that names the place', () => {
    file = path.join(folder, 'missing', 'zfs.prom');
    const { status, stderr } = write(10);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^ENOENT: no such file or directory.*missing\/zfs\.prom.*\n$/);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('no name that it uses on the way ends in .prom, and each is known as its own', async () => {
    const names = await namesSeen(() => replaceFile(file, 'new\n'));
    const temporary = [...names].filter((name) => name !== 'zfs.prom');
    expect(temporary.length).toBeGreaterThan(0);
    expect(temporary.filter((name) => name.endsWith('.prom'))).toEqual([]);
    for (const name of temporary) leave(name, 3600);
    replaceFile(file, 'new\n');
    expect(readdirSync(folder)).toEqual(['zfs.prom']);
  });
});

/** The names that appear in the folder until the finished file does. */
async function namesSeen(task: () => void): Promise<Set<string>> {
  const names = new Set<string>();
  const watcher = watch(folder, (_, name) => names.add(name ?? ''));
  task();
  await vi.waitUntil(() => names.has('zfs.prom'));
  watcher.close();
  return names;
}

describe('as another user', () => {
  const asNobody = isRoot ? ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'] : [];

  test('writes in a directory of its own', () => {
    if (isRoot) chownSync(folder, nobody, nobody);
    expect(write(10, ...asNobody)).toMatchObject({ status: 0, stderr: '' });
    expect(mode()).toBe('644');
  });

  test.runIf(isRoot)('replaces a file that root has left there', () => {
    writeFileSync(file, 'old\n', { mode: 0o600 });
    chownSync(folder, nobody, nobody);
    expect(write(10, ...asNobody)).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(file, 'utf8')).toBe('xxxxxxxxx\n');
    expect(mode()).toBe('644');
  });

  // Fedora's directory belongs to prometheus; the unit runs as root with CAP_DAC_OVERRIDE and nothing else.
  test.runIf(isRoot).each([
    ['nothing', undefined],
    ['a file of its own', 0],
    ['a file of the directory’s owner', nobody],
  ])('root with CAP_DAC_OVERRIDE only replaces %s in a directory of someone else', (_, owner) => {
    if (owner !== undefined) {
      writeFileSync(file, 'old\n');
      chownSync(file, owner, owner);
    }
    chownSync(folder, nobody, nobody);
    chmodSync(folder, 0o755);
    const few = '--bounding-set=-all,+dac_override';
    expect(write(10, 'setpriv', few, '--inh-caps=-all')).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(file, 'utf8')).toBe('xxxxxxxxx\n');
    expect(mode()).toBe('644');
  });
});

describe('what killed runs have left', () => {
  test('goes, and nothing else', () => {
    const stay = [
      'zfs.prom',
      'zfs.prom.tmp',
      'zfs.prom.12x',
      'zfs.prom.',
      'zfs.prom12',
      `zfs.promx.${random}`,
      `xzfs.prom.${random}`,
      `.zfs.prom.${random}`,
      `zfs.prom.${random}0`,
      `zfsXprom.${random}`,
      `tcp.prom.${random}`,
      '12',
    ];
    for (const name of [...stay, `zfs.prom.${random}`]) leave(name, 3600);
    // Of a time when the clock stood ahead.
    leave(`zfs.prom.${random.replaceAll('0', '1')}`, -86_400);
    leave(`zfs.prom.${random.replaceAll('0', '2')}`, 0);
    replaceFile(file, 'new\n');
    expect(readdirSync(folder)).toEqual([...stay, `zfs.prom.${random.replaceAll('0', '2')}`].sort());
  });

  // What lies about beside the file is no reason not to write it.
  test.each([
    ['a folder', (name: string) => mkdirSync(name)],
    ['a dangling symlink', (name: string) => symlinkSync('/nonexistent/target', name)],
  ])('%s by such a name is left alone', (_, make) => {
    const name = path.join(folder, `zfs.prom.${random}`);
    make(name);
    spawnSync('touch', ['--no-dereference', '--date=2001-01-01', name]);
    leave(`zfs.prom.${random.replaceAll('0', '1')}`, 3600);
    replaceFile(file, 'new\n');
    expect(readdirSync(folder).sort()).toEqual(['zfs.prom', `zfs.prom.${random}`]);
  });
});

function leave(name: string, age: number): void {
  const leftover = path.join(folder, name);
  writeFileSync(leftover, 'left\n');
  const then = Date.now() / 1000 - age;
  utimesSync(leftover, then, then);
}

test('a link in the place of the file is not followed', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'textfile-link-'));
  const [target, link] = [path.join(folder, 'precious'), path.join(folder, 'zfs.prom')];
  writeFileSync(target, 'keep');
  symlinkSync(target, link);
  expect(() => replaceFile(link, 'x 1\n')).toThrow('expected a file of its own, got a symbolic link');
  expect(readFileSync(target, 'utf8')).toBe('keep');
  rmSync(folder, { recursive: true });
});
