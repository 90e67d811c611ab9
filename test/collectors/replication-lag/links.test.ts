import { expect, test } from 'vitest';
import { survey } from '../../../collectors/replication-lag/links.ts';
import { emptyMemory } from '../../../collectors/replication-lag/memory.ts';
import { pairsSchema } from '../../../collectors/replication-lag/pair.ts';
import type { Run } from '../../../lib/collector.ts';
import type { Host, Output } from '../../../lib/host.ts';

const now = 1_795_608_000;
const options = { ssh: { identity: '/id', knownHosts: '/known', timeout: 30 }, localTimeout: 30 };

/** The machines that ssh was called for; none of them answers. */
async function asked(name: string, hung: Record<string, number> | undefined): Promise<string[]> {
  const names: string[] = [];
  const lines: Host['lines'] = async (command): Promise<Output> => {
    names.push(...command.filter((word) => word === name));
    return { ended: 'exit', exitCode: 255, stdout: '', stderr: 'Connection refused' };
  };
  const host = { lines, list: async () => undefined, now: () => now };
  const run = { report: () => {}, note: () => {}, attempt: (read: () => unknown) => read() };
  const pairs = pairsSchema.parse([{ source: `ssh://${name}/tank/a`, target: `ssh://${name}/tank/b` }]);
  // oxlint-disable-next-line no-unsafe-type-assertion -- nothing else of them is used
  await survey(host as unknown as Host, pairs, options, { ...emptyMemory, hung }, run as unknown as Run);
  return [...new Set(names)];
}

test.each<[string, string, Record<string, number> | undefined, boolean]>([
  ['that never hung', 'nas', undefined, true],
  ['that hung a minute ago', 'nas', { nas: now - 60 }, false],
  ['that hung two hours ago', 'nas', { nas: now - 7200 }, true],
  ['with the name of what each object has', 'constructor', { nas: now - 60 }, true],
  ['of this name that hung a minute ago', 'constructor', { constructor: now - 60 }, false],
])('a machine %s', async (_what, name, hung, isAsked) => {
  expect(await asked(name, hung)).toEqual(isAsked ? [name] : []);
});
