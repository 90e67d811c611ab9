import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seriesOf } from '../../replay.ts';

const built = path.join(import.meta.dirname, '../../../dist/wireguard.js');

/** Keys that no one may ever see, and how much of one would be too much. */
const privateKey = 'pRiVaTepRiVaTepRiVaTepRiVaTepRiVaTepRiVaTeU=';
const presharedKey = 'pReShAredpReShAredpReShAredpReShAredpReShAA=';
const partOfSecret = /(pRiVaTe){3}|(pReShAred){2}/;

const publicKey = '2zzuyzLl3ezh0gR7FqzAN/JOtoOUMyUusHQEoi72KFM=';
const interfaceLine = (name: string): string =>
  `${name}\t${privateKey}\to+ZV/M+n4D4TCl8OWVfn21Xff60C0usFiIb2+vBztx0=\t51820\toff`;
const peerLine = (name: string): string =>
  `${name}\t${publicKey}\t${presharedKey}\t192.0.2.2:51821\t10.7.0.2/32\t1795331279\t51100\t3185308\t25`;
const dump = ['wg0', 'wg1'].flatMap((name) => [interfaceLine(name), peerLine(name)]).join('\n');

/** Bytes of the dump that end in the middle of a secret, and behind each column. */
const cuts = [...dump.matchAll(/\t|(?<=\t)(?=p[Rr])/g)].flatMap(({ index, 0: tab }) =>
  tab === '' ? [index + 20] : [index],
);

/** The bundle lies there, where no package.json is in reach. */
let scratch = '';
beforeAll(async () => {
  scratch = await mkdtemp(path.join(os.tmpdir(), 'wireguard-secrets-'));
  await copyFile(built, path.join(scratch, 'wireguard.js'));
});
afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

describe('no key leaves a run', () => {
  test.each([
    ['as it should be', `printf '%s\\n' "$dump"`],
    ['and is killed', `printf '%s\\n' "$dump"; kill -9 $$`],
    ['and dies of a fault', `printf '%s\\n' "$dump"; kill -SEGV $$`],
    ['and fails', `printf '%s\\n' "$dump"; exit 1`],
    ['on stderr', `printf '%s\\n' "$dump" >&2; exit 1`],
    ['on stderr, in one line, with exit status 0', `printf '%s ' "$dump" | tr '\\n\\t' '  ' >&2`],
    ['as the reason why an interface cannot be read', `echo "Unable to access interface wg0: ${privateKey}" >&2`],
    ['with spaces for tabs', `printf '%s\\n' "$dump" | tr '\\t' ' '`],
    ['without line ends', `printf '%s' "$dump" | tr -d '\\n'`],
    ['without its first column', `printf '%s\\n' "$dump" | cut -f2-`],
    ['with a column more', `printf '%s\\n' "$dump" | sed 's/$/\\t1/'`],
    ['with a column more in front', `printf '%s\\n' "$dump" | sed 's/^/0\\t/'`],
    ['with bytes that are no UTF-8', `printf '%s\\n' "$dump" | tr 'p' '\\377'`],
    ['and never ends', `printf '%s\\n' "$dump"; exec sleep 60`],
  ])('wg prints its dump %s', async (_name, script) => {
    const { everything } = await runWith(script);
    expect(everything).not.toMatch(partOfSecret);
  });

  test('nor what a file, a name or an option holds, in --check, in the file or in a recording', async () => {
    for (const options of [[], ['--stdout'], ['--check']]) {
      const { everything } = await runWith(`printf '%s\\n' "$dump"`, options);
      expect(everything, options.join()).not.toMatch(partOfSecret);
      expect(everything.includes('"ask": "run"')).toBe(!options.includes('--check'));
    }
  });

  test('wg is cut off, wherever', async () => {
    expect(cuts.length).toBeGreaterThan(25);
    for (const cut of cuts) {
      const { everything } = await runWith(`printf '%s\\n' "$dump" | head -c ${cut}`, ['--stdout']);
      expect(everything, `after ${cut} bytes`).not.toMatch(partOfSecret);
    }
  });

  test('but what can be told is told', async () => {
    const { series, exitCode } = await runWith(`printf '%s\\n' "$dump"`);
    expect(exitCode).toBe(0);
    const labels = `interface="wg0",public_key="${publicKey}",friendly_name="alice"`;
    expect(series.get(`wireguard_received_bytes_total{${labels}}`)).toBe('51100');
    const source = 'collector="wireguard",source="wg show",target="wg0"';
    expect(series.get(`textfile_collector_source_success{${source}}`)).toBe('1');
  });
});

