import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { fixture } from '../../replay.ts';

const shells = ['dash', 'bash'] as const;

describe.each(shells)('the forced command, run by %s', (shell) => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'forced-'));
    writeFileSync(path.join(folder, 'zfs'), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
  });
  const script = path.join(import.meta.dirname, '../../../collectors/replication-lag/forced-command.sh');
  const ask = (line: string | undefined, ...roots: string[]) =>
    execa(shell, [script, ...roots], {
      reject: false,
      env: { PATH: `${folder}:${process.env['PATH']}`, ...(line === undefined ? {} : { SSH_ORIGINAL_COMMAND: line }) },
    });

  test('lets through every command of the recordings, word for word', async () => {
    const lines = recordedRemoteLines();
    expect(lines.length).toBeGreaterThan(4);
    for (const line of lines) {
      const plain = await execa('sh', ['-c', line], { env: { PATH: `${folder}:${process.env['PATH']}` } });
      const forced = await ask(line, ...new Set(line.match(/[A-Za-z]\w*(?=[/@#' ]|$)/g)));
      expect(forced.stderr).toBe('');
      expect(forced.stdout).toBe(plain.stdout);
    }
  });

  const listing = 'timeout 30 zfs list -Hp -t snapshot,bookmark -o name,guid,createtxg -r';
  test('keeps to its datasets, which may have spaces', async () => {
    const roots = ['tank/backup', 'tank/b c'];
    const allowed = [`${listing} tank/backup`, `${listing} tank/backup/x 'tank/b c' 'tank/b c/d'`];
    for (const line of allowed) expect((await ask(line, ...roots)).exitCode).toBe(0);
    const facts = 'timeout 30 zfs get -Hp -o name,property,value creation,written';
    expect((await ask(`${facts} tank/backup@a 'tank/backup#b'`, ...roots)).exitCode).toBe(0);
    for (const name of ['tank', 'tank/backup2', 'tank/b', "'tank/b cd'", 'tank/backup/x rpool', 'rpool@x']) {
      const { exitCode, stderr, stdout } = await ask(`${listing} ${name}`, ...roots);
      expect([name, exitCode, stdout]).toStrictEqual([name, 126, '']);
      expect(stderr).toMatch(/which this key may not list$/);
    }
  });

  test.each([[], [''], ['tank', '']])('lists nothing for a key whose datasets are %j', async (...roots) => {
    const { exitCode, stdout, stderr } = await ask(`${listing} tank`, ...roots);
    expect([exitCode, stdout]).toStrictEqual([126, '']);
    expect(stderr).toMatch(/ dataset in the command= of this key$/);
  });

  test.each([1, 30, 999, 1000, 3599, 3600])('lets a listing take %d s, as the collector may ask for', async (limit) => {
    const { exitCode, stdout } = await ask(`${listing.replace('30', String(limit))} tank`, 'tank');
    expect([exitCode, stdout.split('\n')[0]]).toStrictEqual([0, 'list']);
  });

  const limits = ['0', '00', '000', '030', '3601', '9999', '31536000', '-1', '1.5', '30s', '1d', 'inf', '0x1e', '1e9'];
  test.each([
    [undefined],
    [''],
    ['timeout 30 zfs destroy -r tank'],
    ['timeout 30 zfs list'],
    ['timeout 30 zfs list -Hp -d 0 -o name tank'],
    ['timeout 30'],
    ['timeout'],
    [listing.replace('timeout 30 ', '')],
    [`${listing.replace('30', '-k')} tank`],
    [`${listing.replace('30', "''")} tank`],
    ...limits.map((limit): [string] => [`${listing.replace('30', limit)} tank`]),
    [`${listing} tank; id`],
    [`${listing} tank && id`],
    [`${listing} $(id)`],
    [`${listing} \`id\``],
    [`${listing} tank > /tmp/x`],
    [`${listing} tank\nid`],
    [`${listing} 'tank`],
    [`${listing} -o name`],
    [`${listing} ''`],
    [`${listing}x tank`],
    [`'zfs list' -Hp`],
    ['/bin/sh'],
    ['timeout 30 zfs get -Hp -o name,property,value all tank'],
    ['timeout 30 zfs send -nv tank@a'],
    ['timeout 30 zfs send -nvt tank@a'],
    ['timeout 30 zfs send -nvt 1-ab 1-ab'],
    ['timeout 30 zfs send -nvt'],
    [`env ${listing} tank`],
    [`${listing} tänk`],
    [`${listing} ~root`],
    [`${listing} tank/*`],
  ])('refuses %j', async (line) => {
    const { exitCode, stdout, stderr } = await ask(line, 'tank');
    expect([exitCode, stdout]).toStrictEqual([126, '']);
    expect(stderr).toMatch(/^Cannot run a command for replication-lag: expected one of its listings, got [^\n]+$/);
  });
});

/** What ssh was asked to run, in all recordings. */
function recordedRemoteLines(): string[] {
  const recording = z.object({ answers: z.array(z.object({ command: z.optional(z.array(z.string())) })) });
  const root = fixture('replication-lag');
  const commands = readdirSync(root).flatMap((name) =>
    recording
      .parse(JSON.parse(readFileSync(path.join(root, name, 'recording.json'), 'utf8')))
      .answers.map(({ command }) => command),
  );
  return [...new Set(commands.flatMap((command) => (command?.[0] === 'ssh' ? [command.at(-1) ?? ''] : [])))];
}
