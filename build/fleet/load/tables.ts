import { grouped, section } from '../../bench/tables.ts';
import type { Measured } from './measure.ts';

/** What was measured, and what follows from it for fleets of other sizes; as tables in Markdown. */
export function loadTables(about: readonly (readonly string[])[], measured: readonly Measured[]): string {
  return [
    section('What was measured', ['', ''], about),
    section('One Prometheus, with the rules, its head full', measuredHeadings, measured.map(measuredRow)),
    section(
      'What follows for a fleet of such nodes',
      expectedHeadings,
      fleets.map((one) => expectedRow(one, measured)),
    ),
  ].join('\n');
}

const measuredHeadings = [
  'nodes',
  'series',
  'samples/s',
  'processors',
  'memory',
  'all rules',
  'slowest group',
  'Fleet Overview',
];

function measuredRow({ nodes, series, samplesPerSecond, processors, memory, rules, slowest, overview }: Measured) {
  return [
    grouped(nodes),
    grouped(series),
    grouped(Math.round(samplesPerSecond)),
    processors.toFixed(2),
    size(memory),
    time(rules),
    `${slowest.name}, ${time(slowest.seconds)}`,
    time(overview),
  ];
}

/** Nodes, and seconds from scrape to scrape. */
const fleets = [
  { nodes: 10, scrapeSeconds: 15 },
  { nodes: 100, scrapeSeconds: 15 },
  { nodes: 1000, scrapeSeconds: 30 },
  { nodes: 3000, scrapeSeconds: 30 },
  { nodes: 10_000, scrapeSeconds: 30 },
];

const expectedHeadings = [
  'nodes',
  'scrape',
  'series',
  'samples/s',
  'processors',
  'memory',
  'disk, 15 days',
  'all rules',
];

/** As https://prometheus.io/docs/prometheus/latest/storage/ has it: between one and two. */
const bytesOfSample = 2;

/** The largest measured one counts, and what the next smaller one takes less. */
function expectedRow({ nodes, scrapeSeconds }: (typeof fleets)[number], measured: readonly Measured[]) {
  const [large, small] = [...measured].sort((a, b) => b.nodes - a.nodes);
  if (large === undefined || small === undefined)
    throw new Error('Cannot compare: expected two sizes of a fleet, got fewer');
  const series = (large.series / large.nodes) * nodes;
  const samples = series / scrapeSeconds;
  const bytesOfSeries = (large.memory - small.memory) / (large.series - small.series);
  return [
    grouped(nodes),
    `${scrapeSeconds} s`,
    grouped(Math.round(series)),
    grouped(Math.round(samples)),
    ((large.processors / large.samplesPerSecond) * samples).toFixed(2),
    size(large.memory + bytesOfSeries * (series - large.series)),
    size(samples * 15 * 86_400 * bytesOfSample),
    time((large.rules / large.nodes) * nodes),
  ];
}

function size(bytes: number): string {
  if (bytes < 1e9) return `${Math.round(bytes / 1e6)} MB`;
  return bytes < 1e11 ? `${(bytes / 1e9).toFixed(1)} GB` : `${grouped(Math.round(bytes / 1e9))} GB`;
}

function time(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
}
