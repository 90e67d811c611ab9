import { parseLocation } from '../pair.ts';

/** What a replication tool left on a dataset. */
export interface Marker {
  readonly tool: string;
  readonly dataset: string;
  /** Where it sends to, as a pair has it; absent where the marker does not tell. */
  readonly target?: string;
  readonly recursive?: boolean;
  /** Names of the snapshots that it sends. */
  readonly include?: readonly string[];
}

/** Names that tools give to snapshots (`@`) and bookmarks (`#`), from their sources and documentation. */
const names: readonly (readonly [RegExp, (match: RegExpExecArray) => Omit<Marker, 'dataset'>])[] = [
  // syncoid, newsyncsnap(): syncoid_[IDENTIFIER_]HOST_2026-11-22:12:41:56-GMT00:00
  [/^@syncoid_.*_\d{4}-\d\d-\d\d:\d\d:\d\d:\d\d/, () => ({ tool: 'syncoid' })],
  // zrepl, internal/endpoint/endpoint_zfs_abstraction_cursor_and_last_received_hold.go
  [/^#zrepl_CURSOR_G_[0-9a-f]+_J_(.+)$/, ([, job]) => ({ tool: `zrepl, job ${job}`, include: ['zrepl_*'] })],
  // kldload's kvm-replicate: repl-20261122T124738Z
  [/^@repl-\d{8}/, () => ({ tool: 'kvm-replicate of kldload', include: ['repl-*'] })],
];

/** What the names of a dataset's snapshots and bookmarks tell, each tool once. */
export function markersOfNames(dataset: string, found: Iterable<string>): Marker[] {
  const byTool = new Map<string, Marker>();
  for (const name of found) {
    for (const [pattern, markerOf] of names) {
      const match = pattern.exec(name);
      if (match === null) continue;
      const marker = { dataset, ...markerOf(match) };
      byTool.set(marker.tool, marker);
    }
  }
  return [...byTool.values()];
}

/**
 * What a dataset's own user properties tell:
 *
 *     org.znapzend:dst_a=root@backup1:tank/data     with org.znapzend:recursive=on     (lib/ZnapZend/ZFS.pm)
 *     autobackup:offsite1=true                                                         (zfs-autobackup's README)
 */
export function markersOfProperties(dataset: string, properties: ReadonlyMap<string, string>): Marker[] {
  const recursive = properties.get('org.znapzend:recursive') === 'on';
  return [...properties].flatMap(([property, value]): Marker[] => {
    const [, destination] = /^org\.znapzend:dst_([^_]+)$/.exec(property) ?? [];
    const [, group] = /^autobackup:(.+)$/.exec(property) ?? [];
    if (destination !== undefined) {
      const target = parseLocation(value) === undefined ? `ssh://${value.replace(':', '/')}` : value;
      const known = parseLocation(target) === undefined ? {} : { target };
      return [{ tool: `znapzend, ${property}`, dataset, recursive, ...known }];
    }
    if (group === undefined || value === 'false') return [];
    return [{ tool: `zfs-autobackup, ${property}`, dataset, recursive: value !== 'parent', include: [`${group}-*`] }];
  });
}