/** Runs the bundle on a made-up machine; `everything` is all that it printed, wrote and recorded. */
async function runWith(script: string, options: readonly string[] = []) {
  const folder = await mkdtemp(path.join(scratch, 'machine-'));
  const put = async (file: string, text: string, mode = 0o644): Promise<void> => {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text, { mode });
  };
  await put('dump', dump);
  await put('bin/wg', `#!/bin/sh\ndump=$(cat '${folder}/dump')\n${script}\n`, 0o755);
  await put('proc/net/dev', ' face |bytes\n    lo: 0\n   wg0: 0\n   wg1: 0\n');
  for (const name of ['wg0', 'wg1'])
    await put(`sys/class/net/${name}/uevent`, `DEVTYPE=wireguard\nINTERFACE=${name}\n`);
  await put(
    'etc/wg0.conf',
    `[Interface]\nPrivateKey = ${privateKey}\n[Peer]\n# friendly_name = alice\nPublicKey = ${publicKey}\n` +
      `PresharedKey = ${presharedKey}\n# -WGP- PrivateKey: ${privateKey}\n[Peer]\n# friendly_name = ${privateKey}\n` +
      `[Peer]\n# friendly_name = by mistake\nPublicKey = ${privateKey}\n` +
      `# friendly_json = {"name": "${presharedKey}"}\n### begin ${presharedKey} ###\n[Peer]\nPublicKey = ${presharedKey}\n` +
      `[WireGuardPeer]\n# friendly_name = in a file\nPublicKeyFile = ${folder}/etc/wg0.key\n`,
  );
  await put('etc/wg0.key', `${privateKey}\n`);
  await put('etc/wg1.conf/.keep', '');
  await put(`etc/none/.keep`, '');
  await put(
    'config.toml',
    `name_files = ["${folder}/etc/*.conf", "/etc/none/.${privateKey}"]\n` +
      `required_peers = ["alice", "${privateKey}"]\noptional_peers = ["${presharedKey}"]\n[names]\n"${presharedKey}" = "typo"\n"x" = "${presharedKey}"\n`,
  );
  await put('out/.keep', '');
  const place = (option: string, name: string): string[] => [option, path.join(folder, name)];
  const { stdout, stderr, exitCode } = await execa(
    process.execPath,
    [
      path.join(scratch, 'wireguard.js'),
      ...place('--config', 'config.toml'),
      ...place('--procfs', 'proc'),
      ...place('--sysfs', 'sys'),
      ...place('--state-dir', 'state'),
      ...place('--textfile-dir', 'out'),
      ...place('--record', 'recording'),
      '--timeout=5',
      ...options,
    ],
    { env: { PATH: `${folder}/bin:/usr/bin:/bin` }, extendEnv: false, stdin: 'ignore', reject: false },
  );
  const written = await textsBelow(folder, ['out', 'state', 'recording']);
  const prom = await readFile(path.join(folder, 'out/wireguard.prom'), 'utf8').catch(() => '');
  return { exitCode, series: seriesOf(prom), everything: [stdout, stderr, ...written].join('\n') };
}

async function textsBelow(folder: string, names: readonly string[]): Promise<string[]> {
  const texts: string[] = [];
  for (const name of names) {
    const entries = await readdir(path.join(folder, name), { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (entry.isFile()) texts.push(entry.name, await readFile(path.join(entry.parentPath, entry.name), 'utf8'));
    }
  }
  return texts;
}
