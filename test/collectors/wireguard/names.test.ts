import { describe, expect, test } from 'vitest';
import { parseConfigFile, redactConfigLine } from '../../../collectors/wireguard/config-file.ts';
import type { Interface, Peer } from '../../../collectors/wireguard/dump.ts';
import { namer, readNames, unusedNames } from '../../../collectors/wireguard/names.ts';
import type { Run } from '../../../lib/collector.ts';
import type { Host } from '../../../lib/host.ts';
import { seam } from '../../../lib/run/seam.ts';

const a = `${'a'.repeat(42)}A=`;
const b = `${'b'.repeat(42)}A=`;
const secret = 'cAnArYcAnArYcAnArYcAnArYcAnArYcAnArYcAnArYc=';

/** Each case is a file whose peers are a and b; the names that they have, in this order. */
test.each<[string, string, (string | undefined)[]]>([
  ['within [Peer]', `[Peer]\n# friendly_name = x\nPublicKey = ${a}\n\n[Peer]\nPublicKey = ${b}\n`, ['x', undefined]],
  [
    'above [Peer]',
    `# friendly_name = x\n[Peer]\nPublicKey = ${a}\n\n# friendly_name = y\n[Peer]\nPublicKey=${b}`,
    ['x', 'y'],
  ],
  [
    'above the second only',
    `[Peer]\nPublicKey = ${a}\n\n# friendly_name = y\n[Peer]\nPublicKey = ${b}\n`,
    [undefined, 'y'],
  ],
  [
    'above, with other comments',
    `[Peer]\nPublicKey = ${a}\n\n# the office\n# friendly_name = y\n#\n[Peer]\nPublicKey = ${b}\n`,
    [undefined, 'y'],
  ],
  [
    'above, without blank lines',
    `# friendly_name = x\n[Peer]\nPublicKey = ${a}\n# friendly_name = y\n[Peer]\nPublicKey = ${b}`,
    ['x', 'y'],
  ],
  [
    'below the key',
    `[Peer]\nPublicKey = ${a}\n# friendly_name = x\n\n[Peer]\nPublicKey = ${b}\n# friendly_name = y`,
    ['x', 'y'],
  ],
  [
    'between two peers, the second of which has another: it may be that of the first',
    `[Peer]\nPublicKey = ${a}\n# friendly_name = x\n[Peer]\nPublicKey = ${b}\n# friendly_name = y`,
    [undefined, 'y'],
  ],
  [
    'with blank lines on both sides: it may be of either',
    `[Peer]\nPublicKey = ${a}\n\n# friendly_name = x\n\n[Peer]\nPublicKey = ${b}\n`,
    [undefined, undefined],
  ],
  [
    'at the end of a file',
    `[Peer]\nPublicKey = ${b}\n[Peer]\nPublicKey = ${a}\n\n# friendly_name = x\n`,
    ['x', undefined],
  ],
  [
    'of a peer that is commented out: nobody',
    `[Peer]\nPublicKey = ${a}\n\n# friendly_name = x\n#[Peer]\n# friendly_name = y\n#PublicKey = ${secret}\n# friendly_name = z\n[Peer]\nPublicKey = ${b}\n`,
    [undefined, undefined],
  ],
  [
    'below a blank line within',
    `[Peer]\n\n# friendly_name = x\nPublicKey = ${a}\n\n# friendly_name = z\nAllowedIPs = ::/0\n[Peer]\nPublicKey = ${b}`,
    ['x', undefined],
  ],
  [
    'both above and within: the first',
    `# friendly_name = x\n[Peer]\n# friendly_name = z\nPublicKey = ${a}\n[Peer]\nPublicKey = ${b}`,
    ['x', undefined],
  ],
  [
    'of two clients, above one peer: the other peer was taken out, and it may be of either',
    `[Peer]\nPublicKey = ${a}\n\n### Client x\n\n### Client y\n[Peer]\nPublicKey = ${b}\n`,
    [undefined, undefined],
  ],
  [
    'twice above, the same',
    `### Client x\n\n### Client x\n[Peer]\nPublicKey = ${a}\n[Peer]\nPublicKey = ${b}\n`,
    ['x', undefined],
  ],
  [
    'as wireguard-ui writes it, by people below their peers',
    `[Peer]\nPublicKey = ${a}\n# Name: x\n[Peer]\nPublicKey = ${b}\n# Name: y\n`,
    [undefined, 'y'],
  ],
  [
    'the same within, and with blank lines between',
    `[Peer]\n# Name: x\nPublicKey = ${a}\n\n[Peer]\nPublicKey = ${b}\n# Name: y\n\n[Interface]\n`,
    ['x', 'y'],
  ],
  [
    'of the interface: nobody',
    `[Interface]\n# friendly_name = me\nPrivateKey = ${secret}\n[Peer]\nPublicKey = ${a}\n[Peer]\nPublicKey = ${b}`,
    [undefined, undefined],
  ],
  [
    'in other spellings',
    `[ peer ] # one\n#FRIENDLY_NAME=x\npublickey=${a} # first\n\t[WireGuardPeer]\r\n ;  Friendly_Name =  y z  \r\n  PublicKey\t= ${b}\r\n`,
    ['x', 'y z'],
  ],
  [
    'with = and # in it',
    `[Peer]\n# friendly_name = x = y # z\nPublicKey = ${a}\n[Peer]\n#friendly_name =y\nPublicKey = ${b}`,
    ['x = y # z', 'y'],
  ],
  [
    'empty, or nearly',
    `[Peer]\n# friendly_name =\nPublicKey = ${a}\n[Peer]\n# friendly_name is y\nPublicKey = ${b}`,
    [undefined, undefined],
  ],
  [
    'friendly_json without a name',
    `[Peer]\n# friendly_json = {"a":"${secret}"}\nPublicKey = ${a}\n[Peer]\n# friendly_json = {"a"=1}\nPublicKey = ${b}`,
    [undefined, undefined],
  ],
  [
    "wg-portal's other comments are nothing to us",
    `# -WGP- PrivateKey: ${secret}\n[Peer]\n# -WGP- PrivateKey: ${secret}\n# friendly_name = x\nPublicKey = ${a}\n[Peer]\nPublicKey = ${b}`,
    ['x', undefined],
  ],
])('a name %s', (_name, text, expected) => {
  const names = parseConfigFile(text).peers;
  expect([a, b].map((key) => names.find(({ publicKey }) => publicKey === key)?.name)).toEqual(expected);
  expect(names).toHaveLength(expected.filter((name) => name !== undefined).length);

  const recorded = text.split('\n').map(redactConfigLine).join('\n');
  expect(recorded).not.toContain(secret);
  expect(parseConfigFile(recorded).peers).toEqual(names);
});

