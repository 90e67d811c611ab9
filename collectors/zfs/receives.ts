import type { Run } from '../../lib/collector.ts';
import { type Command, type Host, hung } from '../../lib/host.ts';
import { type Sample, sampleOf } from '../../lib/metric.ts';
import { integer } from '../../lib/parse.ts';
import { complaint } from './complaints.ts';
import * as m from './metrics.ts';
import type { Dataset } from './zfs-list.ts';

/**
 * The space of incremental receives that go on or were interrupted: it is in a dataset `%recv` below the target, which no
 * listing shows unless it is named. Only datasets with a receive_resume_token are asked, of which most machines have none.
 */
export async function receiveSamples(host: Host, run: Run, datasets: readonly Dataset[]): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const { name: dataset, pool } of datasets.filter(({ resumable }) => resumable)) {
    const command: Command = ['zfs', 'list', '-Hp', '-o', 'used', `${dataset}/%recv`];
    const output = await host.run(command);
    // A whole stream is received into the dataset itself.
    if (/dataset does not exist/.test(output.stderr)) continue;
    run.report('zfs list receive', pool, complaint(command, output));
    if (hung(output)) break;
    const said = output.cut === true ? undefined : output.stdout.trim();
    const used = run.attempt(() => integer(said, `zfs list of ${dataset}/%recv`));
    samples.push(...sampleOf(m.datasetReceiveUsed, { dataset }, used));
  }
  return samples;
}
