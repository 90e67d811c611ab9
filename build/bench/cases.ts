import type { Sizes } from './machine.ts';

/** What a collector is measured on. */
export interface Case {
  readonly collector: string;
  readonly sizes: Sizes;
  /** What of the sizes grows from case to case; absent for the quiet machine. */
  readonly grows?: keyof Sizes;
  /** What else does the same job: files in alternatives/. */
  readonly alternatives: readonly string[];
  /** Whether each run is a first one, which knows nothing of an earlier run. */
  readonly first: boolean;
  /** Limits that are lifted, so that all of it is read and written. */
  readonly variables: Readonly<Record<string, string>>;
}

/** A machine on which not much is going on. */
export const quietSizes: Sizes = { datasets: 20, snapshots: 200, sockets: 200, peers: 10 };

/** Each collector as its timer runs it, over and over. */
export function quietCases(sizes: Sizes = quietSizes): Case[] {
  return [
    { collector: 'zfs', alternatives: ['zfs.sh', 'zfs.py'] },
    { collector: 'tcp', alternatives: ['tcp.py'] },
    { collector: 'wireguard', alternatives: ['wireguard.py'] },
    { collector: 'replication-lag', alternatives: ['replication-lag.py'] },
  ].map((one) => ({ ...one, sizes, first: false, variables: {} }));
}

const all = {
  datasets: [10, 100, 1000, 10_000],
  snapshots: [1000, 10_000, 100_000, 1_000_000],
  sockets: [100, 1000, 10_000, 100_000, 200_000, 1_000_000],
  peers: [10, 100, 1000, 10_000],
  replicated: [1000, 10_000, 100_000, 200_000],
};
const few: typeof all = {
  datasets: [10, 1000],
  snapshots: [1000, 100_000],
  sockets: [100, 10_000, 200_000],
  peers: [10, 1000],
  replicated: [1000, 100_000],
};

/** Machines of growing size, in series of one collector and one of the sizes. */
export function growingCases(quick: boolean): Case[] {
  const { datasets, snapshots, sockets, peers, replicated } = quick ? few : all;
  const zfs = { collector: 'zfs', first: true, variables: { TEXTFILE_ZFS_DATASET_LIMIT: '10000' } };
  return [
    ...datasets.map((count): Case => ({
      ...zfs,
      grows: 'datasets',
      sizes: { ...quietSizes, datasets: count, snapshots: count * 10 },
      // Two processes for each dataset: at 10,000 it runs for the better part of a minute.
      alternatives: count > 1000 ? ['zfs.py'] : ['zfs.sh', 'zfs.py'],
    })),
    ...snapshots.map((count): Case => ({
      ...zfs,
      grows: 'snapshots',
      sizes: { ...quietSizes, datasets: 1000, snapshots: count },
      alternatives: ['zfs.py'],
    })),
    ...sockets.map((count): Case => ({
      collector: 'tcp',
      grows: 'sockets',
      first: false,
      variables: { TEXTFILE_TCP_SOCKET_LIMIT: '1000000' },
      sizes: { ...quietSizes, sockets: count },
      alternatives: ['tcp.py'],
    })),
    ...peers.map((count): Case => ({
      collector: 'wireguard',
      grows: 'peers',
      first: false,
      variables: {},
      sizes: { ...quietSizes, peers: count },
      alternatives: ['wireguard.py'],
    })),
    ...replicated.map((count): Case => ({
      collector: 'replication-lag',
      grows: 'snapshots',
      first: true,
      variables: {},
      sizes: { ...quietSizes, datasets: 200, snapshots: count },
      alternatives: ['replication-lag.py'],
    })),
  ];
}
