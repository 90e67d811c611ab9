import * as z from 'zod/mini';
import { selecting } from '../../lib/patterns.ts';
import { type Location, isWithin, labelOf, moved, parseLocation } from './location.ts';
import type { SshOptions } from './ssh.ts';

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

/** Where replication goes from and to, as `[[pair]]` in the config file says it. */
const pairSchema = z
  .strictObject({
    source: location,
    target: location,
    recursive: z._default(z.boolean(), false),
    include: patterns,
    exclude: patterns,
    exclude_datasets: patterns,
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
