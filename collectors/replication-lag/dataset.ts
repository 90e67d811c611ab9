import { type Attempt, unexpected } from '../../lib/parse.ts';
import type { Snapshot } from './snapshot.ts';

/** One file system or volume with what a comparison needs of it. */
export interface Dataset {
  readonly name: string;
  /** Tells a dataset from another that later has its name. */
  readonly guid: string;
  /** Of a receive that was interrupted and can be resumed. */
  readonly resumeToken?: string;
  /** Its user told syncoid to leave it out. */
  readonly unsynced: boolean;
  readonly snapshots: Snapshot[];
  readonly bookmarks: Snapshot[];
}

/** The user property stands last: of all these only its value can hold a tab. */
export const datasetColumns = 'name,guid,receive_resume_token,syncoid:sync';

/**
 * A line of `zfs list -Hp -t filesystem,volume -o name,guid,receive_resume_token,syncoid:sync` (zfs-list(8), zfsprops(7); the
 * last from syncoid's own documentation: `false` means that this dataset is not replicated):
 *
 *     rpool/data	6690322934316414911	-	-
 */
export function parseDataset(line: string, attempt: Attempt): Dataset | undefined {
  return attempt(() => {
    const [name = '', guid = '', token, sync] = line.split('\t');
    if (sync === undefined) throw unexpected('zfs list of datasets', '4 columns', line);
    if (!/^\d+$/.test(guid)) throw unexpected(`zfs list of ${name}, guid`, 'an integer', guid);
    return {
      name,
      guid,
      ...(token === undefined || token === '-' ? {} : { resumeToken: token }),
      unsynced: sync === 'false',
      snapshots: [],
      bookmarks: [],
    };
  });
}
