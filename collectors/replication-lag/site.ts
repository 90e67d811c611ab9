import { type Command, type Host, type Output, type Seconds, explain, succeeded } from '../../lib/host.ts';
import { type SshHost, type SshOptions, hostLabel } from './pair.ts';

/** One machine that pairs name: this one (no host), or one behind ssh. */
export interface Site {
  readonly host: SshHost | undefined;
  readonly ssh: SshOptions;
  /** How long a command may take on this machine. */
  readonly localTimeout: Seconds;
}

/** Tells sites apart: the same machine by other means is another site. */
export function siteKey({ host, ssh }: Site): string {
  return host === undefined ? '' : JSON.stringify([host.name, host.port ?? 22, host.user ?? '', ssh]);
}

/** What stands in the label `target` of a source: empty for this machine. */
export function siteLabel({ host }: Site): string {
  return host === undefined ? '' : hostLabel(host);
}

/** There while the kernel module is loaded here. */
const kstatFolder = '/proc/spl/kstat/zfs';

/** Whether this machine has ZFS at work. As root, a zfs command would load the module. */
export async function hasModule(host: Host): Promise<boolean> {
  return (await host.list(kstatFolder)) !== undefined;
}

/**
 * Runs a zfs command there. What hangs behind ssh would go on hanging after ssh has gone: timeout(1) ends it where it is, and
 * has the last word on the time.
 */
export function runThere(
  host: Host,
  site: Site,
  words: Command,
  onLine: (line: string) => void,
  maxLines?: number,
): Promise<Output> {
  if (site.host === undefined) return host.lines(words, onLine, { timeout: site.localTimeout, maxLines });
  const limit = Math.ceil(site.ssh.timeout);
  const command = sshCommand(site.host, site.ssh, ['timeout', String(limit), ...words]);
  return host.lines(command, onLine, { timeout: limit + 2, endable: true, maxLines });
}

/** A command's names together have at most this many characters: an argument may have 128 KiB, and ssh makes one of all. */
const maxNames = 96 * 1024;

/** Names for one command after the other. */
export function portions(names: readonly string[]): string[][] {
  const parts: string[][] = [];
  let length = 0;
  for (const name of names) {
    const part = parts.at(-1);
    length += name.length + 3;
    if (part !== undefined && length <= maxNames) part.push(name);
    else {
      parts.push([name]);
      length = name.length + 3;
    }
  }
  return parts;
}

/** What timeout(1) says of a command that it ended. */
const timedOut = 124;
/** What ssh(1) says of its own errors. */
const unreached = 255;

/** Whether not even timeout(1) could end it there: the machine was reached, and its zfs sleeps in the kernel. */
export function hangs({ host }: Site, { ended }: Output): boolean {
  return host !== undefined && ended === 'timeout';
}

/** Why a command there was of no use, in one line; undefined where it went well. */
export function failureOf(site: Site, words: Command, output: Output): string | undefined {
  if (succeeded(output)) return undefined;
  if (site.host === undefined) return explain(words, output);
  if (output.ended === 'missing') return 'ssh is not installed';
  const lines = output.stderr.trimEnd().split('\n');
  // Before the reason, which comes last, ssh may draw a box of @ around a warning; a shell there may add warnings of its own.
  const stderr = (lines.find(tellsFailure) ?? lines.at(-1) ?? '').trim();
  const command: Command = ['ssh', site.host.name, ...(output.exitCode === unreached ? [] : words.slice(0, 2))];
  return explain(command, { ...output, stderr, ...(output.exitCode === timedOut ? { ended: 'timeout' } : {}) });
}

/** Whether a line of stderr is one by which zfs says that something failed (zfs_standard_error() in libzfs_util.c). */
export function tellsFailure(line: string): boolean {
  return /^(cannot |internal error)/.test(line);
}

/** Whether the far side, or this machine's zfs, came to an answer. */
export function answered({ host }: Site, { ended, exitCode }: Output): boolean {
  return ended === 'exit' && (host === undefined || (exitCode !== unreached && exitCode !== timedOut));
}

/** How long a host may take until it speaks. */
const connectTimeout: Seconds = 10;

/**
 * Runs `words` on another machine. ssh hands the far side one line, which its login shell splits (ssh(1)), so each word is
 * quoted for it. Nothing is asked, forwarded, shared or learnt on the way; what else /etc/ssh/ssh_config says, as ProxyJump, counts.
 */
export function sshCommand({ name, user, port }: SshHost, options: SshOptions, words: readonly string[]): Command {
  const settings = {
    BatchMode: 'yes',
    ConnectTimeout: Math.ceil(Math.min(connectTimeout, options.timeout)),
    ConnectionAttempts: 1,
    ServerAliveInterval: 5,
    ServerAliveCountMax: 3,
    StrictHostKeyChecking: 'yes',
    UserKnownHostsFile: quoted(options.knownHosts),
    UpdateHostKeys: 'no',
    IdentityFile: quoted(options.identity),
    IdentitiesOnly: 'yes',
    ControlMaster: 'no',
    ControlPath: 'none',
    ClearAllForwardings: 'yes',
    ForwardAgent: 'no',
    PermitLocalCommand: 'no',
    LogLevel: 'ERROR',
  };
  return [
    'ssh',
    '-T',
    ...Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    '--',
    name,
    words.map(shellWord).join(' '),
  ];
}

/** ssh splits the values of these options itself, and takes `%` and `${` in them for its own (ssh_config(5)). */
function quoted(path: string): string {
  return `"${path.replaceAll('%', '%%')}"`;
}

/** A word as a POSIX shell reads it. */
function shellWord(word: string): string {
  return /^[\w.,:@/=-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
