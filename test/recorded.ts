import { readdirSync } from 'node:fs';
import * as z from 'zod/mini';
import type { Metric } from '../lib/metric.ts';
import { fixture, readFixture, seriesOf } from './replay.ts';

/** Series as promtool takes them. */
export interface InputSeries {
  readonly series: string;
  readonly values: string;
}

interface Course {
  /** Seconds between two values. */
  readonly step: number;
  readonly steps: number;
  /** What counters gain from one value to the next. */
  readonly growth?: number;
}

/** What all recordings of a collector tell in `metrics`, each as a machine that is named after it and stays as it is. */
export function recordedSeries(collector: string, metrics: readonly Metric[], course: Course): InputSeries[] {
  const byName = new Map(metrics.map((metric) => [metric.name, metric]));
  return readdirSync(fixture(collector)).flatMap((machine) => {
    const clock = clockOf(collector, machine);
    return [...seriesOf(readFixture(collector, machine, 'expected.prom'))].flatMap(([series, value]) => {
      const [, name = '', labels = ''] = /^(\w+)(?:\{(.*)\})?$/s.exec(series) ?? [];
      const metric = byName.get(name);
      if (metric === undefined) return [];
      const place = `${name}{instance="${machine}"${labels === '' ? '' : ','}${labels}}`;
      return [{ series: place, values: values(metric, value, clock, course) }];
    });
  });
}

/** Time begins at 0 in promtool: a timestamp keeps its distance from now. */
function values({ name, type }: Metric, value: string, clock: number, { step, steps, growth = 0 }: Course): string {
  const isTime = /(_timestamp|_timestamp_seconds|_handshake_seconds)$/.test(name) && value !== '0';
  if (isTime) return `${(Number(value) - clock).toFixed(3)}+${step}x${steps}`;
  return type === 'counter' ? `${value}+${growth}x${steps}` : `${value}x${steps}`;
}

function clockOf(collector: string, machine: string): number {
  return z.object({ clock: z.number() }).parse(JSON.parse(readFixture(collector, machine, 'recording.json'))).clock;
}
