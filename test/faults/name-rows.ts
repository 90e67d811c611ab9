import { cpSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { judged, judgedAfterOne } from './judge.ts';
import type { Cell, Row } from './row.ts';
import { behindSsh, onMachine } from './ssh-rows.ts';
import { type Stage, onStage, once, playTool, runBundle, setStage } from './stage.ts';

/** What has a name that the machine's tools print, and where a recorded one stands. */
interface Named {
  readonly collector: string;
  readonly what: string;
  /** The recorded name, or a part of it, that stands in nothing else; behind what is no part of it. */
  readonly recorded: string;
  readonly behind?: string;
  /** The recorded machine, where it is not the healthy one. */
  readonly machine?: string;
  /** What no such name holds. */
  readonly never?: RegExp;
  /** How it is told, where that is not as it is. */
  readonly told?: (name: string) => string;
}

/** dev_valid_name() in net/core/dev.c. */
const inNoInterface = /[\s:/]/;
/** valid_char() in OpenZFS' module/zcommon/zfs_namecheck.c refuses most of the others, too. */
const inNoDataset = /[\t\n]/;

const named: readonly Named[] = [
  { collector: 'zfs', what: 'a dataset', recorded: 'vm-100', never: inNoDataset },
  { collector: 'zfs', what: 'a pool', recorded: 'my-pool.v1:a_b', never: inNoDataset },
  { collector: 'zfs', what: 'a vdev', recorded: 'odd0' },
  { collector: 'zfs', what: 'a mountpoint', recorded: 'odd path' },
  { collector: 'tcp', what: 'a unit', recorded: 'ssh', machine: 'units', never: /\n/ },
  { collector: 'tcp', what: 'an interface', recorded: 'eth0', behind: '%', machine: 'addresses', never: inNoInterface },
  { collector: 'wireguard', what: 'an interface', recorded: 'wg2', never: inNoInterface },
  {
    collector: 'wireguard',
    what: 'a peer',
    recorded: "alice's phone",
    never: /\n/,
    told: (name) => name.trim(),
  },
  { collector: 'replication-lag', what: 'a dataset', recorded: 'b c' },
  { collector: 'replication-lag', what: 'a machine', recorded: 'backup2', machine: 'syncoid-sync-hosts' },
  { collector: 'ebpf', what: 'a disk', recorded: 'vda', never: /\s/ },
];

const names: readonly (readonly [string, string | Buffer])[] = [
  ['a quote', 'a"b'],
  ['an apostrophe', "a'b"],
  ['a backslash', String.raw`a\b`],
  ['a backslash and n', String.raw`a\nb`],
  ['a backslash at its end', 'ab\\'],
  ['percent', 'a%s%n%d'],
  ['a comma', 'a,b'],
  ['braces', 'a"}1{b="c'],
  ['words for a shell', '$(touch${IFS}x)`id`;&|<>'],
  ['an option', '--help'],
  ['a space at both ends', ' ab '],
  ['a tab', 'a\tb'],
  ['a newline', 'a\nb'],
  ['a carriage return', 'a\rb'],
  ['a carriage return at its end', 'ab\r'],
  ['terminal escapes', 'a\u001b[31mb'],
  ['U+2028', 'a\u2028b'],
  ['a byte order mark', '\ufeffab'],
  ['right to left', '\u202ea\u05d0b'],
  ['255 bytes', 'n'.repeat(255)],
  ['constructor', 'constructor'],
  ['__proto__', '__proto__'],
  ['invalid UTF-8', Buffer.from([0x61, 0xff, 0xfe, 0x62])],
];

/** The same machine, on which something has another name. */
function nameRow([name, value]: readonly [string, string | Buffer]): Row {
  const those = ({ collector }: Stage): readonly Named[] =>
    named.filter((one) => one.collector === collector && one.never?.test(value.toString()) !== true);
  return {
    name: `name: ${name}`,
    doesNotApply: (stage) => (those(stage).length > 0 ? undefined : 'nothing that it reads has such a name'),
    targets: (stage) => those(stage).map(({ what }) => ({ tool: what, args: '', file: '', exitCode: 0 })),
    run: async (cell) => {
      const one = those(cell.stage).find(({ what }) => what === cell.command?.tool);
      return one === undefined ? [] : judgedRenamed(cell, one, Buffer.from(value));
    },
  };
}

async function judgedRenamed(cell: Cell, one: Named, name: Buffer): Promise<string[]> {
  const { collector, machine, behind = '', recorded, told = String } = one;
  return onStage(staged(collector, machine), async (stage) => {
    const healthy = await calmText(`${collector}/${machine ?? 'healthy'}`);
    const label = told(name.toString()).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
    return judged(
      { ...cell, stage: renamed(stage, behind + recorded, Buffer.concat([Buffer.from(behind), name])) },
      {
        healthy: healthy.replaceAll(behind + recorded, () => behind + label),
        // Of one that is no name its peer is told all the same.
        mayDiffer: /friendly_name=""/,
      },
    );
  });
}

/** The names of peers come from a file that the config names. */
function staged(collector: string, machine?: string): Stage {
  const stage = setStage(collector, machine);
  if (collector !== 'wireguard') return stage;
  const config = path.join(stage.folder, 'config.toml');
  const list = path.join(stage.folder, 'proc/wg0.conf');
  cpSync(path.join(stage.folder, 'etc/wireguard/wg0.conf'), list);
  writeFileSync(config, `name_files = ["${list}"]\n`);
  return { ...stage, config };
}

/** By collector and machine, as `zfs/healthy`. */
const calmText = once(async (key) => {
  const [collector = '', machine] = key.split('/');
  return onStage(staged(collector, machine), async (stage) => (await runBundle(stage)).text ?? '');
});

/** In what its commands print and are asked, and in files and names of /proc and /sys. */
function renamed(stage: Stage, from: string, to: Buffer): Stage {
  const parts = ['answers', 'proc', 'sys'].map((part) => Buffer.from(path.join(stage.folder, part)));
  const files = parts.reduce((sum, part) => sum + renameIn(part, from, to), 0);
  if (files === 0) throw new Error(`Cannot rename ${from}: it stands nowhere`);
  return askedOtherwise(stage, from, to.toString());
}

function askedOtherwise(stage: Stage, from: string, to: string): Stage {
  const commands = stage.commands.map((one) => ({ ...one, args: one.args.replaceAll(from, () => to) }));
  const other = { ...stage, commands };
  for (const tool of new Set(commands.map((one) => one.tool))) playTool(other, tool);
  return other;
}

/** Bytes that are no text are kept as they are. Answers in how many files it stood. */
function renameIn(folder: Buffer, from: string, to: Buffer): number {
  let count = 0;
  for (const name of readdirSync(folder, { encoding: 'buffer' })) {
    const place = Buffer.concat([folder, Buffer.from('/'), name]);
    if (statSync(place).isDirectory()) {
      count += renameIn(place, from, to);
      if (name.toString() === from) renameSync(place, Buffer.concat([folder, Buffer.from('/'), to]));
      continue;
    }
    const text = readFileSync(place, 'latin1');
    if (!text.includes(from)) continue;
    const inJson = text.startsWith('{');
    const word = inJson ? JSON.stringify(to.toString('latin1')).slice(1, -1) : to.toString('latin1');
    writeFileSync(
      place,
      text.replaceAll(from, () => word),
      'latin1',
    );
    count += 1;
  }
  return count;
}

/** What the config may call a machine that ssh reaches: a word that ssh does not take for anything else. */
const hostName = /^\w[\w.+-]*$/;

/** The same of the machine that the config names; any other name is refused. */
function hostRow([name, value]: readonly [string, string | Buffer]): Row {
  const word = value.toString();
  return {
    name: `name of a host: ${name}`,
    ...behindSsh,
    run: async (cell) =>
      onMachine(async (stage, healthy) => {
        const config = path.join(stage.folder, 'config.toml');
        const lines = readFileSync(stage.config ?? '', 'utf8').split('localhost');
        const inToml = typeof value === 'string' ? JSON.stringify(value).slice(1, -1) : value.toString('latin1');
        writeFileSync(config, lines.join(inToml), typeof value === 'string' ? 'utf8' : 'latin1');
        if (!hostName.test(word)) return judgedAfterOne({ ...cell, stage }, { config, exit: 2, says: noHost });
        const other = askedOtherwise(stage, 'localhost', word);
        return judged({ ...cell, stage: other }, { config, healthy: healthy.replaceAll('localhost', word) });
      }),
  };
}

const noHost = /Cannot read config file \S+config\.toml, key pair: item 0\.source: expected a dataset as /;

export const nameRows: readonly Row[] = [...names.map(nameRow), ...names.map(hostRow)];
