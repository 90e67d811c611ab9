import { type Bench, type Result, firstVersion, ratio, seriesOf, typical, versionsOf } from './result.ts';
import { type Target, targetsOf } from './targets.ts';

/** Everything that was found, as tables in Markdown whose columns are aligned. */
export function tables(bench: Bench): string {
  const sections = [
    section('The machine', ['', ''], bench.machine),
    section('A quiet machine: processor time of a run, in milliseconds', quietHeadings, bench.quiet.flatMap(quietRows)),
    section('Instead: processor time of a run, in milliseconds', insteadHeadings, bench.quiet.flatMap(insteadRows)),
    section('Growing machines', growingHeadings, bench.growing.map(growingRow)),
    section('Processor time for each more of them, in microseconds', slopeHeadings, slopeRows(bench.growing)),
    section('Targets', ['target', 'found', ''], targetsOf(bench).map(targetRow)),
  ];
  const messages = [...bench.quiet, ...bench.growing].flatMap((one) => one.messages);
  if (messages.length > 0)
    sections.push(`The collectors had to say:\n\n${[...new Set(messages)].map((one) => `    ${one}\n`).join('')}`);
  return sections.join('\n');
}

const quietHeadings = [
  'collector',
  'Node.js',
  'node -e 0',
  'its commands',
  'collector',
  'of both',
  'compile cache',
  'of both',
];

function quietRows(result: Result): string[][] {
  return versionsOf(result).map((version) => {
    const [node, collector, cached] = [`node ${version}`, `collector ${version}`, `collector ${version} cached`];
    const cells = [node, 'commands', collector].map((name) => milliseconds(typical(result, name, 'cpu')));
    const ofBoth = (name: string): string => times(ratio(result, 'cpu', name, [node, 'commands']));
    return [
      result.case.collector,
      version,
      ...cells,
      ofBoth(collector),
      milliseconds(typical(result, cached, 'cpu')),
      ofBoth(cached),
    ];
  });
}

const insteadHeadings = ['collector', 'Node.js', 'collector', 'instead', 'instead', 'of the collector'];

function insteadRows(result: Result): string[][] {
  const version = firstVersion(result);
  const collector = `collector ${version}`;
  return result.case.alternatives.map((name) => [
    result.case.collector,
    version,
    milliseconds(typical(result, collector, 'cpu')),
    name,
    milliseconds(typical(result, name, 'cpu')),
    times(ratio(result, 'cpu', name, [collector])),
  ]);
}

const growingHeadings = [
  'collector',
  'machine',
  'series',
  'CPU s',
  'its commands, CPU s',
  'wall s',
  'of node + commands',
  'peak MB',
  'Python CPU s',
  'Python peak MB',
  'script CPU s',
  'script of collector',
];

function growingRow(result: Result): string[] {
  const version = firstVersion(result);
  const collector = `collector ${version}`;
  const [python = '', script = ''] = ['.py', '.sh'].map((end) =>
    result.case.alternatives.find((name) => name.endsWith(end)),
  );
  return [
    result.case.collector,
    machineOf(result),
    grouped(result.series),
    seconds(typical(result, collector, 'cpu')),
    seconds(typical(result, 'commands', 'cpu')),
    seconds(typical(result, collector, 'wall')),
    times(ratio(result, 'wall', collector, ['commands', `node ${version}`])),
    megabytes(typical(result, collector, 'memory')),
    seconds(typical(result, python, 'cpu')),
    megabytes(typical(result, python, 'memory')),
    seconds(typical(result, script, 'cpu')),
    times(ratio(result, 'cpu', script, [collector])),
  ];
}

/** What grows, and beside snapshots the datasets that have them. */
function machineOf({ case: { grows = 'datasets', sizes } }: Result): string {
  const own = `${grouped(sizes[grows])} ${grows}`;
  if (grows === 'snapshots') return `${own} of ${grouped(sizes.datasets)} datasets`;
  return grows === 'datasets' ? `${own}, ${grouped(sizes.snapshots)} snapshots` : own;
}

const slopeHeadings = ['collector', 'for each of the', 'collector', 'its commands', 'Python'];

/** From the smallest to the largest of each series. */
function slopeRows(results: readonly Result[]): string[][] {
  return seriesOf(results).map((series) => {
    const [small, large] = [series[0], series.at(-1)];
    if (small === undefined || large === undefined) return [];
    const { grows = 'datasets', collector, alternatives } = large.case;
    const more = large.case.sizes[grows] - small.case.sizes[grows];
    const slope = (name: string): string =>
      (((typical(large, name, 'cpu') - typical(small, name, 'cpu')) / more) * 1e6).toFixed(1);
    return [
      collector,
      grows,
      slope(`collector ${firstVersion(large)}`),
      slope('commands'),
      slope(alternatives.find((name) => name.endsWith('.py')) ?? ''),
    ];
  });
}

function targetRow({ target, found, met }: Target): string[] {
  return [target, found, met ? 'met' : 'missed'];
}

/** A table in Markdown below its title, its columns aligned. */
export function section(title: string, headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headings, ...rows];
  const widths = headings.map((_heading, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |\n`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|\n`;
  return `**${title}**\n\n${line(headings)}${rule}${rows.map(line).join('')}`;
}

const milliseconds = (value: number): string => shown(value * 1000, 1);
const seconds = (value: number): string => shown(value, 2);
const megabytes = (value: number): string => shown(value / 1e6, 0);
const times = (value: number): string => shown(value, 2);
export const grouped = (value: number): string => value.toLocaleString('en');

function shown(value: number, digits: number): string {
  return Number.isNaN(value) ? '' : value.toFixed(digits);
}
