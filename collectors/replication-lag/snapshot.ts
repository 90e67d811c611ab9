import { type Attempt, integer, unexpected } from '../../lib/parse.ts';

/** A snapshot (`rpool/data@daily`) or a bookmark (`rpool/data#daily`). */
export interface Snapshot {
  readonly name: string;
  /** 64 bits: the same on every pool that received it (zfsprops(7)), and never a number here. */
  readonly guid: string;
  /** Orders what lies in one pool; says nothing across pools. */
  readonly createtxg: number;
}

/**
 * Of these columns `zfs list` needs no more than one cheap look per snapshot (OpenZFS >= 2.2: `ZFS_ITER_SIMPLE` in
 * cmd/zfs/zfs_main.c); `creation` would cost another.
 */
export const snapshotColumns = 'name,guid,createtxg';

/**
 * A line of `zfs list -Hp -t snapshot,bookmark -o name,guid,createtxg`; undefined, and told to `attempt`, for what is none:
 *
 *     rpool/data@manual1	10821490116104360097	15
 */
export function parseSnapshot(line: string, attempt: Attempt): Snapshot | undefined {
  return attempt(() => {
    const [name = '', guid = '', txg] = line.split('\t');
    const createtxg = integer(txg, `zfs list of ${name}, createtxg`);
    if (!/[@#]/.test(name)) throw unexpected('zfs list', 'a snapshot or bookmark', name);
    if (!/^\d+$/.test(guid)) throw unexpected(`zfs list of ${name}, guid`, 'an integer', guid);
    if (createtxg === undefined) throw unexpected(`zfs list of ${name}, createtxg`, 'an integer', txg);
    return { name, guid, createtxg: Number(createtxg) };
  });
}

/** `rpool/data` of `rpool/data@daily`. */
export function datasetOf({ name }: Snapshot): string {
  return name.replace(/[@#].*$/s, '');
}

/** `daily` of `rpool/data@daily`. */
export function shortName({ name }: Snapshot): string {
  return name.replace(/^[^@#]*[@#]/, '');
}

/** Oldest first. createtxg orders within a pool, to the transaction; creation has whole seconds only. */
export function byAge(snapshots: readonly Snapshot[]): Snapshot[] {
  return [...snapshots].sort((a, b) => a.createtxg - b.createtxg);
}
