import { version } from '../lib/run/version.ts';
import type { CollectorSlice } from '../lib/slice.ts';
import type { Directive } from './hardening.ts';

/** The first line of every unit. */
export const heading = `# Made by textfile-collector-units ${version}. To change it, use systemctl edit.\n`;

export function section(name: string, directives: readonly Directive[]): string {
  const lines = directives.map(({ name, value, reason }) => {
    const comment = reason === undefined ? '' : `# ${reason.replaceAll('\n', '\n# ')}\n`;
    return `${comment}${name}=${value}\n`;
  });
  return `[${name}]\n${lines.join('')}`;
}

/** The first section of a service and of its timer; `more` is what the timer adds. */
export function about({ collector: { name } }: CollectorSlice, perNetns: boolean, more = ''): string {
  const place = perNetns ? ' in network namespace %i' : '';
  return section('Unit', [
    { name: 'Description', value: `Textfile collector ${name}${place}${more}` },
    { name: 'Documentation', value: `man:textfile-collector-${name}(8)` },
  ]);
}
