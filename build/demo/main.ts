import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import * as z from 'zod/mini';
import { messageOf } from '../../lib/errors.ts';
import { openMachine } from './machine.ts';
import type { Recorded } from './machines.ts';
import { type Running, demand, freePort } from './programs.ts';
import { startStack } from './stack.ts';
import type { Notification } from './webhook.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** How many times faster than as installed everything lasts and waits. */
const factor = 60;

/** What happens to the machine, one after the other, and for how many seconds. */
const steps = [
  { title: 'healthy', recording: 'resilver-done', pool: 'rz', seconds: 8 },
  { title: 'one disk is pulled', recording: 'disk-pulled', pool: 'pl', seconds: 10 },
  { title: 'the pool is suspended', recording: 'suspended', pool: 'sus', seconds: 10 },
  { title: 'the machine is dead', recording: undefined, pool: '', seconds: 15 },
  { title: 'it is back, and healthy', recording: 'resilver-done', pool: 'rz', seconds: 45 },
] as const;

/** Tells what leaves Alertmanager while a machine breaks, dies and comes back. `print` gets each line; `signal` ends it early. */
async function demo(print: (line: string) => void, signal: AbortSignal): Promise<void> {
  await demand('prometheus', 'prometheus-alertmanager', 'prometheus-node-exporter');
  const folder = await mkdtemp(path.join(os.tmpdir(), 'textfile-demo-'));
  const port = await freePort();
  const machine = openMachine(folder, port);
  const told = (one: Notification): void => linesOf(one).forEach(print);
  let stack: Running | undefined;
  try {
    await machine.become(await replayed(steps[0].recording, steps[0].pool));
    stack = await startStack({ machines: [{ target: `localhost:${port}` }], factor, scrapeSeconds: 1, told });
    print(`Everything that has to last or waits is divided by ${factor}: a minute is a second here.`);
    for (const { title, recording, pool, seconds } of steps) {
      print(`--- ${title}`);
      await (recording === undefined ? machine.stop() : machine.become(await replayed(recording, pool)));
      await sleep(seconds * 1000, undefined, { signal });
    }
  } finally {
    await machine.stop();
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the bundle makes of a recorded machine: of one pool, which is called tank in every step, since it is one machine here. */
async function replayed(recording: string, pool: string): Promise<Recorded> {
  const place = path.join(root, 'fixtures/zfs', recording);
  const { clock } = z
    .object({ clock: z.number() })
    .parse(JSON.parse(await readFile(path.join(place, 'recording.json'), 'utf8')));
  const words = [
    path.join(root, 'dist/zfs.js'),
    '--replay',
    place,
    '--config',
    path.join(place, 'config.toml'),
    '--interval',
    '60',
    '--stdout',
  ];
  const { stdout } = await execa(process.execPath, words, { stderr: 'ignore' });
  const isOther = (line: string): boolean => {
    const found = /(?:pool|target)="([^"]*)"/.exec(line);
    return found !== null && found[1] !== pool;
  };
  const kept = stdout.split('\n').filter((line) => line.startsWith('#') || !isOther(line));
  const text = kept
    .join('\n')
    .replaceAll(`pool="${pool}"`, 'pool="tank"')
    .replaceAll(`target="${pool}"`, 'target="tank"');
  return { text: `${text}\n`, clock };
}

function linesOf({ after, receiver, alerts }: Notification): string[] {
  if (receiver === 'watchdog') return [];
  const time = `${(after / 1000).toFixed(1).padStart(6)} s  ${receiver.padEnd(7)}`;
  return alerts.map(
    ({ status, labels, annotations }) =>
      `${time} ${status.padEnd(8)} ${labels['alertname']} (${labels['severity']}): ${annotations['summary']}`,
  );
}

const stopped = new AbortController();
for (const [name, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
] as const)
  // Not once: with nobody listening, what execa has listening ends the process at once.
  process.on(name, () => {
    process.exitCode = 128 + number;
    stopped.abort();
  });

try {
  await demo((line) => process.stdout.write(`${line}\n`), stopped.signal);
} catch (error) {
  if (!stopped.signal.aborted) {
    process.stderr.write(`demo: ${messageOf(error)}\n`);
    process.exitCode = 1;
  }
}
