import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { judged, leaked } from './judge.ts';
import type { Row } from './row.ts';
import { privateKey } from './secrets.ts';
import { playTool, quoted } from './stage.ts';

/** A command that does something else than it should: `shell` says what, in words of sh(1), of the file with its answer. */
function misbehaving(name: string, shell: (answer: string) => string, timeout = 30): Row {
  return {
    name,
    targets: (stage) => stage.commands,
    run: async (cell) => {
      const { stage, command, rounds } = cell;
      if (command === undefined) return [];
      playTool(stage, command.tool, { args: command.args, shell: shell(quoted(command.file)) });
      const wrong = await judged(cell, { timeout });
      // Each way that a key could leave by would take as long again.
      const telling = rounds > 5 && stage.collector === 'wireguard';
      return telling ? [...wrong, ...(await leaked(cell, timeout))] : wrong;
    },
  };
}

/** What never ends costs a test so many seconds. */
const short = 4;

/** A tool whose file is something else. */
function replaced(name: string, replace: (file: string) => void, more: Partial<Row> = {}): Row {
  return {
    name,
    ...more,
    targets: (stage) => [...new Map(stage.commands.map((one) => [one.tool, one])).values()],
    run: async (cell) => {
      replace(path.join(cell.stage.bin, cell.command?.tool ?? ''));
      return judged(cell);
    },
  };
}

/** The collectors look into these, too. */
const foundAnyway: Partial<Row> = {
  doesNotApply: ({ commands }) => {
    const tool = commands.find((one) =>
      ['/usr/sbin', '/usr/bin'].some((folder) => existsSync(path.join(folder, one.tool))),
    );
    return tool && `${tool.tool} of this machine would be found instead`;
  },
};

export const commandRows: readonly Row[] = [
  replaced('missing', (file) => rmSync(file), foundAnyway),
  replaced('not executable', (file) => chmodSync(file, 0o644), foundAnyway),
  replaced('no program', (file) => writeFileSync(file, 'what is this\n')),
  replaced('an empty file', (file) => writeFileSync(file, '')),
  ...[1, 2, 255].flatMap((status) => [
    misbehaving(`exit ${status}, no answer`, () => `exit ${status}`),
    misbehaving(`exit ${status}, the answer`, (answer) => `cat ${answer}; exit ${status}`),
  ]),
  misbehaving('nothing, exit 0', () => 'exit 0'),
  misbehaving('killed', () => 'kill -KILL $$'),
  misbehaving('SIGSEGV after the answer', (answer) => `cat ${answer}; kill -SEGV $$`),
  ...['exit 0', 'exit 1', 'kill -KILL $$', 'exec sleep 100'].map((end) =>
    misbehaving(
      `half the answer, then ${end}`,
      (answer) => `head -c $(($(wc -c <${answer}) / 2)) ${answer}; ${end}`,
      end.includes('sleep') ? short : undefined,
    ),
  ),
  misbehaving('hangs', () => 'exec sleep 100', short),
  misbehaving('hangs and ignores SIGTERM', () => `trap '' TERM; while :; do sleep 1; done`, short),
  misbehaving('a child keeps the pipe open', (answer) => `sleep 8 & cat ${answer}; exit 0`, short),
  misbehaving('closes stdout and lives on', (answer) => `cat ${answer}; exec >&-; exec sleep 100`, short),
  misbehaving('1 GB, one line', () => `head -c 1000000000 /dev/zero | tr '\\0' x; exit 0`, short),
  misbehaving('1 GB of garbage lines', () => 'yes "x y z" | head -c 1000000000; exit 0', short),
  misbehaving(
    '1 GB, its own answer over and over',
    (answer) => `while cat ${answer}; do :; done | head -c 1000000000`,
    short,
  ),
  misbehaving('256 MB on stderr', (answer) => `yes error | head -c 256000000 >&2; cat ${answer}; exit 0`, short),
  misbehaving('NUL before the answer', (answer) => `printf '\\0'; cat ${answer}; exit 0`),
  misbehaving('invalid UTF-8 before the answer', (answer) => `printf '\\377\\376\\n'; cat ${answer}; exit 0`),
  misbehaving('CRLF', (answer) => `sed 's/$/\\r/' ${answer}; exit 0`),
  misbehaving('a warning before the answer', (answer) => `echo 'warning: out of cheese'; cat ${answer}; exit 0`),
  misbehaving('a warning on stderr', (answer) => `echo 'warning: out of cheese' >&2; cat ${answer}; exit 0`),
  ...['1', '0'].map((status) =>
    misbehaving(
      `a key on stderr, exit ${status}`,
      (answer) => `echo 'bad key: ${privateKey}' >&2; cat ${answer}; exit ${status}`,
    ),
  ),
  misbehaving('a key for the answer', () => `echo '${privateKey}'; exit 0`),
  misbehaving('terminal escapes on stderr', () => `printf '\\033[31mred\\033]0;title\\007\\n' >&2; exit 1`),
  misbehaving('terminal escapes in the answer', (answer) => `sed 's/^/\\x1b[31m/' ${answer}; exit 0`),
  misbehaving('every line twice', (answer) => `sed p ${answer}; exit 0`),
  misbehaving('the answer twice', (answer) => `cat ${answer} ${answer}; exit 0`),
  misbehaving('a column more', (answer) => `sed 's/$/\\tmore/' ${answer}; exit 0`),
  misbehaving('a column less', (answer) => `sed 's/\\t[^\\t]*$//; t; s/ *[^ ]* *$//' ${answer}; exit 0`),
  ...['word', '-5', '1e400', '100000000000000000000000', 'constructor', '__proto__', 'NaN'].map((word) =>
    misbehaving(
      `${word} for each number`,
      (answer) => `sed 's/\\([\\t :,]\\)[0-9][0-9]*\\([\\t ,]\\|$\\)/\\1${word}\\2/g' ${answer}; exit 0`,
    ),
  ),
];
