import { type Command, type Host, explain, succeeded } from '../../../lib/host.ts';
import { isWithin, topmost } from '../pair.ts';
import { hasModule } from '../site.ts';
import { type Candidate, type Copy, findCopies } from './copies.ts';
import { type Marker, markersOfNames, markersOfProperties } from './markers.ts';

/** A dataset with what replication left on it. */
interface Marked extends Candidate {
  readonly snapshots: Map<string, number>;
  /** `@daily` of snapshots, `#daily` of bookmarks. */
  readonly names: string[];
  readonly markers: Marker[];
}

/**
 * A config file from what this machine shows: pairs whose two sides are here, joined by the GUIDs of their snapshots, and what
 * replication tools left behind. What only a person can know is a comment.
 */
export async function discover(host: Host): Promise<string> {
  if (!(await hasModule(host))) {
    throw new Error('Cannot discover replication: expected the ZFS kernel module, got none loaded');
  }
  const datasets = [...(await readDatasets(host)).values()];
  const copies = findCopies(datasets);
  const isCopied = (name: string): boolean => copies.some(({ target }) => isWithin(name, target));
  const orphans = datasets.filter((one) => isReceived(one) && !isCopied(one.name));
  const received = topmost(orphans.map(({ name }) => name));
  const isSource = ({ dataset }: Marker): boolean =>
    !isCopied(dataset) && !received.some((top) => isWithin(dataset, top));
  const parts = [
    '# Proposed by --discover from what this machine shows, and not in use. What is right of it belongs into\n# /etc/textfile-collectors/replication-lag.toml.\n',
    ...(received.length === 0 ? [] : [receivedText(received)]),
    ...copies.map(copyText),
    ...topMarkers(datasets.flatMap(({ markers }) => markers).filter(isSource), copies).map(markerText),
  ];
  if (parts.length === 1) parts.push('# Nothing here looks like a replica or its source.\n');
  return parts.join('\n');
}

async function readDatasets(host: Host): Promise<Map<string, Marked>> {
  const datasets = new Map<string, Marked>();
  await read(
    host,
    ['zfs', 'list', '-Hp', '-t', 'filesystem,volume', '-o', 'name,creation'],
    ([name = '', creation]) => {
      datasets.set(name, { name, creation: Number(creation), snapshots: new Map(), names: [], markers: [] });
    },
  );
  await read(
    host,
    ['zfs', 'list', '-Hp', '-t', 'snapshot,bookmark', '-o', 'name,guid,creation'],
    ([name = '', guid = '', creation]) => {
      const [, dataset = '', own = ''] = /^([^@#]*)([@#].*)$/.exec(name) ?? [];
      if (own.startsWith('@')) datasets.get(dataset)?.snapshots.set(guid, Number(creation));
      datasets.get(dataset)?.names.push(own);
    },
  );
  const properties = new Map<string, Map<string, string>>();
  const all = ['-s', 'local', '-o', 'name,property,value', '-t', 'filesystem,volume', 'all'];
  await read(host, ['zfs', 'get', '-Hp', ...all], ([name = '', property = '', value = '']) => {
    properties.set(name, (properties.get(name) ?? new Map<string, string>()).set(property, value));
  });
  for (const { name, names, markers } of datasets.values()) {
    markers.push(...markersOfNames(name, names), ...markersOfProperties(name, properties.get(name) ?? new Map()));
  }
  return datasets;
}

async function read(host: Host, command: Command, onCells: (cells: string[]) => void): Promise<void> {
  const output = await host.lines(command, (line) => onCells(line.split('\t')), { timeout: 60, endable: true });
  if (!succeeded(output)) throw new Error(`Cannot discover replication: ${explain(command, output)}`);
}

/** A snapshot keeps its time of creation where it is received: it is then older than its dataset. */
function isReceived({ creation, snapshots, markers }: Marked): boolean {
  return markers.length > 0 && [...snapshots.values()].some((one) => one < creation);
}

/** Of one tool's markers those of the topmost dataset; none of what a copy tells better. */
function topMarkers(markers: readonly Marker[], copies: readonly Copy[]): Marker[] {
  return markers.filter(({ tool, dataset, target }) => {
    const above = markers.some((one) => one.tool === tool && one.dataset !== dataset && isWithin(dataset, one.dataset));
    return !above && (target !== undefined || !copies.some(({ source }) => isWithin(dataset, source)));
  });
}

function receivedText(names: readonly string[]): string {
  return `# Copies whose source is on another machine:\nreceived_roots = ${JSON.stringify(names)}\n`;
}

function copyText({ source, target, recursive, missing }: Copy): string {
  const without = missing.length === 0 ? [] : [`# Without a copy: ${missing.join(', ')}`];
  return ['# Both sides are on this machine.', ...without, ...pairLines({ dataset: source, target, recursive })].join(
    '\n',
  );
}

function markerText(marker: Marker): string {
  const lines = pairLines(marker);
  return marker.target === undefined
    ? [
        `# ${marker.tool}: where it sends to cannot be seen here.`,
        ...lines.filter((line) => line !== '').map((line) => `# ${line}`),
        '',
      ].join('\n')
    : [`# ${marker.tool}`, ...lines].join('\n');
}

function pairLines({ dataset, target, recursive, include }: Omit<Marker, 'tool'>): string[] {
  return [
    '[[pair]]',
    `source = ${JSON.stringify(dataset)}`,
    `target = ${JSON.stringify(target ?? 'ssh://HOST/DATASET')}`,
    ...(recursive === true ? ['recursive = true'] : []),
    ...(include === undefined ? [] : [`include = ${JSON.stringify(include)}`]),
    '',
  ];
}