test('one bad peer costs the others nothing', () => {
  const text = `[Peer]\n# friendly_name = bad\nPublicKey = tooshort=\n[Peer\n[Peer]\n[Peer]\n# friendly_name = y\nPublicKey = ${b}\nPublicKey = ${a}\n`;
  expect(parseConfigFile(text).peers).toEqual([
    { name: 'bad', line: 2, publicKey: undefined, keyFile: undefined },
    { name: 'y', line: 7, publicKey: b, keyFile: undefined },
  ]);
});

describe('from a machine', () => {
  const files: Record<string, string> = {
    '/etc/wireguard/wg0.conf': `[Peer]\n# friendly_name = at home\nPublicKey = ${a}\n[Peer]\n# friendly_name = gone\nPublicKey = ${b}\n`,
    '/etc/wireguard/wg1.conf': `[Peer]\n# friendly_name = at work\nPublicKey = ${a}\n`,
    '/etc/wireguard/more/wg2.conf': `[Peer]\n# friendly_name = ${secret}\nPublicKey = ${a}\n`,
    '/etc/net/10-a.netdev': `[NetDev]\nName=wg0\n[WireGuardPeer]\n# friendly_name=fibre\nPublicKey=${a}\n`,
    '/etc/net/20-b.netdev': `[NetDev]\nName=wg1\n[WireGuardPeer]\n# friendly_name=LTE\nPublicKey=${a}\n`,
    '/etc/keys/wg3.netdev': ['b.pub', 'none.pub', 'secret.pub', 'no-key.pub']
      .map((file) => `[WireGuardPeer]\n# friendly_name=${file}\nPublicKeyFile=/etc/keys/${file}\n`)
      .join(''),
    '/etc/keys/b.pub': `${b}\n`,
    '/etc/keys/no-key.pub': `not a key\n`,
    '/etc/bad/good.conf': `[Peer]\n# friendly_name = good\nPublicKey = ${a}\n`,
  };
  /** Names that a folder has beside those of files that can be read. */
  const more: Record<string, string[]> = {
    '/etc/bad': ['a-dangling.conf', 'folder', 'link-to-folder.conf', 'secret.conf'],
  };
  const never = (): never => {
    throw new Error('not asked');
  };
  const host: Host = {
    run: never,
    lines: never,
    frame: never,
    now: never,
    elapsed: never,
    readText: async (file) => {
      if (file.includes('link-to-folder')) throw new Error(`Cannot read ${file}: it is a folder`);
      if (file.includes('secret')) throw new Error(`EACCES: permission denied, open '${file}'`);
      return files[file];
    },
    list: async (folder) => {
      if (folder === '/root') throw new Error(`EACCES: permission denied, scandir '/root'`);
      const names = Object.keys(files).flatMap((file) =>
        file.startsWith(`${folder}/`) ? [file.slice(folder.length + 1).split('/')[0] ?? ''] : [],
      );
      const all = [...new Set([...names, ...(more[folder] ?? [])])].sort();
      return all.length === 0 ? undefined : all.map((name) => ({ name, folder: !name.includes('.') }));
    },
  };
  const read = async (patterns: string[], table: Record<string, string> = {}) => {
    const said: string[] = [];
    const told: Pick<Run, 'report' | 'skip' | 'drop'> = {
      skip: (reason) => said.push(reason),
      report: (source, target, reason) => said.push(`${source} ${target}: ${reason ?? 'ok'}`),
      drop: never,
    };
    const run: Run = {
      timeout: 10,
      interval: undefined,
      ...told,
      ...seam(told),
      note: (message) => said.push(message),
      recall: never,
      remember: never,
    };
    return { lists: await readNames(host, table, patterns, run), said };
  };
  const peer = (at: string, publicKey: string): Peer => ({
    kind: 'peer',
    interface: at,
    publicKey,
    endpoint: undefined,
    allowedIps: [],
    latestHandshake: 0,
    received: 0,
    sent: 0,
    keepalive: undefined,
  });
  const interfaceOf = (name: string): Interface => ({
    kind: 'interface',
    name,
    publicKey: '',
    listenPort: '',
    fwmark: '',
  });
  const up = (...names: string[]) => new Map(names.map((name) => [name, interfaceOf(name)]));

  test('each interface by its own file, others by whichever has it', async () => {
    const { lists, said } = await read(['/etc/wireguard/*.conf']);
    expect(said).toEqual(['names /etc/wireguard/*.conf: ok']);
    expect(['wg0', 'wg1', 'wg9'].map((at) => namer(lists)(peer(at, a)))).toEqual(['at home', 'at work', 'at home']);
    expect(namer(lists)(peer('wg0', 'unknown'))).toBe('');
  });
  test('the setting wins', async () => {
    const { lists } = await read(['/etc/wireguard/*.conf'], { [a]: ' by hand ' });
    expect(namer(lists)(peer('wg1', a))).toBe('by hand');
  });
  test('a pattern may have a * in any part', async () => {
    const { lists, said } = await read(['/etc/*/m*/wg?.conf']);
    expect(lists.map(({ place }) => place)).toEqual(['the setting names', '/etc/wireguard/more/wg2.conf']);
    expect(said[1]).toMatch(/^Cannot use a name in \/etc\/wireguard\/more\/wg2\.conf line 2: /);
    expect(said.join()).not.toContain(secret);
  });
  test('what cannot be read is said, and costs the others nothing', async () => {
    const { lists, said } = await read([
      '/root/*.conf',
      '/etc/secret',
      '/etc/none',
      '/none/*',
      '/etc/wireguard/wg1.conf',
    ]);
    expect(said).toEqual([
      "names /root/*.conf: Cannot read the names of peers: EACCES: permission denied, scandir '/root'",
      "names /etc/secret: Cannot read the names of peers: EACCES: permission denied, open '/etc/secret'",
      "names /etc/none: Cannot read the names of peers: no such file, '/etc/none'",
      'names /none/*: ok',
      'names /etc/wireguard/wg1.conf: ok',
    ]);
    expect(namer(lists)(peer('wg1', a))).toBe('at work');
  });
  test('one bad file costs itself only, and is told by its name', async () => {
    const { lists, said } = await read(['/etc/bad/*']);
    expect(said).toEqual([
      'names /etc/bad/*: ok',
      "Cannot read the names of peers: expected a file, got a link that leads nowhere, '/etc/bad/a-dangling.conf'",
      "Cannot read the names of peers: expected a file, got a folder, '/etc/bad/folder'",
      "Cannot read the names of peers: expected a file, got a folder, '/etc/bad/link-to-folder.conf'",
      "names /etc/bad/secret.conf: Cannot read the names of peers: EACCES: permission denied, open '/etc/bad/secret.conf'",
    ]);
    expect(namer(lists)(peer('wg0', a))).toBe('good');
  });
  test('a file of systemd-networkd is for the interface that it names', async () => {
    const { lists } = await read(['/etc/net/*.netdev']);
    expect(['wg0', 'wg1'].map((at) => namer(lists)(peer(at, a)))).toEqual(['fibre', 'LTE']);
  });
  test('a key in a file of its own is read there, or told where it should be', async () => {
    const { lists, said } = await read(['/etc/keys/*.netdev']);
    expect(namer(lists)(peer('wg3', b))).toBe('b.pub');
    const lost = 'in /etc/keys/wg3.netdev: its key stands in /etc/keys';
    expect(said).toEqual([
      'names /etc/keys/*.netdev: ok',
      `Cannot use the name none.pub ${lost}/none.pub: expected a public key, got no such file`,
      `Cannot use the name secret.pub ${lost}/secret.pub: expected a public key, got EACCES: permission denied, open '/etc/keys/secret.pub'`,
      `Cannot use the name no-key.pub ${lost}/no-key.pub: expected a public key, got something else`,
    ]);
    expect(unusedNames(lists, up('wg3'), [])).toEqual([
      'Cannot use names in /etc/keys/wg3.netdev: expected the public keys of peers, got none for b.pub',
    ]);
  });
  test('a name without a peer: one line for a file, and never a key', async () => {
    const { lists } = await read(['/etc/wireguard/*.conf'], { [secret]: 'typo', [a]: 'used' });
    expect(unusedNames(lists, up('wg0', 'wg1'), [peer('wg1', a)])).toEqual([
      'Cannot use names in the setting names: expected the public keys of peers, got none for typo',
      'Cannot use names in /etc/wireguard/wg0.conf: expected the public keys of peers, got none for gone',
    ]);
  });
  test('the file of an interface that is down names nobody', async () => {
    const { lists } = await read(['/etc/wireguard/*.conf']);
    expect(unusedNames(lists, up('wg9'), [peer('wg9', 'other')])).toEqual([]);
  });
  test('many', async () => {
    const table = Object.fromEntries(['1', '2', '3', '4', '5', '6', '7'].map((n) => [n, `n${n}`]));
    const { lists } = await read([], table);
    expect(unusedNames(lists, up(), [])).toEqual([
      'Cannot use names in the setting names: expected the public keys of peers, got none for n1, n2, n3, n4, n5, and 2 more',
    ]);
  });
});
