import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { collectors } from '../../collectors/index.ts';
import { exampleConfig } from '../package/example-config.ts';

/** An argument vector. */
export type Command = readonly [string, ...string[]];

/** How much a made-up machine has. `datasets` is even and at least 4, `snapshots` a multiple of it, `sockets` at least 10. */
export interface Sizes {
  readonly datasets: number;
  readonly snapshots: number;
  readonly sockets: number;
  readonly peers: number;
}

/** The programs of this folder that are written in C, compiled. */
export interface Programs {
  readonly standIns: string;
  readonly measure: string;
}

/** A made-up machine: a folder with its own zfs, zpool, wg and ss, /proc and /sys. */
export interface Machine {
  readonly folder: string;
  /** Where the tools are, for the front of PATH. */
  readonly bin: string;
  /**
   * The variables that have a collector look at this machine, as a unit gives them, since options would cost the reading of a
   * command line. The config file is that of the packages.
   */
  readonly variablesOf: (collector: string) => Readonly<Record<string, string>>;
  /** Where a collector or an alternative writes its file. */
  readonly textfile: (name: string) => string;
  /** Forgets what collectors keep from run to run. */
  forget(): void;
  /** The commands that `use` had the tools run. */
  commandsOf(use: () => Promise<unknown>): Promise<Command[]>;
}

const replication = '[[pair]]\nsource = "tank/data"\ntarget = "backup/data"\nrecursive = true\n';

export async function compile(folder: string): Promise<Programs> {
  mkdirSync(folder, { recursive: true });
  const programs = { standIns: path.join(folder, 'stand-ins'), measure: path.join(folder, 'measure') };
  const compiler = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror', '-o'];
  const sources = ['main', 'zfs', 'zpool', 'wg', 'ss'].map((name) => here('stand-ins', `${name}.c`));
  await execa('gcc', [...compiler, programs.standIns, ...sources]);
  await execa('gcc', [...compiler, programs.measure, here('measure.c')]);
  return programs;
}

export async function makeMachine({ standIns }: Programs, folder: string, sizes: Sizes): Promise<Machine> {
  rmSync(folder, { recursive: true, force: true });
  const inside = (...parts: string[]): string => path.join(folder, ...parts);
  const [bin, state, log] = [inside('bin'), inside('state'), inside('bin/log')];
  for (const one of [bin, state, inside('textfile')]) mkdirSync(one, { recursive: true });
  // Copies: through a link a tool would not find the sizes that stand beside it.
  for (const tool of ['zfs', 'zpool', 'wg', 'ss', 'sockstat', 'sockstat6'])
    await copyFile(standIns, path.join(bin, tool));
  writeFileSync(
    inside('bin/sizes'),
    Object.entries(sizes)
      .map((entry) => `${entry.join(' ')}\n`)
      .join(''),
  );
  for (const one of collectors) {
    const own = one.name === 'replication-lag' ? replication : '';
    writeFileSync(inside(`${one.name}.toml`), exampleConfig(one) + own);
  }
  await writeKernel(folder, bin);
  return {
    folder,
    bin,
    variablesOf: (collector) => ({
      TEXTFILE_DIRECTORY: inside('textfile'),
      TEXTFILE_STATE_DIR: state,
      TEXTFILE_PROCFS: inside('proc'),
      TEXTFILE_SYSFS: inside('sys'),
      TEXTFILE_CONFIG: inside(`${collector}.toml`),
      TEXTFILE_INTERVAL: '60',
      TEXTFILE_TIMEOUT: '600',
    }),
    textfile: (name) => inside('textfile', `${name}.prom`),
    forget: () => {
      rmSync(state, { recursive: true });
      mkdirSync(state);
    },
    commandsOf: async (use) => {
      writeFileSync(log, '');
      await use();
      const lines = readFileSync(log, 'utf8').split('\n').slice(0, -1);
      rmSync(log);
      return lines.map((line): Command => {
        const [tool = '', ...args] = line.split('\0');
        return [tool, ...args];
      });
    },
  };
}

/** What collectors read of /proc and /sys, for the machine that the tools tell of. */
async function writeKernel(folder: string, bin: string): Promise<void> {
  for (const [name, text] of Object.entries(await kernelFiles(bin))) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
}

async function kernelFiles(bin: string): Promise<Readonly<Record<string, string>>> {
  const counted = async (name: string): Promise<string> => `${(await execa(path.join(bin, name))).stdout}\n`;
  return {
    'proc/spl/kstat/zfs/tank/state': 'ONLINE\n',
    'proc/spl/kstat/zfs/backup/state': 'ONLINE\n',
    'proc/net/sockstat': await counted('sockstat'),
    'proc/net/sockstat6': await counted('sockstat6'),
    'proc/sys/net/ipv4/ip_local_port_range': '32768\t60999\n',
    'proc/net/dev': `Inter-|   Receive\n face |bytes\n    lo: ${'0 '.repeat(16)}\n   wg0: ${'0 '.repeat(16)}\n`,
    'sys/module/zfs/version': '2.3.9-1\n',
    'sys/module/wireguard/refcnt': '0\n',
    'sys/class/net/lo/uevent': 'INTERFACE=lo\nIFINDEX=1\n',
    'sys/class/net/wg0/uevent': 'DEVTYPE=wireguard\nINTERFACE=wg0\nIFINDEX=2\n',
  };
}

function here(...parts: string[]): string {
  return path.join(import.meta.dirname, ...parts);
}
