import type { Collector } from '../../lib/collector.ts';
import { wellKnown } from '../../lib/options/directory.ts';
import { type Option, optionsOf } from '../../lib/options/options.ts';

/** A config file in which every key stands in a comment, with its default or an example. */
export function exampleConfig(collector: Collector): string {
  const head =
    `# Settings of the collector ${collector.name}: textfile-collectors.toml(5). Each key is shown with its default or an example;\n` +
    `# more examples are in /usr/share/doc/textfile-collectors/${collector.name}.md.\n`;
  // In TOML, what follows a table belongs to it.
  const tablesLast = configKeys(collector).sort((a, b) => Number(a.kind === 'other') - Number(b.kind === 'other'));
  return [head, ...tablesLast.map(keyText)].join('\n');
}

function keyText(option: Option): string {
  // A value of a form of its own, which has no default.
  if (option.default === undefined && option.example !== undefined) {
    return `# ${option.describe}\n#${option.example}\n`;
  }
  const example = option.example?.replaceAll(/^/gm, '# ');
  return `# ${option.describe}\n#${option.key} = ${valueOf(option)}\n${example === undefined ? '' : `# For example:\n${example}\n`}`;
}

/** What may stand in the config file. Not what a unit says: the interval of its timer, its network namespace. */
export function configKeys(collector: Collector): Option[] {
  return optionsOf(collector).filter(({ group, key }) => group !== 'action' && !['interval', 'netns'].includes(key));
}

function valueOf({ key, kind, default: standard }: Option): string {
  if (standard !== undefined) return JSON.stringify(standard);
  if (kind === 'number') return '1';
  return JSON.stringify(key === 'textfile_dir' ? wellKnown[0] : 'name');
}
