import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { type Machine, procfs, textfiles } from './machines.ts';

/** What a real node_exporter serves of the machine at `now`, in seconds since 1970. */
export async function scrape(machine: Machine, now: number, scratch: string, address: string): Promise<string> {
  const folder = path.join(scratch, machine.name);
  await writeAll(path.join(folder, 'textfile'), textfiles(machine, now, 0));
  await writeAll(path.join(folder, 'proc'), procfs(0));
  const exporter = execa(
    'prometheus-node-exporter',
    [
      `--web.listen-address=${address}`,
      `--collector.textfile.directory=${path.join(folder, 'textfile')}`,
      `--path.procfs=${path.join(folder, 'proc')}`,
      '--no-collector.netdev.netlink',
    ],
    { reject: false, stdout: 'ignore', stderr: 'ignore' },
  );
  try {
    return await answered(`http://${address}/metrics`);
  } finally {
    exporter.kill();
    await exporter;
  }
}

async function writeAll(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [file, text] of files) {
    const place = path.join(folder, file);
    await mkdir(path.dirname(place), { recursive: true });
    await writeFile(place, text);
  }
}

/** The body, as soon as the program that was just started answers. */
export async function answered(url: string): Promise<string> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    try {
      const response = await fetch(url);
      if (response.ok) return await response.text();
    } catch {
      // Not yet.
    }
    await sleep(100);
  }
  throw new Error(`Cannot read ${url}: expected an answer within 10 seconds, got none`);
}
