import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Collector } from '../lib/collector.ts';
import { replayingHost } from '../lib/machine/replaying.ts';
import { readRequest } from '../lib/options/config.ts';
import { callOf } from '../lib/run/call.ts';
import { type Gathered, gather } from '../lib/run/gather.ts';

/** Runs a collector on a recording, with the case's own `config.toml` where there is one; what it keeps goes into `stateFolder`. */
export async function replay(collector: Collector, folder: string, stateFolder?: string): Promise<Gathered> {
  const config = path.join(folder, 'config.toml');
  const places = ['--replay', folder, '--config', existsSync(config) ? config : '/dev/null'];
  const call = callOf(collector, await readRequest(collector, places, {}), new AbortController().signal);
  return gather({ ...call, stateFolder, versions: testVersions }, replayingHost(folder, collector.name));
}

/** Those that stand in the goldens. */
const testVersions = { version: 'test', node_version: 'test' } as const;

/** Options that have a bundle replay a case as `replay` does. */
export function replayOptions(...parts: string[]): string[] {
  const config = fixture(...parts, 'config.toml');
  return ['--replay', fixture(...parts), '--config', existsSync(config) ? config : '/dev/null'];
}

/** The series of a text with their values, as Prometheus would see them. */
export function seriesOf(text: string): Map<string, string> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)]));
}

export function fixture(...parts: string[]): string {
  return path.join(import.meta.dirname, '../fixtures', ...parts);
}

export function readFixture(...parts: string[]): string {
  return readFileSync(fixture(...parts), 'utf8');
}
