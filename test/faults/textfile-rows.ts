import { randomBytes } from 'node:crypto';
import {
  type FSWatcher,
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  watch,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { execa } from 'execa';
import { type Judging, prepared } from './judge.ts';
import { temporary } from './oracle.ts';
import type { Row } from './row.ts';
import type { Stage } from './stage.ts';
import {
  asStranger,
  mounting,
  noMounts,
  noStranger,
  notRoot,
  script,
  stranger,
  withoutCapabilities,
} from './surroundings.ts';

/** A fault of the folder or of what stands in it. */
const textfile: typeof prepared = (name, prepare, more) =>
  prepared(`textfile directory: ${name}`, prepare, { alike: true, ...more });

const refused = (code: string, more: Judging = {}): Judging => ({
  exit: 1,
  says: new RegExp(`^[a-z-]+: Cannot write .+\\.prom: .*${code}`, 'm'),
  ...more,
});

/** On a file system of its own, with the file of the run before and what `fill` adds; what is then in it can be seen from outside. */
function onTmpfs({ textfile: folder }: Stage, options: string, fill: string): string[] {
  return mounting(
    folder,
    [
      'mkdir "$0.seen" && mount --bind "$0" "$0.seen" && mount -t tmpfs -o ' + options + ' none "$0" || exit 99',
      'cp -p "$0.seen/"* "$0" && ' + fill + ' || :',
      'PATH=$words "$@"; status=$?',
      'rm -f "$0/filled"; rm -rf "$0.seen/"*; cp -p "$0/"* "$0.seen"; exit $status',
    ].join('\n'),
  );
}

const fill = '(head -c 1000000 /dev/zero >"$0/filled") 2>&-';
const fillLeftover =
  'for left in "$0/"*.prom.*; do (head -c 1000000 /dev/zero >"$left") 2>&-; touch -d @1000000000 "$left"; done';
const mounts: Partial<Row> = { doesNotApply: () => noMounts };

/** A temporary file of a run that was killed long ago. */
function leftover({ prom }: Stage, content = 'left\n'): string {
  const file = `${prom}.${randomBytes(16).toString('hex')}`;
  writeFileSync(file, content);
  utimesSync(file, 1e9, 1e9);
  return file;
}

/** Something else in the place of the file, which has to be there afterwards, too. */
function inItsPlace(name: string, make: (stage: Stage) => void, word: string): Row {
  const look = ({ prom, folder }: Stage): string =>
    JSON.stringify([lstatSync(prom).mode, readFileSync(path.join(folder, 'precious'), 'utf8'), modeOf(folder)]);
  let before = '';
  return textfile(
    name,
    (stage) => {
      rmSync(stage.prom);
      writeFileSync(path.join(stage.folder, 'precious'), 'precious\n', { mode: 0o600 });
      make(stage);
      before = look(stage);
      return refused(word, { before: undefined });
    },
    { check: (stage) => (look(stage) === before ? [] : [`made ${look(stage)} of ${before}`]) },
  );
}

/** Lets a stranger at all but the textfile directory. */
function giveAway({ folder, prom, state }: Stage): void {
  chmodSync(folder, 0o755);
  for (const place of [prom, state, ...readdirSync(state).map((name) => path.join(state, name))])
    chownSync(place, stranger, stranger);
}

/** Whoever owns the folder sees a name come, and puts a link at it before anything is done by that name. */
function linksAtTemporaryNames(): Row {
  const precious = ({ folder }: Stage): string => path.join(folder, 'precious');
  // Several collectors are tried at once.
  const watchers = new Map<Stage, FSWatcher>();
  return textfile(
    'links at the temporary names',
    (stage) => {
      writeFileSync(precious(stage), 'precious\n', { mode: 0o600 });
      for (const end of ['tmp', 'new', '1', '12345', '0'.repeat(32)])
        symlinkSync(precious(stage), `${stage.prom}.${end}`);
      const seen = new Set([path.basename(stage.prom)]);
      const watcher = watch(stage.textfile, (_, name) => {
        if (name === null || seen.has(name)) return;
        seen.add(name);
        rmSync(path.join(stage.textfile, name), { force: true });
        symlinkSync(precious(stage), path.join(stage.textfile, name));
      });
      watchers.set(stage, watcher);
      // A link that is renamed to the file is the owner's own doing.
      return { exit: 'any', before: undefined, beside: /\.prom\./ };
    },
    {
      check: (stage) => {
        watchers.get(stage)?.close();
        watchers.delete(stage);
        const found = [readFileSync(precious(stage), 'utf8'), modeOf(stage.folder) & 0o777];
        return isDeepStrictEqual(found, ['precious\n', 0o600])
          ? []
          : [`wrote through a link: ${JSON.stringify(found)}`];
      },
    },
  );
}

const modeOf = (folder: string): number => statSync(path.join(folder, 'precious')).mode;

const link = 'expected a file of its own, got a symbolic link';

export const textfileRows: readonly Row[] = [
  textfile('missing', ({ textfile: folder }) => {
    rmSync(folder, { recursive: true });
    return refused('ENOENT', { before: undefined });
  }),
  textfile('a file', ({ textfile: folder }) => {
    rmSync(folder, { recursive: true });
    writeFileSync(folder, '');
    return refused('ENOTDIR', { before: undefined });
  }),
  textfile('not writable', ({ textfile: folder }) => {
    chmodSync(folder, 0o555);
    return refused('EACCES', { wrapper: withoutCapabilities });
  }),
  textfile(
    'not ours',
    ({ textfile: folder }) => {
      chownSync(folder, stranger, stranger);
      return refused('EACCES', { wrapper: withoutCapabilities });
    },
    { doesNotApply: () => notRoot },
  ),
  textfile(
    'a read-only file system',
    ({ textfile: folder }) =>
      refused('EROFS', {
        wrapper: mounting(folder, 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && PATH=$words exec "$@"'),
      }),
    mounts,
  ),
  textfile('a full disk', (stage) => refused('ENOSPC', { wrapper: onTmpfs(stage, 'size=256k', fill) }), mounts),
  textfile('no inodes', (stage) => refused('ENOSPC', { wrapper: onTmpfs(stage, 'nr_inodes=2', ':') }), mounts),
  textfile('a limit of the size of files', () => refused('EFBIG', { wrapper: ['/usr/bin/prlimit', '--fsize=1024'] })),
  inItsPlace('a directory in the place of the file', ({ prom }) => mkdirSync(prom), 'EISDIR'),
  inItsPlace('a dangling link in the place of the file', ({ prom }) => symlinkSync('/nowhere/else', prom), link),
  inItsPlace(
    'a link elsewhere in the place of the file',
    ({ prom, folder }) => symlinkSync(path.join(folder, 'precious'), prom),
    link,
  ),
  inItsPlace('a link to /dev/zero in the place of the file', ({ prom }) => symlinkSync('/dev/zero', prom), link),
  textfile('a FIFO in the place of the file', async ({ prom }) => {
    rmSync(prom);
    await execa('mkfifo', [prom]);
    return { before: undefined };
  }),
  textfile(
    'what a killed run has left fills the disk',
    (stage) => {
      leftover(stage);
      return { wrapper: onTmpfs(stage, 'size=256k', fillLeftover) };
    },
    mounts,
  ),
  textfile(
    'of a user without any right',
    (stage) => {
      giveAway(stage);
      chownSync(stage.textfile, stranger, stranger);
      return { wrapper: asStranger };
    },
    { doesNotApply: () => noStranger },
  ),
  textfile(
    'what a killed run of another user has left',
    (stage) => {
      giveAway(stage);
      leftover(stage);
      chmodSync(stage.textfile, 0o1777);
      return { wrapper: asStranger, beside: temporary };
    },
    { doesNotApply: () => noStranger },
  ),
  linksAtTemporaryNames(),
  ...['0777', '077'].map((mask) =>
    textfile(`umask ${mask}`, ({ folder }) => ({ wrapper: script(folder, `umask ${mask}; exec "$@"`) })),
  ),
];
