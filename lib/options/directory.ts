import { statSync } from 'node:fs';
import { UsageError } from './options.ts';

/** Where packages of node_exporter have it, most common first: Debian, Ubuntu, Fedora, EPEL; upstream's example; others. */
export const wellKnown = [
  '/var/lib/prometheus/node-exporter',
  '/var/lib/node_exporter/textfile_collector',
  '/var/lib/node_exporter/textfile',
] as const;

/** The directory that was asked for, else the only well-known one that exists. Two of them are no choice of ours. */
export function textfileDirectory(asked: string | undefined): string {
  if (asked !== undefined) return asked;
  const existing = wellKnown.filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory());
  const [only, ...others] = existing;
  if (only !== undefined && others.length === 0) return only;
  const got = only === undefined ? `none of ${wellKnown.join(', ')}` : existing.join(' and ');
  throw new UsageError(
    `Cannot choose the textfile directory: expected one, got ${got}; name it with --textfile-dir or TEXTFILE_DIRECTORY`,
  );
}
