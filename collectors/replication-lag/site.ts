import type { Command, Host, Output, Seconds } from '../../lib/host.ts';
import { explain, succeeded } from '../../lib/host.ts';
import type { SshHost } from './location.ts';
import { hostLabel } from './location.ts';
import type { SshOptions } from './ssh.ts';
import { sshCommand } from './ssh.ts';

/** One machine that pairs name: this one, or one behind ssh. */
export interface Site {
  readonly host?: SshHost;
  readonly ssh: SshOptions;
}

/** Tells sites apart: the same machine by other means is another site. */
export function siteKey({ host, ssh }: Site): string {
  return host === undefined ? '' : JSON.stringify([host.name, host.port ?? 22, host.user ?? '', ssh]);
}

/** What stands in the label `target` of a source: empty for this machine. */
export function siteLabel({ host }: Site): string {
  return host === undefined ? '' : hostLabel(host);
}

/** A machine that does not list in this time is not asked for more. */
const localTimeout: Seconds = 60;

/** Runs a zfs command there. */
export function runThere(host: Host, site: Site, words: Command, onLine: (line: string) => void): Promise<Output> {
  if (site.host === undefined) return host.lines(words, onLine, { timeout: localTimeout });
  const command = sshCommand(site.host, site.ssh, words);
  // What hangs there is there: ssh itself only waits for the network.
  return host.lines(command, onLine, { timeout: site.ssh.timeout, endable: true });
}

/** Why a command there was of no use, in one line; undefined where it went well. */
export function failureOf(site: Site, words: Command, output: Output): string | undefined {
  if (succeeded(output)) return undefined;
  if (site.host === undefined) return explain(words, output);
  if (output.ended === 'missing') return 'ssh is not installed';
  // ssh(1) has 255 for its own errors. Before the reason, which comes last, it may draw a box of @ around a warning.
  const last = output.stderr.trimEnd().split('\n').at(-1)?.trim() ?? '';
  const own = output.ended === 'exit' && output.exitCode === 255;
  return explain(['ssh', site.host.name, ...(own ? [] : words.slice(0, 2))], { ...output, stderr: last });
}

/** Whether the far side, or this machine's zfs, was reached at all. */
export function answered({ host }: Site, output: Output): boolean {
  return output.ended === 'exit' && !(host !== undefined && output.exitCode === 255);
}
