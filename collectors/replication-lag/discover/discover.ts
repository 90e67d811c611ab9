import { type Command, type Host, explain, succeeded } from '../../../lib/host.ts';
import { hasModule } from '../site.ts';
import type { Snapshot } from './copies.ts';
import { markersOfNames, markersOfProperties } from './markers.ts';
import { type Marked, proposalsOf } from './proposals.ts';
import { commented, pairText, receivedText } from './text.ts';

/**
 * A config file from what this machine shows: pairs whose two sides are here, joined by the GUIDs of their snapshots, and what
 * replication tools left behind. What only a person can know is a comment.
 */
export async function discover(host: Host): Promise<string> {
  if (!(await hasModule(host))) {
    throw new Error('Cannot discover replication: expected the ZFS kernel module, got none loaded');
  }
  const { received, pairs } = proposalsOf(await readDatasets(host));
  const parts = [
    '# Proposed by --discover from what this machine shows, and not in use. What is right of it belongs into\n# /etc/textfile-collectors/replication-lag.toml.\n',
    ...(received.length === 0 ? [] : [receivedText(received)]),
    ...pairs.map((pair) => (pair.isUsable ? pairText(pair) : commented(pairText(pair)))),
  ];
  if (parts.length === 1) parts.push('# Nothing here looks like a replica or its source.\n');
  return parts.join('\n');
}

/** What a dataset's line says, before its snapshots and properties do. */
type Listed = Omit<Marked, 'markers'> & { readonly snapshots: Map<string, Snapshot>; readonly names: string[] };

async function readDatasets(host: Host): Promise<ReadonlyMap<string, Marked>> {
  const datasets = new Map<string, Listed & { readonly properties: Map<string, string> }>();
  const columns = 'name,creation,written,readonly';
  await read(host, ['zfs', 'list', '-Hp', '-t', 'filesystem,volume', '-o', columns], (cells) => {
    const [name = '', creation, written, readonly] = cells;
    const own = { creation: Number(creation), written: Number(written), readonly: readonly === 'on' };
    datasets.set(name, { name, ...own, snapshots: new Map(), names: [], properties: new Map() });
  });
  await read(
    host,
    ['zfs', 'list', '-Hp', '-t', 'snapshot,bookmark', '-o', 'name,guid,creation'],
    ([name = '', guid = '', creation]) => {
      const [, dataset = '', own = ''] = /^([^@#]*)([@#].*)$/.exec(name) ?? [];
      const snapshot = { name: own.slice(1), creation: Number(creation) };
      if (own.startsWith('@')) datasets.get(dataset)?.snapshots.set(guid, snapshot);
      datasets.get(dataset)?.names.push(own);
    },
  );
  const all = ['-s', 'local', '-o', 'name,property,value', '-t', 'filesystem,volume', 'all'];
  await read(host, ['zfs', 'get', '-Hp', ...all], ([name = '', property = '', value = '']) => {
    datasets.get(name)?.properties.set(property, value);
  });
  return new Map(
    [...datasets].map(([name, { names, ...one }]) => {
      const markers = [...markersOfNames(name, names), ...markersOfProperties(name, one.properties)];
      return [name, { ...one, markers }];
    }),
  );
}

async function read(host: Host, command: Command, onCells: (cells: string[]) => void): Promise<void> {
  const output = await host.lines(command, (line) => onCells(line.split('\t')), { timeout: 60, endable: true });
  if (!succeeded(output)) throw new Error(`Cannot discover replication: ${explain(command, output)}`);
}
