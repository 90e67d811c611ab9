import { readFileSync } from 'node:fs';
import { judged } from './judge.ts';
import type { Cell, Row } from './row.ts';
import { type Recorded, playTool, quoted } from './stage.ts';

/** So many lines a command of ours prints on no machine. */
const lineCount = 2_000_000;

/** How a line of a command becomes another one with each number, in words of awk(1): `n` is the number. */
const distinct: readonly (readonly [command: RegExp, awk: string])[] = [
  // The names of pools, datasets and snapshots.
  [/^(?:zfs|zpool) (?:list|get) -Hp .*-o name/, '$1 = name "-" n'],
  // The public keys of peers.
  [/^wg show all dump$/, '$2 = sprintf("%043d=", n)'],
  // The addresses of listeners, and those that sockets are connected with.
  [/^ss -ltnH/, `$4 = "10." int(n / 65536) % 256 "." int(n / 256) % 256 "." n % 256 ":80"`],
  [/^ss -tanHO/, `$5 = "10." int(n / 65536) % 256 "." int(n / 256) % 256 "." n % 256 ":80"`],
];

const wordsOf = ({ tool, args }: Recorded): string => `${tool} ${args}`;
const awkOf = (command: Recorded): string | undefined => distinct.find(([form]) => form.test(wordsOf(command)))?.[1];

/** What a command answers, in part or in abundance. */
export const answerRows: readonly Row[] = [
  {
    name: 'cut within a line at random places, then exit 0',
    targets: ({ commands }) => commands.filter(({ file }) => readFileSync(file).length > 1),
    run: cutAnywhere,
  },
  {
    name: '2,000,000 distinct lines',
    long: true,
    doesNotApply: ({ commands }) =>
      commands.some((one) => awkOf(one) !== undefined)
        ? undefined
        : 'none of its commands prints a line for each thing',
    targets: ({ commands }) => commands.filter((one) => awkOf(one) !== undefined),
    run: abundant,
  },
];

async function cutAnywhere(cell: Cell): Promise<readonly string[]> {
  const { stage, command, rounds } = cell;
  if (command === undefined) return [];
  const answer = readFileSync(command.file);
  for (let round = 0; round < Math.min(rounds, 50); round += 1) {
    const at = placeWithinLine(answer);
    playTool(stage, command.tool, { args: command.args, shell: `head -c ${at} ${quoted(command.file)}; exit 0` });
    const wrong = await judged(cell);
    if (wrong.length > 0) return wrong.map((one) => `after ${at} of ${answer.length} bytes: ${one}`);
  }
  return [];
}

/** Bytes that do not end with a line end: of lines that are whole nobody can tell that more should follow. */
function placeWithinLine(answer: Buffer): number {
  for (;;) {
    const at = 1 + Math.floor(Math.random() * (answer.length - 1));
    if (answer[at - 1] !== 0x0a) return at;
  }
}

async function abundant(cell: Cell): Promise<readonly string[]> {
  const { stage, command } = cell;
  const change = command && awkOf(command);
  if (command === undefined || change === undefined) return [];
  // Of wg the lines of peers have more columns than those of interfaces.
  const program = [
    '{ print } NF >= most { most = NF; kept = $0 }',
    `END { $0 = kept; name = $1; for (n = 1; n <= ${lineCount}; n += 1) { ${change}; print } }`,
  ].join(' ');
  const separator = wordsOf(command).startsWith('ss ') ? ' ' : '\t';
  const shell = `exec /usr/bin/awk -F ${quoted(separator)} -v OFS=${quoted(separator)} ${quoted(program)} ${quoted(command.file)}`;
  playTool(stage, command.tool, { args: command.args, shell });
  // Of so many things there are other numbers, but not a word of those that are left out.
  return judged(cell, { mayDiffer: /^(?!textfile_collector_)/ });
}
