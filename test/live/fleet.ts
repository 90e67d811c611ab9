import { mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { parse, stringify } from 'yaml';
import * as z from 'zod/mini';
import { freePort } from '../../build/demo/programs.ts';
import { machines, procfs, textfiles } from '../../build/preview/machines.ts';
import { missingTool } from '../tools.ts';

const root = path.join(import.meta.dirname, '../..');

/** A Prometheus that scrapes each second what a node_exporter for each machine serves. */
export interface Fleet {
  readonly address: string;
  /** UNIX time at which every machine had been scraped. */
  readonly since: number;
  /** Lets `seconds` pass, while collectors run each second. */
  readonly run: (seconds: number) => Promise<void>;
  /** Ends the node_exporter of one machine. */
  readonly kill: (machine: string) => void;
  readonly stop: () => Promise<void>;
}

interface Node {
  readonly name: string;
  readonly env: string;
  readonly address: string;
  readonly kill: () => void;
  readonly ended: Promise<unknown>;
}

/** Starts it all on free ports of loopback, with the rules of dist/ whose alerts fire at once. */
export async function startFleet(): Promise<Fleet> {
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'textfile-fleet-'));
  let passed = 0;
  await write(scratch, passed);
  const nodes = await Promise.all(machines.map(async ({ name, env }) => startNode(scratch, name, env)));
  const prometheus = await startPrometheus(scratch, nodes);
  // It rejects as soon as one of them ends by itself.
  const allEnded = Promise.all([...nodes, prometheus].map(async ({ ended }) => ended));
  await Promise.race([allScraped(prometheus.address), allEnded]);
  return {
    address: prometheus.address,
    since: Date.now() / 1000,
    run: async (seconds) => {
      for (const end = passed + seconds; passed < end; passed += 1) {
        await Promise.race([sleep(1000), allEnded]);
        await write(scratch, passed);
      }
    },
    kill: (machine) => nodes.find(({ name }) => name === machine)?.kill(),
    stop: async () => {
      for (const { kill } of [...nodes, prometheus]) kill();
      await allEnded.catch(() => undefined);
      await rm(scratch, { recursive: true });
    },
  };
}

async function startNode(scratch: string, name: string, env: string): Promise<Node> {
  const folder = path.join(scratch, name);
  const address = `127.0.0.1:${await freePort()}`;
  const child = start('prometheus-node-exporter', 'prometheus-node-exporter', [
    `--web.listen-address=${address}`,
    `--collector.textfile.directory=${path.join(folder, 'textfile')}`,
    `--path.procfs=${path.join(folder, 'proc')}`,
    '--no-collector.netdev.netlink',
  ]);
  return { name, env, address, ...child };
}

/** What the collectors and the kernel of each machine say after `passed` seconds. */
async function write(scratch: string, passed: number): Promise<void> {
  for (const machine of machines) {
    const folder = path.join(scratch, machine.name);
    for (const [file, text] of textfiles(machine, Date.now() / 1000, passed)) {
      await replace(path.join(folder, 'textfile', file), text);
    }
    for (const [file, text] of procfs(passed)) await replace(path.join(folder, 'proc', file), text);
  }
}

async function replace(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

async function startPrometheus(scratch: string, nodes: readonly Node[]) {
  const rules = await quickRules(scratch);
  const targets = nodes.map(({ name, env, address }) => ({ targets: [address], labels: { instance: name, env } }));
  const config = path.join(scratch, 'prometheus.yml');
  const address = `127.0.0.1:${await freePort()}`;
  await writeFile(
    config,
    stringify({
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: rules,
      scrape_configs: [
        // As in the prometheus.yml that is installed: a target that is no machine.
        { job_name: 'prometheus', static_configs: [{ targets: [address], labels: { instance: 'monitoring' } }] },
        { job_name: 'node', static_configs: targets },
      ],
    }),
  );
  const child = start('prometheus', 'prometheus', [
    `--config.file=${config}`,
    `--storage.tsdb.path=${path.join(scratch, 'tsdb')}`,
    `--web.listen-address=${address}`,
    '--log.level=error',
  ]);
  return { address, ...child };
}

/** A counter that is small grows once, and has to be seen before. */
async function allScraped(address: string): Promise<void> {
  const query = new URLSearchParams({ query: `count(up{job="node"} == 1) == ${machines.length}` });
  const isScraped = async (): Promise<boolean> => {
    const response = await fetch(`http://${address}/api/v1/query?${query.toString()}`).catch(() => undefined);
    return response?.ok === true && (await response.text()).includes('"value"');
  };
  while (!(await isScraped())) await sleep(200);
}

const ruleFile = z.object({ groups: z.array(z.object({ name: z.string(), rules: z.array(z.looseObject({})) })) });

/** The rules of dist/, each alert without the time for which it has to hold. */
async function quickRules(scratch: string): Promise<string[]> {
  const folder = path.join(root, 'dist/rules');
  const names = await readdir(folder);
  return Promise.all(
    names.map(async (name) => {
      const { groups } = ruleFile.parse(parse(await readFile(path.join(folder, name), 'utf8')));
      const quick = groups.map((group) => ({
        ...group,
        rules: group.rules.map((rule) => ('alert' in rule ? { ...rule, for: '0s' } : rule)),
      }));
      const file = path.join(scratch, name);
      await writeFile(file, stringify({ groups: quick }));
      return file;
    }),
  );
}

/** A program that is ended with the test; one that is missing or ends by itself is an error of `ended`. */
function start(tool: string, debianPackage: string, options: readonly string[]) {
  const child = execa(tool, options, { reject: false, stdout: 'ignore', stderr: 'pipe' });
  const end = async (): Promise<void> => {
    const { code, stderr, isTerminated } = await child;
    if (code === 'ENOENT') throw new Error(missingTool(tool, debianPackage, 'live'));
    if (!isTerminated) throw new Error(`Cannot run ${tool}: expected it to go on, got ${stderr.slice(-300)}`);
  };
  return { kill: () => child.kill(), ended: end() };
}
