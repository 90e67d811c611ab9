import type { Command, Seconds } from '../../lib/host.ts';
import type { SshHost } from './location.ts';

export interface SshOptions {
  /** Path of the private key. */
  readonly identity: string;
  /** Path of the file of host keys; a host that is not in it is refused. */
  readonly knownHosts: string;
  /** Of one command, with the connection. */
  readonly timeout: Seconds;
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
