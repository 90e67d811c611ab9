/**
 * The names of the devices in `/proc/partitions` by their numbers, as `8:16`:
 *
 *     major minor  #blocks  name
 *
 *        8       16  488386584 sdb
 */
export function parsePartitions(text: string): ReadonlyMap<string, string> {
  const rows = text.split('\n').flatMap((line) => {
    const [, major, minor, name] = /^ *(\d+) +(\d+) +\d+ (\S+)$/.exec(line) ?? [];
    return name === undefined ? [] : [[`${major}:${minor}`, name] as const];
  });
  return new Map(rows);
}
