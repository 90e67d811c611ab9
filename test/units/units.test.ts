import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runtimePath, runtimes } from '../../build/runtimes.ts';
import { collectors, slices } from '../../collectors/index.ts';
import type { CollectorSlice } from '../../lib/slice.ts';
import { unitFiles } from '../../units/files.ts';
import { sandbox } from '../../units/hardening.ts';
import { packaged, timesOf } from '../../units/places.ts';
import { demandTool, isLeftOut } from '../tools.ts';

const dist = path.join(import.meta.dirname, '../../dist');
const program = path.join(dist, 'units.js');
const slice = (name: string) =>
  slices.find((one) => one.collector.name === name) ?? expect.fail(`no collector ${name}`);

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(path.join(os.tmpdir(), 'textfile-units-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

/** Runs units.js as a node of a fleet would; the folder has a name that needs quoting. */
async function makeUnits(...options: string[]): Promise<{ folder: string; names: string[] }> {
  const folder = mkdtempSync(path.join(scratch, 'out of "100%" '));
  await execa(runtimePath(runtimes.oldest), [program, '--out', folder, ...options]);
  return { folder, names: readdirSync(folder) };
}

describe.skipIf(isLeftOut('systemd-analyze'))('systemd-analyze', () => {
  beforeAll(() => demandTool('systemd-analyze', 'systemd', 'systemd-analyze'));

  /** What verify says; the manual pages are not where man looks for them. */
  const verify = async (folder: string, names: readonly string[]): Promise<string> => {
    const units = names.map((name) => path.join(folder, name.replace('@.', '@blue.')));
    const { stderr, exitCode } = await execa('systemd-analyze', ['verify', '--man=no', ...units], {
      reject: false,
      env: { SYSTEMD_UNIT_PATH: `${folder}:` },
    });
    // The machine's own units are none of ours.
    const ours = stderr.split('\n').filter((line) => line.includes('textfile-collector-'));
    return [...ours, ...(exitCode === 0 ? [] : [`exit status ${exitCode}`])].join('\n');
  };
  const here = ['--node', process.execPath, '--prefix', dist];

  test('verify finds nothing wrong', async () => {
    const { folder, names } = await makeUnits(...here);
    expect(names).toHaveLength(13);
    expect(await verify(folder, names)).toBe('');
  });

  test('verify finds nothing wrong with names that need quoting', async () => {
    const textfileDir = '/srv/ü "a" $b %h;c\\d\'e';
    const { folder, names } = await makeUnits(...here, '--textfile-dir', textfileDir, '--interval', '10');
    expect(await verify(folder, names)).toBe('');
  });

  test.each(['vpn=4711', 'vpn=/srv/ü%h'])('verify finds nothing wrong with --netns %s', async (netns) => {
    const { folder, names } = await makeUnits(...here, '--netns', netns);
    expect(await verify(folder, names)).toBe('');
  });

  test('verify finds what is wrong', async () => {
    const { folder, names } = await makeUnits('--node', '/nowhere/node');
    expect(await verify(folder, names)).toMatch(/\/nowhere\/node is not executable.*\nexit status 1$/s);
  });

  test.each([
    ['zfs', 15],
    ['tcp', 15],
    ['wireguard', 20],
    ['replication-lag', 20],
    ['ebpf', 25],
  ])('security: the exposure of %s is at most %i tenths', async (name, threshold) => {
    const { folder, names } = await makeUnits('--collector', name);
    const services = names.filter((one) => one.endsWith('.service'));
    expect(services).toHaveLength(slice(name).collector.perNetns === true ? 2 : 1);
    for (const service of services) {
      const options = ['--offline=true', '--no-pager', `--threshold=${threshold}`];
      const { exitCode, stdout } = await execa(
        'systemd-analyze',
        ['security', ...options, path.join(folder, service)],
        {
          reject: false,
        },
      );
      expect({ exitCode, said: stdout.split('\n').at(-1) }).toEqual({
        exitCode: 0,
        said: expect.stringMatching(/exposure level for textfile-collector-.*: \d\.\d/),
      });
    }
  });
});

test('every collector has an exposure limit above', () => {
  expect(collectors.map(({ name }) => name)).toEqual(['zfs', 'tcp', 'wireguard', 'replication-lag', 'ebpf']);
});

describe.each(slices.filter(({ collector }) => collector.follows !== true))('the times of $collector.name', (one) => {
  test.each([10, 29, 60, 3600, undefined])(
    'at an interval of %j s the collector ends before systemd ends it, and that before the next run',
    (interval) => {
      const times = timesOf(one, { ...packaged, interval });
      expect(times.interval).toBe(interval ?? one.unit.interval);
      expect(times.run).toBeLessThanOrEqual(one.collector.timeout);
      expect(times.run).toBeGreaterThanOrEqual(3);
      expect(times.run).toBeLessThan(times.start);
      expect(times.start).toBeLessThan(times.interval);
    },
  );
});

describe.each(slices)('the units of $collector.name', (one) => {
  test('give the reason above every exception', () => {
    for (const { name, text } of unitFiles(one, packaged).filter((file) => file.name.endsWith('.service'))) {
      for (const [directive, [value, reason]] of Object.entries(one.unit.exceptions)) {
        expect([name, text]).toEqual([name, expect.stringContaining(`\n# ${reason}\n${directive}=${value}\n`)]);
      }
    }
  });
});

describe('a collector that follows', () => {
  const tcp = slice('tcp');
  const going: CollectorSlice = {
    ...tcp,
    collector: { ...tcp.collector, perNetns: false, follows: true, timeout: 60 },
    unit: {
      interval: 15,
      root: 'The program insists.',
      capabilities: ['CAP_BPF', 'it loads programs.'],
      systemCalls: ['bpf', 'To load them.'],
      exceptions: {},
    },
  };
  const [service, ...others] = unitFiles(going, packaged);
  const lines = service?.text.split('\n') ?? [];

  test('has a service that goes on, and no timer', () => {
    expect([service?.name, others]).toEqual(['textfile-collector-tcp.service', []]);
    expect(lines).toEqual(
      expect.arrayContaining([
        'Type=exec',
        'ExecStart=/usr/bin/node /usr/lib/textfile-collectors/tcp.js --follow',
        'Restart=on-failure',
        'KillMode=mixed',
        'WantedBy=multi-user.target',
      ]),
    );
    expect(lines.filter((line) => /TimeoutStart|TEXTFILE_TIMEOUT/.test(line))).toEqual([]);
  });

  test('waits longer where its frames come seldom', () => {
    expect(unitFiles(going, { ...packaged, interval: 60 })[0]?.text).toContain('TEXTFILE_TIMEOUT=240\n');
  });

  test('is root where it has to be, with its capabilities and no other', () => {
    expect(lines.filter((line) => /^(User|\w*Capabilit\w*)=/.test(line))).toEqual([
      'User=root',
      'CapabilityBoundingSet=CAP_BPF',
    ]);
    expect(service?.text).toContain('\n# The program insists.\nUser=root\n');
    expect(service?.text).toMatch(/~@privileged @resources\n[^]*# To load them.\nSystemCallFilter=bpf\n/);
  });
});

test('an exception to a directive that has no default is a mistake', () => {
  const unit = { interval: 60, exceptions: { PrivateDevice: ['no', 'A misspelt name.'] } } as const;
  expect(() => sandbox(unit, [], [])).toThrow('expected an exception to a default, got PrivateDevice');
});

describe('units.js', () => {
  const units = async (...options: string[]) => execa(process.execPath, [program, ...options], { reject: false });

  test('puts a textfile directory back into the folders that are empty for the service', async () => {
    const linesFor = async (place: string) =>
      (await units('--collector', 'tcp', '--textfile-dir', place)).stdout.match(/^(ReadWrite|Bind)Paths=.*/gm);
    expect(await linesFor('/run/my files')).toEqual(
      Array.from({ length: 2 }, () => ['ReadWritePaths="-/run/my files"', 'BindPaths="-/run/my files"']).flat(),
    );
    expect(await linesFor('/dev/shm/a')).toContain('BindPaths=-/dev/shm/a');
    expect(await linesFor('/runs/a')).toEqual(['ReadWritePaths=-/runs/a', 'ReadWritePaths=-/runs/a']);
  });

  test.each([[[]], [['--help']]])('says where it cannot print, %j', async (options) => {
    const words = [process.execPath, program, ...options];
    const { stderr, exitCode } = await execa('sh', ['-c', 'exec "$@" >/dev/full', 'sh', ...words], { reject: false });
    expect({ stderr, exitCode }).toEqual({
      stderr: 'units: Cannot print: ENOSPC: no space left on device, write',
      exitCode: 1,
    });
  });

  test('prints what it would write', async () => {
    const { folder, names } = await makeUnits('--collector', 'zfs');
    const { stdout } = await units('--collector', 'zfs');
    expect(names).toEqual(['textfile-collector-zfs.service', 'textfile-collector-zfs.timer']);
    for (const name of names)
      expect(`${stdout}\n`).toContain(`# ${name}\n${readFileSync(path.join(folder, name), 'utf8')}`);
  });

  test.each([
    ['vpn', '/run/netns/vpn'],
    ['vpn=4711', '/proc/4711/ns/net'],
    ['vpn=/run/docker/netns/1%a=b', '/run/docker/netns/1%%a=b'],
  ])('--netns %s is a pair of units of its own in that network namespace', async (netns, place) => {
    const { folder, names } = await makeUnits('--netns', netns);
    expect(names).toEqual(
      ['tcp', 'wireguard'].flatMap((name) => [
        `textfile-collector-${name}@vpn.service`,
        `textfile-collector-${name}@vpn.timer`,
      ]),
    );
    const service = readFileSync(path.join(folder, 'textfile-collector-tcp@vpn.service'), 'utf8').split('\n');
    expect(service).toEqual(expect.arrayContaining([`NetworkNamespacePath=${place}`, 'Environment=TEXTFILE_NETNS=%i']));
    const template = unitFiles(slice('tcp'), packaged).find(({ name }) => name.endsWith('@.service'));
    expect(service.join('\n')).toBe(template?.text.replace('/run/netns/%i', () => place));
  });

  test('puts what the options say where it belongs', async () => {
    const places = [
      '--textfile-dir',
      '/srv/a b%',
      '--node',
      '/opt/$node',
      '--prefix',
      '/opt/my bundles',
      '--user',
      'metrics',
    ];
    const { folder } = await makeUnits('--collector', 'zfs', '--interval', '20', ...places);
    const service = readFileSync(path.join(folder, 'textfile-collector-zfs.service'), 'utf8').split('\n');
    expect(service).toEqual(
      expect.arrayContaining([
        'ExecStart=/opt/$$node "/opt/my bundles/zfs.js"',
        'Environment="TEXTFILE_DIRECTORY=/srv/a b%%"',
        'ReadWritePaths="-/srv/a b%%"',
        'Environment=TEXTFILE_INTERVAL=20',
        'Environment=TEXTFILE_TIMEOUT=10',
        'TimeoutStartSec=15s',
        'User=metrics',
      ]),
    );
    expect(service.filter((line) => line.startsWith('EnvironmentFile'))).toEqual([]);
    const timer = readFileSync(path.join(folder, 'textfile-collector-zfs.timer'), 'utf8');
    expect(timer).toContain('\nOnUnitActiveSec=20s\n');
  });

  test.each([
    [['--collector', 'zsf'], 'expected one of zfs, tcp, wireguard, replication-lag, ebpf, got "zsf"'],
    [['--interval', '5'], 'option --interval: expected at least 10, got 5'],
    [['--textfile-dir', 'textfile'], 'option --textfile-dir: expected a text like'],
    [['--node', '/usr/bin/node\nUser=root'], 'option --node: expected a text like'],
    [['--user', 'a b'], 'option --user: expected a text like'],
    [['--netns', '../vpn'], 'option --netns: item 0: expected a text like'],
    [['--netns', 'vpn=0'], 'option --netns: item 0: expected a text like'],
    [['--netns', 'vpn=run/netns/vpn'], 'option --netns: item 0: expected a text like'],
    [['zfs'], 'expected those that --help shows, got zfs'],
  ])('refuses %j', async (options, message) => {
    const { exitCode, stdout, stderr } = await units(...options);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^units: Cannot read .*$/);
    expect(stderr).toContain(message);
  });

  test('says which collectors look into a network namespace', async () => {
    const { exitCode, stderr } = await units('--collector', 'zfs', '--netns', 'vpn');
    expect([exitCode, stderr]).toEqual([
      2,
      'units: Cannot make units of a network namespace: expected a collector of tcp, wireguard, got zfs',
    ]);
  });

  test('says where it could not write', async () => {
    const { exitCode, stderr } = await units('--out', '/proc/units');
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^units: Cannot write \/proc\/units\/.*: ENOENT.*$/)]);
  });
});
