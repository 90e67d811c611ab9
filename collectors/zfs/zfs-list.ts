import type { Value } from '../../lib/metric.ts';
import { type Attempt, attempting, decimal, integer, unexpected } from '../../lib/parse.ts';

/** The mountpoint stands last: of all these only a path can hold a tab. */
const columns = [
  'name',
  'type',
  'guid',
  'used',
  'available',
  'referenced',
  'logicalused',
  'logicalreferenced',
  'usedbysnapshots',
  'usedbydataset',
  'usedbychildren',
  'usedbyrefreservation',
  'written',
  'quota',
  'refquota',
  'reservation',
  'refreservation',
  'volsize',
  'compressratio',
  'refcompressratio',
  'mounted',
  'readonly',
  'keystatus',
  'encryption',
  'origin',
  'snapshots_changed',
  'mountpoint',
] as const;
type Column = (typeof columns)[number];

/** `snapshots_changed` came with OpenZFS 2.2; asking an older release for it is exit status 2 and no output. */
const columnsBefore22: readonly Column[] = columns.filter((column) => column !== 'snapshots_changed');

const columnsOf = (withChanges: boolean): readonly Column[] => (withChanges ? columns : columnsBefore22);

/** Arguments of zfs: every dataset, or those of one pool. */
export function zfsListArguments(withChanges: boolean, pool?: string): readonly string[] {
  const all = ['list', '-Hp', '-t', 'filesystem,volume', '-o', columnsOf(withChanges).join(',')];
  return pool === undefined ? all : [...all, '-r', pool];
}

/** One file system or volume. What zfs prints as `-` is absent, and so is a quota or reservation that is not set. */
export interface Dataset {
  readonly name: string;
  readonly pool: string;
  readonly type: string;
  readonly guid: string;
  readonly used: Value | undefined;
  readonly available: Value | undefined;
  readonly referenced: Value | undefined;
  readonly logicalUsed: Value | undefined;
  readonly logicalReferenced: Value | undefined;
  readonly usedBySnapshots: Value | undefined;
  readonly usedByDataset: Value | undefined;
  readonly usedByChildren: Value | undefined;
  readonly usedByRefreservation: Value | undefined;
  readonly written: Value | undefined;
  readonly quota: Value | undefined;
  readonly refquota: Value | undefined;
  readonly reservation: Value | undefined;
  readonly refreservation: Value | undefined;
  readonly volumeSize: Value | undefined;
  /** Factors, 1 for none. */
  readonly compressionRatio: number | undefined;
  readonly referencedCompressionRatio: number | undefined;
  readonly mounted: boolean | undefined;
  readonly readonly: boolean | undefined;
  readonly keyAvailable: boolean | undefined;
  /** Empty where it does not apply. */
  readonly encryption: string;
  readonly mountpoint: string;
  /** The snapshot that it is a clone of, or `-`. */
  readonly origin: string;
  /** Of the last change in its list of snapshots, or `-`; undefined before OpenZFS 2.2. */
  readonly snapshotsChanged: string | undefined;
}

/**
 * `zfs list -Hp -t filesystem,volume -o name,type,guid,used,…`, tab-separated, bytes exact (zfs-list(8), zfsprops(7)):
 *
 *     m1	filesystem	16118844913707898142	5127168	87147520	…	1.02	1.02	yes	off	-	off	-	1795337040	/m1
 *
 * `onSkip` hears of each value that makes no sense.
 */
export function parseZfsList(text: string, withChanges: boolean, onSkip: (reason: string) => void): Dataset[] {
  const names = columnsOf(withChanges);
  const attempt = attempting(onSkip);
  const datasets: Dataset[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue;
    const cells = line.split('\t');
    if (cells.length < names.length) {
      onSkip(unexpected(`zfs list line ${index + 1}`, `${names.length} columns`, String(cells.length)).message);
      continue;
    }
    datasets.push(dataset(names, cells, attempt));
  }
  return datasets;
}

function dataset(names: readonly Column[], cells: readonly string[], attempt: Attempt): Dataset {
  const values = new Map<Column, string>(names.map((name, index) => [name, cells[index] ?? '']));
  const cell = (column: Column): string => values.get(column) ?? '';
  const name = cell('name');
  const read = <T>(parse: (text: string, place: string) => T | undefined, column: Column) =>
    attempt(() => parse(cell(column), `zfs list of ${name}, ${column}`));
  const limit = (column: Column): Value | undefined => read(integer, column) || undefined;
  return {
    name,
    pool: name.split('/', 1)[0] ?? name,
    type: cell('type'),
    guid: cell('guid'),
    used: read(integer, 'used'),
    available: read(integer, 'available'),
    referenced: read(integer, 'referenced'),
    logicalUsed: read(integer, 'logicalused'),
    logicalReferenced: read(integer, 'logicalreferenced'),
    usedBySnapshots: read(integer, 'usedbysnapshots'),
    usedByDataset: read(integer, 'usedbydataset'),
    usedByChildren: read(integer, 'usedbychildren'),
    usedByRefreservation: read(integer, 'usedbyrefreservation'),
    written: read(integer, 'written'),
    quota: limit('quota'),
    refquota: limit('refquota'),
    reservation: limit('reservation'),
    refreservation: limit('refreservation'),
    volumeSize: read(integer, 'volsize'),
    compressionRatio: read(decimal, 'compressratio'),
    referencedCompressionRatio: read(decimal, 'refcompressratio'),
    mounted: { yes: true, no: false }[cell('mounted')],
    readonly: { on: true, off: false }[cell('readonly')],
    keyAvailable: { available: true, unavailable: false }[cell('keystatus')],
    encryption: word(cell('encryption')),
    mountpoint: word(cells.slice(names.length - 1).join('\t')),
    origin: cell('origin'),
    snapshotsChanged: values.get('snapshots_changed'),
  };
}

function word(text: string): string {
  return text === '-' ? '' : text;
}
