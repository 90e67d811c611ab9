import { readFileSync } from 'node:fs';
import path from 'node:path';
import { collectors, slices } from '../../collectors/index.ts';
import { version } from '../../lib/run/version.ts';
import { root } from './manifest.ts';

export const maintainer = 'Textfile Collectors Developers <maintainers@textfile-collectors.invalid>';
export const summary = `collectors for node_exporter: ${collectors.map(({ name }) => name).join(', ')}`;
export const description = [
  "Each collector reads one subsystem from a systemd timer and replaces one file in the textfile directory of Prometheus' node_exporter.",
  ...collectors.map(({ name, summary }) => `${name}: ${summary}.`),
];

/** Packages of the tools that the collectors call. */
export function suggested(kind: 'deb' | 'rpm'): string[] {
  return [...new Set(slices.flatMap(({ packages }) => packages[kind]))];
}

/** Ours, then those of the packages in the bundles. */
export const licences = ['Apache-2.0', 'MIT', 'ISC', 'BSD-3-Clause'] as const;

/** What CHANGELOG.md tells of a release. */
interface Release {
  readonly version: string;
  /** UNIX time. */
  readonly time: number;
  readonly changes: readonly string[];
}

/** The releases, newest first; one that has no date yet is of `now`. */
export function releases(now: number): Release[] {
  const [, ...sections] = readFileSync(path.join(root, 'CHANGELOG.md'), 'utf8').split(/^## /m);
  const found = sections.map((section) => releaseOf(section, now));
  if (found[0]?.version === version) return found;
  throw new Error(`Cannot read CHANGELOG.md: expected ${version} first, got ${found[0]?.version ?? 'no release'}`);
}

function releaseOf(section: string, now: number): Release {
  const [, version = '', date = ''] = /^(\S+) \((.+)\)$/m.exec(section) ?? [];
  const changes = section
    .split(/^- /m)
    .slice(1)
    .map((change) => change.replaceAll(/\s+/g, ' ').trim());
  return { version, time: date === 'unreleased' ? now : Date.parse(`${date}T12:00:00Z`) / 1000, changes };
}

/** The licences of the packages in the bundles. */
export function notices(): readonly { readonly title: string; readonly text: string }[] {
  const [, ...parts] = readFileSync(path.join(root, 'dist/licences.txt'), 'utf8').split(/^--- (.+) ---\n/m);
  return parts.flatMap((title, index) => (index % 2 === 0 ? [{ title, text: (parts[index + 1] ?? '').trim() }] : []));
}

/** `text` in lines of at most 76 characters, the first begun with `first`, the others with as many blanks. */
export function wrapped(text: string, first: string, rest = ' '.repeat(first.length)): string {
  const lines: string[] = [];
  let line = first;
  for (const word of text.split(' ')) {
    if (line.length > rest.length && line.length + word.length >= 76) {
      lines.push(line.trimEnd());
      line = rest;
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()].join('\n');
}
