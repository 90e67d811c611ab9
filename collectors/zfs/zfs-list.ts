import { type Attempt, decimal, guid, integer } from '../../lib/parse.ts';
import * as m from './metrics.ts';
import { type Property, type Values, tableOf, flag, limit, readValues } from './properties.ts';

const properties: readonly Property<'dataset'>[] = [
  ['used', integer, m.datasetUsed],
  ['available', integer, m.datasetAvailable],
  ['referenced', integer, m.datasetReferenced],
  ['logicalused', integer, m.datasetLogicalUsed],
  ['logicalreferenced', integer, m.datasetLogicalReferenced],
  ['usedbysnapshots', integer, m.datasetUsedBySnapshots],
  ['usedbydataset', integer, m.datasetUsedByDataset],
  ['usedbychildren', integer, m.datasetUsedByChildren],
  ['usedbyrefreservation', integer, m.datasetUsedByRefreservation],
  ['written', integer, m.datasetWritten],
  ['quota', limit, m.datasetQuota],
  ['refquota', limit, m.datasetRefquota],
  ['reservation', limit, m.datasetReservation],
  ['refreservation', limit, m.datasetRefreservation],
  ['volsize', integer, m.datasetVolumeSize],
  ['compressratio', decimal, m.datasetCompressionRatio],
  ['refcompressratio', decimal, m.datasetReferencedCompressionRatio],
  ['mounted', flag('yes', 'no'), m.datasetMounted],
  ['readonly', flag('on', 'off'), m.datasetReadonly],
  ['keystatus', flag('available', 'unavailable'), m.datasetKeyAvailable],
];

/**
 * `snapshots_changed` came with OpenZFS 2.2; asking an older release for it is exit status 2 and no output. The mountpoint
 * stands last: of all these only a path can hold a tab.
 */
const columnsOf = (withChanges: boolean): readonly string[] => [
  'name',
  'type',
  'guid',
  ...properties.map(([column]) => column),
  'encryption',
  'encryptionroot',
  'canmount',
  'receive_resume_token',
  'origin',
  ...(withChanges ? ['snapshots_changed'] : []),
  'mountpoint',
];

/** Arguments of zfs: every dataset, or those of one pool. */
export function zfsListArguments(withChanges: boolean, pool?: string): readonly string[] {
  const all = ['list', '-Hp', '-t', 'filesystem,volume', '-o', columnsOf(withChanges).join(',')];
  return pool === undefined ? all : [...all, '-r', pool];
}

/** One file system or volume. */
export interface Dataset {
  readonly name: string;
  readonly pool: string;
  readonly type: string;
  readonly guid: string | undefined;
  readonly values: Values<'dataset'>;
  /** Empty where it does not apply. */
  readonly encryption: string;
  readonly encryptionRoot: string;
  /** `on`, `off` or `noauto`. */
  readonly canmount: string;
  /** Whether a receive was interrupted, or goes on, that can be resumed. */
  readonly resumable: boolean;
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
 */
export function parseZfsList(text: string, withChanges: boolean, attempt: Attempt): Dataset[] {
  return tableOf(text, columnsOf(withChanges), 'zfs list', attempt, (cell) => ({
    name: cell('name'),
    pool: cell('name').split('/', 1)[0] ?? '',
    type: cell('type'),
    guid: attempt(() => guid(cell('guid'), `zfs list of ${cell('name')}, guid`)),
    values: readValues(properties, cell, `zfs list of ${cell('name')}`, attempt),
    encryption: word(cell('encryption')),
    encryptionRoot: word(cell('encryptionroot')),
    canmount: word(cell('canmount')),
    resumable: word(cell('receive_resume_token')) !== '',
    mountpoint: word(cell('mountpoint')),
    origin: cell('origin'),
    snapshotsChanged: withChanges ? cell('snapshots_changed') : undefined,
  }));
}

function word(text: string): string {
  return text === '-' ? '' : text;
}
