import { judged } from './judge.ts';
import type { Row } from './row.ts';
import { type Recorded, type Stage, onStage, once, playTool, quoted, runBundle, setStage, strike } from './stage.ts';

/** A machine whose source is behind ssh. */
const machine = (): Stage => setStage('replication-lag', 'pull');
const isSsh = ({ tool }: Recorded): boolean => tool === 'ssh';

/** What the far side is asked, without what ssh is told: the rest is the same in each of them. */
export const asked = ({ args }: Recorded): string => args.replace(/^.* -- localhost timeout \d+ /s, '');

export const behindSsh: Pick<Row, 'doesNotApply'> = {
  doesNotApply: ({ collector }) => (collector === 'replication-lag' ? undefined : 'it asks no other machine'),
};

/** What a machine tells while nothing is done to it. */
const calmText = once(async (name) =>
  onStage(setStage('replication-lag', name), async (stage) => {
    const { text, stderr } = await runBundle(stage);
    if (text === undefined || stderr !== '') throw new Error(`Cannot try ssh: expected a healthy run, got ${stderr}`);
    return text;
  }),
);

/** On a machine of its own. */
export async function onMachine(does: (stage: Stage, healthy: string) => Promise<string[]>): Promise<string[]> {
  return onStage(machine(), async (stage) => does(stage, await calmText('pull')));
}

/** A program that stands for ssh, and at one of the questions does something else; `answer` is the file with what it would print. */
function standIn(name: string, shell: (answer: string) => string, { says = /^/, timeout = 30 } = {}): Row {
  const targetsOf = (stage: Stage): readonly Recorded[] =>
    stage.commands.filter(isSsh).map((one) => ({ ...one, tool: 'ssh:', args: asked(one) }));
  return {
    name: `ssh: ${name}`,
    ...behindSsh,
    targets: () => {
      const stage = machine();
      strike(stage);
      return targetsOf(stage);
    },
    run: async (cell) =>
      onMachine(async (stage, healthy) => {
        const command = stage.commands.find((one) => isSsh(one) && asked(one) === cell.command?.args);
        if (command === undefined) return [`nobody asks ${cell.command?.args}`];
        playTool(stage, 'ssh', { args: command.args, shell: shell(quoted(command.file)) });
        return judged({ ...cell, stage }, { healthy, says, timeout });
      }),
  };
}

/** It says why on stderr, as ssh does, and ends with 255. */
function refused(name: string, lines: readonly string[], says: RegExp): Row {
  const words = lines.map((line) => `printf '%s\\r\\n' ${quoted(line)} >&2\n`).join('');
  return standIn(name, () => `${words}exit 255`, { says });
}

/** What never ends costs a test so many seconds. */
const short = 4;
const prompt = `printf "backup@localhost's password: " >&2`;
const warning = '@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@';
export const halfOf = (answer: string): string => `head -c $(($(wc -c <${answer}) / 2)) ${answer}`;
export const why = (reason: string): RegExp =>
  new RegExp(`^replication-lag: ssh localhost: exit status 255: ${reason}`);
export const inTime = /^replication-lag: ssh localhost zfs \w+: did not answer in time and was ended/;

export const sshRows: readonly Row[] = [
  refused('wrong key', ['backup@localhost: Permission denied (publickey,password).'], why('.*Permission denied')),
  refused(
    'host key changed',
    [
      warning,
      '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @',
      warning,
      'Host key for [localhost]:2022 has changed and you have requested strict checking.',
      'Host key verification failed.',
    ],
    why('Host key verification failed'),
  ),
  refused('refused', ['ssh: connect to host localhost port 2022: Connection refused'], why('.*Connection refused')),
  refused(
    'no such name',
    ['ssh: Could not resolve hostname localhost: Temporary failure in name resolution'],
    why('.*resolve'),
  ),
  refused('says nothing', [], /^replication-lag: ssh localhost: exit status 255/),
  standIn('says 1 MB of warnings', () => `yes '${warning}' | head -c 1000000 >&2; exit 255`, { says: why('@@@') }),
  standIn('no program there', () => `echo 'bash: line 1: timeout: command not found' >&2; exit 127`, {
    says: /ssh localhost zfs \w+: exit status 127: .*command not found/,
  }),
  standIn('a banner', (answer) => `printf 'Authorized\\r\\nuse only\\r\\n' >&2; cat ${answer}; exit 0`, { says: /^$/ }),
  standIn('motd before the answer', (answer) => `echo 'Welcome to nas.'; cat ${answer}; exit 0`),
  standIn('motd of a table', (answer) => `printf 'Load\\t0.1\\t5\\n'; cat ${answer}; exit 0`),
  standIn('motd behind the answer', (answer) => `cat ${answer}; echo 'logout'; exit 0`),
  standIn('motd alone', () => `echo 'This account is currently not available.'; exit 1`),
  standIn('password prompt, nobody there', () => `${prompt}; read -r word || exit 255`, { says: why('.*password') }),
  standIn('password prompt, waits', () => `${prompt}; exec sleep 100`, { says: inTime, timeout: short }),
  standIn('hangs before the answer', () => 'exec sleep 100', { says: inTime, timeout: short }),
  standIn('hangs behind the answer', (answer) => `cat ${answer}; exec sleep 100`, { says: inTime, timeout: short }),
  standIn('hangs and ignores SIGTERM', (answer) => `trap '' TERM; cat ${answer}; while :; do sleep 1; done`, {
    timeout: short,
  }),
  ...['exit 0', 'exit 1', 'exit 255', 'exit 124', 'kill -KILL $$'].map((end) =>
    standIn(`half an answer, then ${end}`, (answer) => `${halfOf(answer)}; ${end}`, { says: /./ }),
  ),
  standIn('half an answer, then it hangs', (answer) => `${halfOf(answer)}; exec sleep 100`, {
    says: inTime,
    timeout: short,
  }),
  standIn('nothing, exit 0', () => 'exit 0'),
];
