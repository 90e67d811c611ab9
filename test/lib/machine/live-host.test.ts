import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Command, Host } from '../../../lib/host.ts';
import { liveHost } from '../../../lib/machine/live-host.ts';
import { openSurvivors } from '../../../lib/machine/survivors.ts';

let folder: string;
let noted: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'host-'));
  noted = path.join(folder, 'state', 'zfs.survivors.json');
  for (const name of ['proc', 'sys', 'state']) mkdirSync(path.join(folder, name));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function host(secondsLeft = 60): Host {
  return liveHost({
    procfs: path.join(folder, 'proc'),
    sysfs: path.join(folder, 'sys'),
    stateDir: path.join(folder, 'state'),
    deadline: Date.now() / 1000 + secondsLeft,
    survivors: openSurvivors(noted),
  });
}

const sh = (script: string, ...args: string[]): Command => ['sh', '-c', script, 'sh', ...args];
const node = (script: string, ...args: string[]): Command => [process.execPath, '-e', script, '--', ...args];

const canUnshare = spawnSync('unshare', ['-m', 'true']).status === 0;

/** A program of our sources, for what needs a mount namespace of its own. */
function bundled(contents: string): string {
  const outfile = path.join(folder, 'run.mjs');
  const stdin = { contents, resolveDir: path.join(import.meta.dirname, '../../..'), loader: 'ts' } as const;
  buildSync({ stdin, bundle: true, platform: 'node', format: 'esm', outfile });
  return outfile;
}

/** Whether there is such a process, other than as a zombie. */
function alive(pid: string): boolean {
  return existsSync(`/proc/${pid}/exe`);
}

