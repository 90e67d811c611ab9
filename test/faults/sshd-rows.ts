import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type Socket, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { type Judging, judged } from './judge.ts';
import type { Cell, Row } from './row.ts';
import { asked, behindSsh, halfOf, inTime, onMachine, why } from './ssh-rows.ts';
import { type Far, noSshd, startSshd } from './sshd.ts';
import { type Stage, playTool, quoted } from './stage.ts';

const forcedCommand = path.join(import.meta.dirname, '../../collectors/replication-lag/forced-command.sh');

/** What is wrong with the far side, or with the way to it; nothing where all is well. */
interface Wrong {
  /** Of its listing of snapshots: what zfs does there, in words of sh(1), of the file with its answer. */
  readonly zfs?: (answer: string) => string;
  readonly settings?: readonly string[];
  /** What a shell there does before the forced command. */
  readonly before?: string;
  /** The dataset that the key may list. */
  readonly root?: string;
  readonly key?: 'key' | 'other';
  readonly hosts?: 'known_hosts' | 'changed_hosts' | 'no_hosts';
  /** What comes in its place, as it is spoken to. */
  readonly instead?: (socket: Socket) => void;
  readonly gone?: true;
  /** Seconds: what never ends costs a test so many. A login takes some where many tests run at once. */
  readonly patience?: number;
}

/** By the collector's own ssh, a real sshd and the forced command. */
function real(name: string, wrong: Wrong, { says }: Pick<Judging, 'says'> = { says: /^$/ }): Row {
  return {
    name: `sshd: ${name}`,
    doesNotApply: (stage) => behindSsh.doesNotApply?.(stage) ?? noSshd(),
    run: async (cell) => onMachine((stage, healthy) => tryFar({ ...cell, stage }, healthy, wrong, says)),
  };
}

async function tryFar(cell: Cell, healthy: string, wrong: Wrong, says: RegExp | undefined): Promise<string[]> {
  const { stage } = cell;
  // By another name: what goes on there is none of what the run has left running here.
  const folder = mkdtempSync(path.join(os.tmpdir(), 'textfile-far-'));
  const bin = path.join(folder, 'bin');
  const forced = `PATH=${bin}:/usr/bin:/bin exec sh ${forcedCommand} ${wrong.root ?? 'rpool/data'}`;
  const far = await startSshd(folder, `${wrong.before ?? ''}${forced}`, wrong.settings);
  const impostor = wrong.instead && createServer(wrong.instead);
  try {
    putZfs(stage, bin, wrong);
    // The machine's own ssh is found instead.
    rmSync(path.join(stage.bin, 'ssh'));
    if (wrong.gone === true || impostor !== undefined) await far.stop();
    if (impostor !== undefined) await new Promise<void>((done) => impostor.listen(far.port, '127.0.0.1', done));
    const how = { healthy: healthy.replaceAll('localhost:2022', `localhost:${far.port}`), ...(says && { says }) };
    return await judged(cell, { ...how, timeout: 60, config: configOf(stage, far, wrong) });
  } finally {
    impostor?.close();
    await far.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The far side's zfs answers what ssh was asked. */
function putZfs(stage: Stage, bin: string, { zfs }: Wrong): void {
  mkdirSync(bin);
  const commands = stage.commands
    .filter(({ tool }) => tool === 'ssh')
    .map((one) => ({ ...one, tool: 'zfs', args: asked(one).replace(/^zfs /, '').replaceAll("'", '') }));
  const snapshots = commands.find(({ args }) => args.includes('-t snapshot'));
  const instead = snapshots && zfs ? [{ args: snapshots.args, shell: zfs(quoted(snapshots.file)) }] : [];
  playTool({ ...stage, bin, commands }, 'zfs', instead);
}

function configOf(
  { folder }: Stage,
  { port, file }: Far,
  { key = 'key', hosts = 'known_hosts', patience = 60 }: Wrong,
): string {
  const config = path.join(folder, 'config.toml');
  const lines = [
    `ssh_timeout = ${patience}`,
    `ssh_identity = "${file(key)}"`,
    `ssh_known_hosts = "${file(hosts)}"`,
    '[[pair]]',
    `source = "ssh://${os.userInfo().username}@localhost:${port}/rpool/data"`,
    'target = "tank/backup/data"',
    'recursive = true',
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  return config;
}

/** What runs the forced command, timeout(1) in between. */
const hangUp = 'read -r _ _ _ session _ </proc/$PPID/stat; kill -KILL $session';

const patience = 5;
const unreached = (reason: string): Pick<Judging, 'says'> => ({ says: why(reason) });
const late: Pick<Judging, 'says'> = { says: inTime };

export const sshdRows: readonly Row[] = [
  real('all is well', {}),
  real('wrong key', { key: 'other' }, unreached('.*Permission denied')),
  real('host key changed', { hosts: 'changed_hosts' }, unreached('Host key verification failed')),
  real('host key unknown', { hosts: 'no_hosts' }, unreached('Host key verification failed')),
  real('refused', { gone: true }, unreached('.*Connection refused')),
  real('a banner', { settings: [`Banner ${import.meta.filename}`] }),
  real('motd', { before: 'echo Welcome to nas.; echo; ' }, { says: /Cannot parse zfs/ }),
  real(
    'password prompt',
    { settings: ['PubkeyAuthentication no', 'PasswordAuthentication yes', 'KbdInteractiveAuthentication yes'] },
    unreached('.*Permission denied'),
  ),
  real(
    'a key for another dataset',
    { root: 'rpool/other' },
    { says: /exit status 126: .*which this key may not list/ },
  ),
  real('hangs before the answer', { zfs: () => 'exec sleep 20', patience }, late),
  real('hangs behind the answer', { zfs: (answer) => `cat ${answer}; exec sleep 20`, patience }, late),
  real('half an answer', { zfs: (answer) => `${halfOf(answer)}; exit 0` }, { says: /./ }),
  real('half an answer, then it hangs', { zfs: (answer) => `${halfOf(answer)}; exec sleep 20`, patience }, late),
  real(
    'half an answer, then it hangs up',
    { zfs: (answer) => `${halfOf(answer)}; ${hangUp}` },
    unreached('.*closed by remote host'),
  ),
  real('takes the call and says nothing', { instead: () => {}, patience }, unreached('.*timed out')),
  real('takes the call and hangs up', { instead: (socket) => socket.destroy() }, unreached('.*(?:reset|closed)')),
  real(
    'another protocol',
    { instead: (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n') },
    // OpenSSH 10 does not take that for an error, and says nothing of it.
    { says: /^replication-lag: ssh localhost: exit status 255(?:: .*(?:reset|closed)| \()/ },
  ),
];
