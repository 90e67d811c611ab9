import { thresholdsOf, type Threshold } from '../../lib/monitoring/promql.ts';
import { siteSettings } from '../../lib/monitoring/site.ts';
import { type Option, optionsFrom } from '../../lib/options/options.ts';
import { ruleFiles } from './rule-files.ts';

/** Every number that can be set, by name. */
export const thresholds: ReadonlyMap<string, Threshold> = new Map(
  ruleFiles
    .flatMap(({ alerts, records }) => [...records, ...alerts])
    .flatMap(({ expr }) => thresholdsOf(expr))
    .map((one) => [one.name, one]),
);

/** rules.toml with every key in a comment, with its default or an example. */
export function exampleText(): string {
  const options = optionsFrom(siteSettings, 'setting');
  // In TOML, what follows a table belongs to it.
  const tablesLast = [...options].sort((a, b) => Number(isTable(a)) - Number(isTable(b)));
  const keys = tablesLast.map(({ key, describe, default: standard, example }) => {
    const value = key === 'thresholds' ? thresholdLines() : (example ?? `${key} = ${JSON.stringify(standard)}`);
    return `# ${describe}.\n${value.replaceAll(/^/gm, '#')}\n`;
  });
  return `# Settings of the monitoring side: textfile-collector-stack --config rules.toml --out DIR. Each key is shown with its default or an example.\n\n${keys.join('\n')}`;
}

function thresholdLines(): string {
  const lines = [...thresholds.values()].map(({ name, standard, describe }) => `${name} = ${standard} # ${describe}`);
  return ['[thresholds]', ...lines].join('\n');
}

function isTable({ example = '' }: Option): boolean {
  return example.startsWith('[');
}
