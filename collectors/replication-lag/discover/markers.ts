import { parseLocation } from '../pair.ts';

/** What a replication tool left on a dataset. */
export interface Marker {
  readonly tool: string;
  readonly dataset: string;
  /** Where it sends to, as a pair has it; undefined where the marker does not tell. */
  readonly target: string | undefined;
  /** Undefined where the datasets below tell it by markers of their own. */
  readonly recursive: boolean | undefined;
  /** Names of the snapshots that it sends; undefined for all. */
  readonly include: readonly string[] | undefined;
  /** A property that says of each dataset below whether it is carried. */
  readonly choice: Choice | undefined;
  /** It may have come here with a stream, as a snapshot does; a bookmark and a local property do not. */
  readonly travels: boolean;
}

/** What the nearest value of a user property, on the dataset or above it, makes of a dataset. */
export interface Choice {
  readonly property: string;
  readonly isCarried: (value: string | undefined, isOwn: boolean) => boolean;
}

type Found = Pick<Marker, 'tool' | 'include'>;

/** Names that tools give to snapshots (`@`) and bookmarks (`#`), from their sources and documentation. */
const names: readonly (readonly [RegExp, (match: RegExpExecArray) => Found])[] = [
  // syncoid, newsyncsnap(): syncoid_[IDENTIFIER_]HOST_2026-11-22:12:41:56-GMT00:00
  [/^@syncoid_.*_\d{4}-\d\d-\d\d:\d\d:\d\d:\d\d/, () => ({ tool: 'syncoid', include: undefined })],
  // zrepl, internal/endpoint/endpoint_zfs_abstraction_cursor_and_last_received_hold.go. It sends whatever snapshots are there.
  [/^#zrepl_CURSOR_G_[0-9a-f]+_J_(.+)$/, ([, job]) => ({ tool: `zrepl, job ${job}`, include: undefined })],
  // kldload's kvm-replicate: repl-20261122T124738Z
  [/^@repl-\d{8}/, () => ({ tool: 'kvm-replicate of kldload', include: ['repl-*'] })],
];

/** What the names of a dataset's snapshots and bookmarks tell, each tool once. */
export function markersOfNames(dataset: string, found: Iterable<string>): Marker[] {
  const byTool = new Map<string, Marker>();
  for (const name of found) {
    for (const [pattern, toolOf] of names) {
      const match = pattern.exec(name);
      if (match === null) continue;
      const { tool, include } = toolOf(match);
      const travels = name.startsWith('@');
      byTool.set(tool, { tool, dataset, include, target: undefined, recursive: undefined, choice: undefined, travels });
    }
  }
  return [...byTool.values()];
}

const znapzend: Choice = { property: 'org.znapzend:enabled', isCarried: (value) => value !== 'off' };

/**
 * What a dataset's own user properties tell:
 *
 *     org.znapzend:dst_a=root@backup1:tank/data     with org.znapzend:recursive=on     (lib/ZnapZend/ZFS.pm)
 *     autobackup:offsite1=true                      or false, child, parent            (zfs-autobackup's README)
 */
export function markersOfProperties(dataset: string, properties: ReadonlyMap<string, string>): Marker[] {
  const recursive = properties.get('org.znapzend:recursive') === 'on';
  return [...properties].flatMap(([property, value]): Marker[] => {
    const [, destination] = /^org\.znapzend:dst_([^_]+)$/.exec(property) ?? [];
    const [, group] = /^autobackup:(.+)$/.exec(property) ?? [];
    if (destination !== undefined) {
      const location = parseLocation(value) === undefined ? `ssh://${value.replace(':', '/')}` : value;
      const target = parseLocation(location) === undefined ? undefined : location;
      return [
        {
          tool: `znapzend, ${property}`,
          dataset,
          recursive,
          target,
          include: undefined,
          choice: znapzend,
          travels: false,
        },
      ];
    }
    if (group === undefined || value === 'false') return [];
    const tool = `zfs-autobackup, ${property}`;
    const choice = { property, isCarried: isInGroup };
    return [
      {
        tool,
        dataset,
        recursive: value !== 'parent',
        target: undefined,
        include: [`${group}-*`],
        choice,
        travels: false,
      },
    ];
  });
}

function isInGroup(value: string | undefined, isOwn: boolean): boolean {
  if (value === 'child') return !isOwn;
  return value === 'parent' ? isOwn : value === 'true';
}
