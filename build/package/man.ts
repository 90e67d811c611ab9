import type { Collector } from '../../lib/collector.ts';
import { configFile } from '../../lib/options/config.ts';
import { exitStatuses, precedence } from '../../lib/options/conventions.ts';
import { defaultsFile } from '../../lib/options/defaults.ts';
import { type Option, optionsOf } from '../../lib/options/options.ts';
import { version } from '../../lib/run/version.ts';
import { unitsHelp, unitsOptions } from '../../units/options.ts';
import { stackHelp, stackOptions } from '../stack/options.ts';
import { configKeys } from './example-config.ts';

/** textfile-collector-zfs(8) and its like, in man(7). */
export function commandPage(collector: Collector): string {
  const { name, summary } = collector;
  const command = `textfile-collector-${name}`;
  const options = optionsOf(collector);
  return page(8, command, `write ${name}.prom for node_exporter`, [
    ['SYNOPSIS', `.B ${roff(command)}\n.RI [ options ]`],
    [
      'DESCRIPTION',
      roff(
        `${summary}, as ${name}.prom in the textfile directory of Prometheus' node_exporter. ` +
          `${command}.${collector.follows === true ? 'service, once it is enabled,' : 'timer'} runs it; by hand it is good for --check, --stdout and --metrics, and for --record, which makes the folder of a bug report.`,
      ),
    ],
    ['OPTIONS', entries(options.filter(({ kind }) => kind !== 'other').map(optionEntry))],
    [
      'ENVIRONMENT',
      `${roff(`Every option is also a variable. ${precedence}`)}\n${entries(options.filter(({ group }) => group !== 'action').map(({ variable, flag }) => [variable, `--${flag}`]))}`,
    ],
    ['FILES', entries(filesOf(name))],
    ['EXIT STATUS', entries(exitStatuses.map(([status, meaning]) => [String(status), meaning]))],
    ['SEE ALSO', '.BR textfile-collectors.toml (5),\n.BR textfile-collector-units (8)'],
  ]);
}

/** textfile-collector-units(8). */
export function unitsPage(): string {
  return programPage('units', 'make systemd units of the textfile collectors', unitsHelp, unitsOptions);
}

/** textfile-collector-stack(8). */
export function stackPage(): string {
  return programPage('stack', 'make what Prometheus and Alertmanager read', stackHelp, stackOptions);
}

function programPage(name: string, purpose: string, help: typeof unitsHelp, options: readonly Option[]): string {
  const [, ...about] = help.usage.split('\n\n');
  return page(8, `textfile-collector-${name}`, purpose, [
    ['SYNOPSIS', `.B textfile\\-collector\\-${name}\n.RI [ options ]`],
    ['DESCRIPTION', roff(about.join('\n'))],
    ['OPTIONS', entries(options.map(optionEntry))],
    ['NOTES', help.epilogue.split('\n').filter(Boolean).map(roff).join('\n.PP\n')],
  ]);
}

/** textfile-collectors.toml(5): the keys of every collector. */
export function configPage(collectors: readonly Collector[]): string {
  return page(5, 'textfile-collectors.toml', 'config files of the textfile collectors', [
    ['SYNOPSIS', collectors.map(({ name }) => `.I ${roff(configFile(name))}`).join('\n.br\n')],
    [
      'DESCRIPTION',
      roff(
        'TOML. An unknown key or a wrong type is an error that names the file, the key, what was expected and what is there.',
      ),
    ],
    ...collectors.map((collector): Section => [
      `KEYS OF ${collector.name.toUpperCase()}`,
      entries(configKeys(collector).map((option) => [option.key, describe(option)])),
    ]),
    ['SEE ALSO', collectors.map(({ name }) => `.BR ${roff(`textfile-collector-${name}`)} (8)`).join(',\n')],
  ]);
}

type Section = readonly [title: string, text: string];

function page(section: 5 | 8, name: string, purpose: string, sections: readonly Section[]): string {
  const parts: readonly Section[] = [['NAME', `${roff(name)} \\- ${roff(purpose)}`], ...sections];
  const body = parts.map(([title, text]) => `.SH ${title}\n${text}\n`).join('');
  return `.TH ${roff(name).toUpperCase()} ${section} "" "textfile\\-collectors ${version}"\n.nh\n.ad l\n${body}`;
}

function entries(rows: readonly (readonly [term: string, text: string])[]): string {
  return rows.map(([term, text]) => `.TP\n.B ${roff(term)}\n${roff(text)}`).join('\n');
}

function optionEntry(option: Option): readonly [string, string] {
  const value = { boolean: '', number: ' NUMBER', string: ' VALUE', array: ' LIST', other: '' }[option.kind];
  return [`--${option.flag}${value}`, describe(option)];
}

function describe({ describe, default: standard }: Option): string {
  const none = standard === undefined || standard === false || JSON.stringify(standard).length === 2;
  return none ? `${describe}.` : `${describe}. Default: ${JSON.stringify(standard)}.`;
}

function filesOf(name: string): readonly (readonly [string, string])[] {
  return [
    [configFile(name), 'Settings.'],
    [defaultsFile, 'Variables, TEXTFILE_DIRECTORY above all, for runs by systemd and by hand.'],
    ['/var/lib/textfile-collectors', 'What is kept from run to run.'],
  ];
}

/** Text for man(7): nothing in it is a request or an escape, and a hyphen is one that can be copied. */
function roff(text: string): string {
  return text
    .replaceAll('\\', String.raw`\e`)
    .replaceAll('-', String.raw`\-`)
    .replaceAll(/^(?=[.'])/gm, String.raw`\&`);
}
