import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Collector } from '../lib/collector.ts';
import { replayingHost } from '../lib/machine/recording.ts';
import { readRequest } from '../lib/options/config.ts';
import { type Gathered, gather } from '../lib/run/gather.ts';

/** Runs a collector on a recording, with the case's own `config.toml` where there is one; `saveState` is told what it keeps. */
export async function replay(
  collector: Collector,
  folder: string,
  saveState: (memory: unknown) => void = () => {},
): Promise<Gathered> {
  const config = path.join(folder, 'config.toml');
  const request = await readRequest(collector, existsSync(config) ? ['--config', config] : [], {});
  return gather(collector, replayingHost(folder, collector.name), request.settings, {
    instance: collector.name,
    version: 'test',
    nodeVersion: 'test',
    timeout: 30,
    interval: undefined,
    previousSuccess: () => undefined,
    saveState,
    setStateAside: () => 'zfs.json.unusable',
  });
}

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