describe('a command', () => {
  test.each<[string, Command, object]>([
    ['that is done', sh('printf "a\\n\\nb"'), { ended: 'exit', exitCode: 0, stdout: 'a\n\nb', stderr: '' }],
    [
      'that fails',
      sh('echo out; echo no >&2; exit 3'),
      { ended: 'exit', exitCode: 3, stdout: 'out\n', stderr: 'no\n' },
    ],
    ['that is killed', sh('kill -9 $$'), { ended: 'signal', stdout: '', stderr: '' }],
    ['that reads stdin', ['cat'], { ended: 'exit', exitCode: 0, stdout: '', stderr: '' }],
    ['that is not installed', ['no-such-program-here', 'x'], { ended: 'missing', stdout: '' }],
    ['that is no program', ['/'], { ended: 'signal', stdout: '' }],
    ['with more arguments than fit', ['true', 'x'.repeat(300_000)], { ended: 'signal', stdout: '' }],
    ['with a NUL in an argument', ['true', 'a\0b'], { ended: 'signal', stdout: '' }],
  ])('%s', async (_, command, expected) => {
    const output = await host().run(command);
    expect(output).toMatchObject(expected);
    expect('exitCode' in output).toBe('exitCode' in expected);
  });

  test.runIf(canUnshare)('answers the same where nothing can be kept in /dev/shm', () => {
    const program = bundled(`
      import { liveHost } from './lib/machine/live-host.ts';
      import { openSurvivors } from './lib/machine/survivors.ts';
      const survivors = openSurvivors('/nonexistent/survivors.json');
      const host = liveHost({ procfs: '', sysfs: '', stateDir: '', deadline: Date.now() / 1000 + 60, survivors });
      console.log(JSON.stringify([
        await host.run(['sh', '-c', 'printf "é\\\\n\\\\nb"; echo no >&2; exit 3']),
        await host.run(['sh', '-c', 'echo a; kill -9 $$']),
        await host.run(['sh', '-c', 'echo a; exec sleep 100'], { timeout: 1 }),
        await host.run(['no-such-program-here']),
      ]));`);
    const readOnly = 'mount -t tmpfs -o ro none /dev/shm && exec "$@"';
    const [kept, piped] = ['exec "$@"', readOnly].map((script) => {
      const args = ['-m', 'sh', '-c', script, 'sh', process.execPath, program];
      return spawnSync('unshare', args, { encoding: 'utf8' });
    });
    expect(kept?.stdout).toContain('"exitCode":3,"stdout":"é\\n\\nb","stderr":"no\\n"');
    expect(piped?.stdout).toBe(kept?.stdout);
  });

  test('gets its arguments as they are, without a shell', async () => {
    const names = [
      'tank/my data',
      '"',
      "it's",
      '%s%n',
      '$HOME',
      '`id`',
      '*',
      '; exit 1',
      'Zürich/日本🦊',
      'a\nb',
      '\\',
      '',
      '-n',
    ];
    const { stdout } = await host().run(node('console.log(JSON.stringify(process.argv.slice(1)))', ...names));
    expect(JSON.parse(stdout)).toEqual(names);
  });

  test.each([
    ['/opt/zfs/bin', '/opt/zfs/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    ['', '/usr/sbin:/usr/bin:/sbin:/bin'],
  ])('gets no more of our environment than PATH (%j) and HOME', async (ours, expected) => {
    const given = { PATH: ours, HOME: '/root', LC_ALL: 'de_DE.UTF-8', LANG: 'de', TZ: 'Asia/Tokyo', ZFS_COLOR: '1' };
    for (const [name, value] of Object.entries(given)) vi.stubEnv(name, value);
    const { stdout } = await host().run(node('console.log(JSON.stringify(process.env))'));
    expect(JSON.parse(stdout)).toEqual({ PATH: expected, HOME: '/root', LC_ALL: 'C.UTF-8', TZ: 'UTC' });
  });

  test('may say more on stderr than is kept', async () => {
    const output = await host().run(node('process.stderr.write("é".repeat(1e6), () => console.log("done"))'));
    expect(output).toMatchObject({ ended: 'exit', exitCode: 0, stdout: 'done\n' });
    expect(output.stderr).toMatch(/^é{1000}/);
    expect(output.stderr.length).toBeLessThan(200_000);
  });
});

describe('a time limit', () => {
  test.each([
    ['a command that takes SIGTERM', 'echo $$; exec sleep 100'],
    ['a command that ignores SIGTERM', 'trap "" TERM; echo $$; exec sleep 100'],
    ['a command that ends well on SIGTERM', 'echo $$; trap "exit 0" TERM; while :; do sleep 0.1; done'],
  ])('ends %s', async (_, script) => {
    const output = await host().run(sh(script), { timeout: 1 });
    expect(output.ended).toBe('timeout');
    expect(output).not.toHaveProperty('exitCode');
    expect(output.stdout).toMatch(/^\d+\n$/);
    expect(alive(output.stdout.trim())).toBe(false);
    expect(existsSync(noted)).toBe(false);
  });

  test('ends a command that would fill the memory', async () => {
    const output = await host().run(['cat', '/dev/zero'], { timeout: 15 });
    expect(output).toMatchObject({ ended: 'signal', stderr: 'printed more than 256 MiB' });
  });

  test.each([
    ['ends by itself', 'sleep 20 & echo $!; exit 0', 'exit'],
    ['is ended', 'sleep 20 & echo $!; wait', 'timeout'],
  ])('does not wait for what a command that %s leaves behind', async (_, script, ended) => {
    const output = await host().run(sh(script), { timeout: 1 });
    expect(output.ended).toBe(ended);
    expect(Number(output.stdout)).toBeGreaterThan(1);
    process.kill(Number(output.stdout), 'SIGKILL');
  });

  test('counts for what holds the pipes of a command that has ended', async () => {
    const { lines, output } = await linesOf(sh('sleep 20 & echo $!; exit 0'), 1);
    expect(output.ended).toBe('timeout');
    expect(Number(lines[0])).toBeGreaterThan(1);
    process.kill(Number(lines[0]), 'SIGKILL');
  });

  test('is never longer than what is left of the run', async () => {
    expect((await host(3).run(['sleep', '100'], { timeout: 100 })).ended).toBe('timeout');
  });

  test.each([-1, 0, 2])('nothing is started with %d seconds left', async (seconds) => {
    const marker = path.join(folder, 'started');
    expect(await host(seconds).run(['touch', marker])).toEqual({ ended: 'late', stdout: '', stderr: '' });
    expect(existsSync(marker)).toBe(false);
  });
});

async function linesOf(command: Command, timeout = 20) {
  const lines: string[] = [];
  const output = await host().lines(command, (line) => lines.push(line), { timeout });
  return { lines, output };
}

describe('lines', () => {
  test.each<[string, string, string[]]>([
    ['none', '', []],
    ['an empty one', '\n', ['']],
    ['several', 'a\n\nb\n', ['a', '', 'b']],
    ['the last without a newline', 'a\nb', ['a', 'b']],
    ['blanks and carriage returns', ' a\t\r\nb ', [' a\t\r', 'b ']],
  ])('%s', async (_, text, expected) => {
    const { lines, output } = await linesOf(['printf', '%s', text]);
    expect(lines).toEqual(expected);
    expect(output).toEqual({ ended: 'exit', exitCode: 0, stdout: '', stderr: '' });
  });

  test('characters that arrive byte by byte are put together', async () => {
    const text = 'tank/Zürich\ntank/日本\n🦊é';
    const script = `(async () => {
      for (const byte of Buffer.from(process.argv[1])) {
        await new Promise((done) => process.stdout.write(Buffer.of(byte), done));
        await new Promise((done) => setTimeout(done, 4));
      }
    })()`;
    expect((await linesOf(node(script, text))).lines).toEqual(text.split('\n'));
  });

  test('20 MB arrive whole and in order', async () => {
    const script = 'for (let i = 0; i < 200; i++) process.stdout.write(`${String(i).padEnd(99)}\\n`.repeat(1000))';
    const { lines } = await linesOf(node(script));
    expect(lines).toHaveLength(200_000);
    expect(lines.findIndex((line, index) => line !== String(Math.floor(index / 1000)).padEnd(99))).toBe(-1);
  });

  // The beginning of a number reads as another number.
  test('a line that the time limit cuts short is not handed over', async () => {
    const { lines, output } = await linesOf(sh('printf "tank 100\\nrpool 12"; exec sleep 100'), 1);
    expect(output.ended).toBe('timeout');
    expect(lines).toEqual(['tank 100']);
  });
});

describe('files and folders', () => {
  test('/proc, /sys and the state folder lie where the options say, everything else where it is', async () => {
    for (const name of ['proc/a', 'sys/a', 'state/a', 'proc/-other', 'elsewhere']) {
      writeFileSync(path.join(folder, name), `${name}, größer\n`);
    }
    const machine = host();
    expect(await machine.readText('/proc/a')).toBe('proc/a, größer\n');
    expect(await machine.readText('/sys/a')).toBe('sys/a, größer\n');
    expect(await machine.readText('/var/lib/textfile-collectors/a')).toBe('state/a, größer\n');
    expect(await machine.readText(path.join(folder, 'elsewhere'))).toBe('elsewhere, größer\n');
    expect(await machine.readText('/proc-other')).toBeUndefined();
    expect(await machine.list('/sys')).toEqual([{ name: 'a', folder: false }]);
  });

  test('a folder is listed in one order', async () => {
    for (const name of ['b', '10', 'é', 'B', '9', '.x']) writeFileSync(path.join(folder, 'proc', name), '');
    mkdirSync(path.join(folder, 'proc', 'a'));
    const entries = (await host().list('/proc')) ?? [];
    expect(entries.map(({ name }) => name)).toEqual(['.x', '10', '9', 'B', 'a', 'b', 'é']);
    expect(entries.filter((entry) => entry.folder)).toEqual([{ name: 'a', folder: true }]);
  });

  test('what is not there is undefined', async () => {
    writeFileSync(path.join(folder, 'proc/file'), '');
    const machine = host();
    const paths = ['/proc/none', '/proc/none/a', '/proc/file/a'];
    const answers = paths.flatMap((one) => [machine.readText(one), machine.list(one)]);
    expect(await Promise.all([...answers, machine.list('/proc/file')])).toEqual(Array.from({ length: 7 }));
  });

  test('what cannot be read is an error', async () => {
    mkdirSync(path.join(folder, 'proc/folder'));
    symlinkSync('loop', path.join(folder, 'proc/loop'));
    const machine = host();
    await expect(machine.readText('/proc/folder')).rejects.toThrow('EISDIR');
    await expect(machine.readText('/proc/loop')).rejects.toThrow('ELOOP');
    await expect(machine.list('/proc/loop')).rejects.toThrow('ELOOP');
  });

  test('what is forbidden is an error', async ({ skip }) => {
    const isRoot = process.geteuid?.() === 0;
    skip(isRoot && !canBecome(65_534), 'root is forbidden nothing, and this Node.js does not become another user');
    writeFileSync(path.join(folder, 'proc/secret'), '', { mode: 0 });
    mkdirSync(path.join(folder, 'sys/secret'), { mode: 0 });
    const machine = host();
    if (isRoot) process.seteuid?.(65_534);
    try {
      await expect(machine.readText('/proc/secret')).rejects.toThrow('EACCES');
      await expect(machine.list('/sys/secret')).rejects.toThrow('EACCES');
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
    rmdirSync(path.join(folder, 'sys/secret'));
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

/** Field 22 of proc_pid_stat(5), of a process whose name is known. */
function started(pid: number | undefined): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(') ')).split(' ')[20] ?? '';
}

describe('survivors', () => {
  const list: Command = ['zpool', 'list'];

  function note(pid: number | undefined, start: string, command: Command = list): void {
    writeFileSync(noted, JSON.stringify([{ pid, started: start, command }]));
  }

  test('one that lives keeps its command, and the same program unless endable, from being started', async () => {
    note(process.pid, started(process.pid));
    const survivors = openSurvivors(noted);
    const commands: Command[] = [list, ['zpool', 'status'], ['zpool'], ['zfs', 'list']];
    expect(commands.map((command) => [survivors.blocks(command, false), survivors.blocks(command, true)])).toEqual([
      [true, true],
      [true, false],
      [true, false],
      [false, false],
    ]);
  });

  test('one whose name holds blanks and parentheses is found, too', async () => {
    const program = path.join(folder, 'x) (y 1 2');
    symlinkSync(spawnSync('which', ['sleep'], { encoding: 'utf8' }).stdout.trim(), program);
    const child = spawn(program, ['100'], { argv0: 'sleep' });
    note(child.pid, started(child.pid));
    expect(openSurvivors(noted).blocks(list, false)).toBe(true);
    child.kill('SIGKILL');
    await vi.waitUntil(() => child.signalCode !== null);
    expect(openSurvivors(noted).blocks(list, false)).toBe(false);
  });

  test('another process by its number is not one', async () => {
    note(process.pid, '1');
    expect(openSurvivors(noted).blocks(list, false)).toBe(false);
  });

  test.each(['', '[', '{}', '[1]', '[{"pid":"1","started":"1","command":["zpool"]}]'])(
    'a file that holds %j counts as none',
    async (text) => {
      writeFileSync(noted, text);
      expect(openSurvivors(noted).blocks(list, false)).toBe(false);
    },
  );

  test('add is for this run and the next ones; who is gone is forgotten', async () => {
    const gone = spawnSync('true').pid;
    note(gone, '1', ['wg', 'show']);
    const survivors = openSurvivors(noted);
    survivors.add(['zfs', 'list'], gone);
    survivors.add(['zfs', 'list'], undefined);
    expect(survivors.blocks(['zfs', 'list'], false)).toBe(false);
    survivors.add(list, process.pid);
    expect(survivors.blocks(list, true)).toBe(true);
    expect(openSurvivors(noted).blocks(list, true)).toBe(true);
    expect(JSON.parse(readFileSync(noted, 'utf8'))).toMatchObject([{ pid: process.pid, command: list }]);
  });

  test('a blocked command is not started', async () => {
    note(process.pid, started(process.pid), ['touch', '/elsewhere']);
    const marker = path.join(folder, 'started');
    const machine = host();
    expect(await machine.run(['touch', marker])).toEqual({ ended: 'busy', stdout: '', stderr: '' });
    expect(existsSync(marker)).toBe(false);
    expect((await machine.run(['touch', marker], { endable: true })).ended).toBe('exit');
  });
});

/** Writing to a frozen filesystem is an uninterruptible sleep; in a mount namespace of its own, and only where root can. */
describe.runIf(canUnshare)('a command that not even SIGKILL ends', () => {
  const contents = `
    import { liveHost } from './lib/machine/live-host.ts';
    import { openSurvivors } from './lib/machine/survivors.ts';
    const noted = process.argv[2] + '/survivors.json';
    const survivors = openSurvivors(noted);
    const host = liveHost({ procfs: '', sysfs: '', stateDir: '', deadline: Date.now() / 1000 + 60, survivors });
    const [first, second] = [
      await host.run(['touch', 'mnt/x'], { timeout: 1 }),
      await host.run(['touch', 'mnt/y'], { timeout: 1 }),
    ];
    const next = openSurvivors(noted).blocks(['touch', 'mnt/x'], true);
    console.log(JSON.stringify([first.ended, second.ended, next]));
    process.exit(0);`;
  const freeze = `
    truncate -s 16M img && mkfs.ext4 -q img && mkdir mnt && mount -o loop img mnt && fsfreeze -f mnt || exit 77
    trap 'fsfreeze -u mnt' EXIT
    "$@"`;

  test.for([
    ['is noted for the next run', 'new/state', true],
    ['costs nothing else where it cannot be noted', 'img/state', false],
  ] as const)('is left behind, is not joined, and %s', ([, stateDir, next], { skip }) => {
    const args = ['-m', 'sh', '-c', freeze, 'sh', process.execPath, bundled(contents), stateDir];
    const { status, stdout, stderr } = spawnSync('unshare', args, { cwd: folder, encoding: 'utf8' });
    skip(status === 77, 'no filesystem can be frozen here');
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual(['stuck', 'busy', next]);
  });
});
