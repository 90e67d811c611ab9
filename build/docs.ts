import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { collectors } from '../collectors/index.ts';
import type { Metric } from '../lib/metric.ts';
import { exitStatuses } from '../lib/options/conventions.ts';
import { optionsOf } from '../lib/options/options.ts';
import { selfMetrics } from '../lib/self-metrics.ts';

const root = path.resolve(import.meta.dirname, '..');

/** The generated parts of the READMEs, by file and by the word in their markers. */
export function generatedParts(): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const parts = new Map([
    [path.join(root, 'README.md'), new Map([['exit-statuses', exitSentence()]])],
    [path.join(root, 'lib/README.md'), new Map([['self-metrics', metricsTable(selfMetrics)]])],
  ]);
  for (const collector of collectors) {
    parts.set(
      path.join(root, 'collectors', collector.name, 'README.md'),
      new Map([
        ['metrics', metricsTable(collector.metrics)],
        ['settings', settingsTable(optionsOf(collector).filter(({ group }) => group === 'setting'))],
      ]),
    );
  }
  return parts;
}

/** `text` with what stands between `<!-- word -->` and `<!-- /word -->` replaced. */
export function withParts(text: string, parts: ReadonlyMap<string, string>): string {
  let result = text;
  for (const [word, part] of parts) {
    const [begin, end] = [`<!-- ${word} -->`, `<!-- /${word} -->`];
    const [from, to] = [result.indexOf(begin), result.indexOf(end)];
    if (from < 0 || to < from)
      throw new Error(`Cannot generate docs: expected the markers ${begin} and ${end}, got none`);
    result = `${result.slice(0, from + begin.length)}\n\n${part}\n${result.slice(to)}`;
  }
  return result;
}

function exitSentence(): string {
  return `Exit status: ${exitStatuses.map(([status, meaning]) => `**${status}** ${meaning}`).join(' ')}\n`;
}

function metricsTable(metrics: readonly Metric[]): string {
  const rows = [...metrics]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, type, labels, help }) => `| \`${name}\` | ${type} | ${labels.join(', ')} | ${help} |\n`);
  return `| metric | type | labels | meaning |\n|---|---|---|---|\n${rows.join('')}`;
}

function settingsTable(options: ReturnType<typeof optionsOf>): string {
  const rows = options.map(
    ({ key, flag, kind, describe, default: standard }) =>
      `| \`${key}\` | ${kind === 'other' ? '' : `\`--${flag}\``} | ${kind === 'other' ? 'table' : kind} | ${standard === undefined ? '' : `\`${JSON.stringify(standard)}\``} | ${describe} |\n`,
  );
  return `| key | option | type | default | meaning |\n|---|---|---|---|---|\n${rows.join('')}`;
}

if (process.argv[1] === import.meta.filename) {
  for (const [file, parts] of generatedParts()) await writeFile(file, withParts(await readFile(file, 'utf8'), parts));
}
