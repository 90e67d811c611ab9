import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Judging, prepared } from './judge.ts';
import type { Row } from './row.ts';
import type { Stage } from './stage.ts';
import { remembers } from './state-rows.ts';
import { mounting, noMounts, notRoot, script, stranger, withoutCapabilities } from './surroundings.ts';

const cannotKeep = (why: string): RegExp => new RegExp(`^[a-z-]+: Cannot keep the state file: .*${why}`, 'm');

/** A fault of the folder. What cannot be kept is told by who has something to keep, and costs nothing else. */
function folder(
  name: string,
  put: (stage: Stage) => Judging | void,
  why: string | undefined,
  more: Partial<Row> = {},
): Row {
  return prepared(
    `state folder: ${name}`,
    (stage) => ({
      ...put(stage),
      says: why !== undefined && remembers(stage) ? cannotKeep(why) : /^$/,
    }),
    more,
  );
}

/** Something else in the place of the folder. */
function inItsPlace(name: string, put: (place: string, stage: Stage) => void, why: string | undefined): Row {
  return folder(
    name,
    (stage) => {
      rmSync(stage.state, { recursive: true });
      put(stage.state, stage);
    },
    why,
  );
}

/** Afterwards whoever looks at it may not be root. */
function whileMode(place: string, mode: string): string[] {
  return script(place, `/usr/bin/chmod ${mode} "$0"; "$@"; status=$?; /usr/bin/chmod 755 "$0"; exit $status`);
}

const elsewhere = ({ folder }: Stage): string => path.join(folder, 'elsewhere');

export const stateFolderRows: readonly Row[] = [
  inItsPlace('missing', () => {}, undefined),
  inItsPlace('a file', (place) => writeFileSync(place, 'a file\n'), 'ENOTDIR'),
  inItsPlace('a FIFO', (place) => execFileSync('mkfifo', [place]), 'ENOTDIR'),
  inItsPlace('a link to /dev/zero', (place) => symlinkSync('/dev/zero', place), 'ENOTDIR'),
  inItsPlace('a link to nothing', (place, stage) => symlinkSync(elsewhere(stage), place), 'ENOENT'),
  inItsPlace('a link to itself', (place) => symlinkSync(place, place), 'ELOOP'),
  // As systemd makes it for a DynamicUser.
  inItsPlace(
    'a link to another folder',
    (place, stage) => {
      mkdirSync(elsewhere(stage));
      symlinkSync(elsewhere(stage), place);
    },
    undefined,
  ),
  ...['555', '0'].map((mode) =>
    folder(`mode ${mode}`, ({ state }) => ({ wrapper: [...whileMode(state, mode), ...withoutCapabilities] }), 'EACCES'),
  ),
  folder(
    'not ours',
    ({ state }) => {
      chownSync(state, stranger, stranger);
      return { wrapper: withoutCapabilities };
    },
    'EACCES',
    { doesNotApply: () => notRoot },
  ),
  ...(
    [
      ['a read-only file system', 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0"', 'EROFS'],
      ['a full disk', 'mount -t tmpfs -o size=4k none "$0" && head -c 4096 /dev/zero >"$0/filled"', 'ENOSPC'],
      ['no inodes', 'mount -t tmpfs -o nr_inodes=1 none "$0"', 'ENOSPC'],
    ] as const
  ).map(([name, lines, why]) =>
    folder(name, ({ state }) => ({ wrapper: mounting(state, `${lines} && PATH=$words exec "$@"`) }), why, {
      doesNotApply: () => noMounts,
    }),
  ),
];
