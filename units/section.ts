import { version } from '../lib/version.ts';
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
