import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { messageOf } from '../../../lib/errors.ts';
import { demand, freePort } from '../../demo/programs.ts';
import { withParts } from '../../docs.ts';
import { machines } from '../../preview/machines.ts';
import { scrape } from '../../preview/scrape.ts';
import { type Page, measureLoad } from './measure.ts';
import { loadTables } from './tables.ts';

const readme = path.resolve(import.meta.dirname, '../../../lib/monitoring/README.md');

/** Every second, so that 130 scrapes are two minutes and not half an hour. */
const each = { scrapeSeconds: 1, evaluationSeconds: 5, scrapes: 130 };

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { nodes: { type: 'string', default: '20,80' }, docs: { type: 'boolean', default: false } },
  });
  await demand('prometheus', 'prometheus-alertmanager', 'prometheus-node-exporter');
  const page = await pageOfHealthy();
  const load = os.loadavg()[0] ?? NaN;
  const measured = [];
  for (const nodes of values.nodes.split(',').map(Number)) {
    process.stderr.write(`${nodes} nodes, for ${each.scrapes * each.scrapeSeconds} seconds\n`);
    measured.push(await measureLoad(page, { ...each, nodes }));
  }
  const found = loadTables(await about(page, load), measured);
  if (values.docs) writeFileSync(readme, withParts(readFileSync(readme, 'utf8'), new Map([['load', found]])));
  process.stdout.write(found);
}

/** What a real node_exporter serves of a machine on which all collectors run and nothing is wrong. */
async function pageOfHealthy(): Promise<Page> {
  const [healthy] = machines;
  if (healthy === undefined) throw new Error('Cannot measure: expected a recorded machine, got none');
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'textfile-load-'));
  try {
    const clock = Date.now() / 1000;
    return { text: await scrape(healthy, clock, scratch, `127.0.0.1:${await freePort()}`), clock };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

async function about({ text }: Page, load: number): Promise<[string, string][]> {
  const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const count = (start: RegExp): number => series.filter((line) => start.test(line)).length;
  const { stdout, stderr } = await execa('prometheus', ['--version']);
  const [, version = 'unknown'] = /version (\S+)/.exec(`${stdout}${stderr}`) ?? [];
  return [
    [
      'processor',
      `${os.cpus()[0]?.model ?? 'unknown'}, ${os.availableParallelism()} cores, load ${load.toFixed(1)} at the start`,
    ],
    ['Prometheus', `${version}, scrapes every ${each.scrapeSeconds} s, evaluates every ${each.evaluationSeconds} s`],
    [
      'a node',
      `${series.length} series: ${count(/^zfs_(?!replication)/)} of zfs, ${count(/^tcp_/)} of tcp, ${count(/^wireguard_/)} of ` +
        `wireguard, ${count(/^zfs_replication/)} of replication-lag, ${count(/^textfile_/)} on the collectors, the rest node_exporter's own`,
    ],
  ];
}

try {
  await main();
} catch (error) {
  process.stderr.write(`load: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
