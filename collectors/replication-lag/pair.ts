import * as z from 'zod/mini';
import type { Seconds } from '../../lib/host.ts';
import { selecting } from '../../lib/patterns.ts';

/** A machine that ssh reaches. */
export interface SshHost {
  /** Name or address, as ssh takes it: an IPv6 address has no brackets. */
  readonly name: string;
  readonly user: string | undefined;
  readonly port: number | undefined;
}

/** A dataset on this machine (no host), or on one that ssh reaches. */
export interface Location {
  readonly host: SshHost | undefined;
  readonly dataset: string;
}

/** How ssh connects. */
export interface SshOptions {
  /** Path of the private key. */
  readonly identity: string;
  /** Path of the file of host keys; a host that is not in it is refused. */
  readonly knownHosts: string;
  /** Of one command, with the connection. */
  readonly timeout: Seconds;
}

const location = z.pipe(
  z.string(),
  z.transform((text, { issues }): Location => {
    const parsed = parseLocation(text);
    if (parsed !== undefined) return parsed;
    const message = 'expected a dataset as tank/backup or ssh://user@host:22/tank/backup';
    issues.push({ code: 'custom', input: text, message });
    return z.NEVER;
  }),
);
const patterns = z._default(z.array(z.string()), []);
const file = z.string().check(z.startsWith('/'));
const seconds = z.number().check(z.minimum(1), z.maximum(3600));
const day: Seconds = 86_400;
const units = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', day],
  ['w', 7 * day],
]);

/** A span of time as Prometheus writes it, with one unit: `15m`, `26h`, `14d`; in seconds. */
export const duration = z.pipe(
  z.string(),
  z.transform((text, { issues }): Seconds => {
    const [, digits, unit = ''] = /^([1-9]\d{0,5})([smhdw])$/.exec(text) ?? [];
    const length = units.get(unit);
    if (length !== undefined) return Number(digits) * length;
    issues.push({ code: 'custom', input: text, message: 'expected a duration as 15m, 26h or 14d' });
    return z.NEVER;
  }),
);

/** Where replication goes from and to, as `[[pair]]` in the config file says it. */
const pairSchema = z
  .strictObject({
    source: location,
    target: location,
    recursive: z._default(z.boolean(), false),
    include: patterns,
    exclude: patterns,
    exclude_datasets: patterns,
    max_age: z.optional(duration),
    may_be_away: z._default(z.boolean(), false),
    syncoid_host: z.optional(z.string().check(z.minLength(1))),
    ssh_identity: z.optional(file),
    ssh_known_hosts: z.optional(file),
    ssh_timeout: z.optional(seconds),
  })
  .check(
    z.refine(({ source, target }) => labelOf(source) !== labelOf(target), {
      error: 'expected a target that is not the source',
    }),
  );
export type Pair = z.output<typeof pairSchema>;

export const pairsSchema = z._default(z.array(pairSchema), []);
export const timeoutSchema = seconds;
export const sshSchemas = {
  identity: z._default(file, '/etc/textfile-collectors/id_ed25519'),
  knownHosts: z._default(file, '/etc/textfile-collectors/known_hosts'),
  timeout: z._default(seconds, 30),
};

/** The pair's own ssh options over those of all pairs. */
export function sshOptionsOf(pair: Pair, all: SshOptions): SshOptions {
  return {
    identity: pair.ssh_identity ?? all.identity,
    knownHosts: pair.ssh_known_hosts ?? all.knownHosts,
    timeout: pair.ssh_timeout ?? all.timeout,
  };
}

/** Of a machine that may be away, where nothing else is said. */
const absence: Seconds = 14 * day;

/** How old what the target lacks may get. */
export function maxAgeOf({ max_age, may_be_away }: Pair): Seconds | undefined {
  return max_age ?? (may_be_away ? absence : undefined);
}

/** Whether the pair is meant to carry a snapshot, by the name behind the `@`. */
export function snapshotFilter({ include, exclude }: Pair): (name: string) => boolean {
  return selecting(include, exclude, false);
}

/** Whether the pair is meant to carry this dataset of its source. */
export function datasetFilter({ source, recursive, exclude_datasets }: Pair): (dataset: string) => boolean {
  const isCarried = selecting([], exclude_datasets, '/');
  return (dataset) =>
    (recursive ? isWithin(dataset, source.dataset) : dataset === source.dataset) && isCarried(dataset);
}

/** Where the copy of a dataset of the source belongs. */
export function targetOf({ source, target }: Pair, dataset: string): string {
  return moved(dataset, source.dataset, target.dataset);
}

/**
 * What a dataset may be called: valid_char() in OpenZFS' module/zcommon/zfs_namecheck.c. A pool begins with a letter; one with
 * a colon is refused, since `host:tank/backup` is what other tools take for another machine.
 */
const datasetName = String.raw`[A-Za-z][\w. -]*(?:/[\w.: -]+)*`;
const hostName = String.raw`\[[0-9A-Fa-f:.]+(?:%[\w.-]+)?\]|\w[\w.+-]*`;
/** Names of a directory's accounts have their domain with them: `me@corp.example`, `CORP\me`. The last @ separates. */
const userName = String.raw`\w(?:[\w.@+\\-]*[\w.+-])?`;
const form = new RegExp(`^(?:ssh://(?:(${userName})@)?(${hostName})(?::([1-9]\\d{0,4}))?/)?(${datasetName})$`);

/** `tank/backup`, `ssh://host/tank/backup`, `ssh://user@host:2222/tank/backup`; undefined for anything else. */
export function parseLocation(text: string): Location | undefined {
  const match = form.exec(text);
  if (match === null) return undefined;
  const [, user, name, port, dataset = ''] = match;
  if (Number(port ?? 22) < 1 || Number(port ?? 22) > 65_535) return undefined;
  if (name === undefined) return { host: undefined, dataset };
  return {
    host: { name: name.replaceAll(/^\[|\]$/g, ''), user, port: port === undefined ? undefined : Number(port) },
    dataset,
  };
}

/** What a label says: `tank/backup`, `host:tank/backup`; the port only where it is not that of ssh. */
export function labelOf({ host, dataset }: Location): string {
  return host === undefined ? dataset : `${hostLabel(host)}:${dataset}`;
}

export function hostLabel({ name, port = 22 }: SshHost): string {
  const shown = name.includes(':') ? `[${name}]` : name;
  return port === 22 ? shown : `${shown}:${port}`;
}

/** The dataset below `to` that stands where `dataset` stands below `from`. */
export function moved(dataset: string, from: string, to: string): string {
  return to + dataset.slice(from.length);
}

/** Whether `dataset` is `root` or below it. */
export function isWithin(dataset: string, root: string): boolean {
  return dataset === root || dataset.startsWith(`${root}/`);
}

/** Each once, without those that are below another. */
export function topmost(datasets: readonly string[]): string[] {
  const all = [...new Set(datasets)];
  return all.filter((name) => !all.some((other) => other !== name && isWithin(name, other)));
}
