import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { freePort } from '../../build/demo/programs.ts';
import { isLeftOut, missingTool } from '../tools.ts';

const program = '/usr/sbin/sshd';

/** Why no sshd is tried. */
export function noSshd(): string | undefined {
  if (isLeftOut('sshd')) return 'left out with TEXTFILE_TEST_WITHOUT';
  if (!existsSync(program)) throw new Error(missingTool('sshd', 'openssh-server', 'sshd'));
  const { username, shell } = os.userInfo();
  return /(?:nologin|false)$/.test(shell ?? '') ? `${username} cannot log in, with ${shell} for a shell` : undefined;
}

/** A real sshd on the loopback, whose user is who runs the tests. */
export interface Far {
  readonly port: number;
  /** Files for ssh, by name: the key that is let in and another one, the right host keys, those of another machine, and none. */
  readonly file: (name: 'key' | 'other' | 'known_hosts' | 'changed_hosts' | 'no_hosts') => string;
  readonly stop: () => Promise<void>;
}

/**
 * What it needs lies in `folder`. `command` is the forced one of the key, in words of a shell; `settings` come before ours, and so
 * count (sshd_config(5)).
 */
export async function startSshd(folder: string, command: string, settings: readonly string[] = []): Promise<Far> {
  const at = (name: string): string => path.join(folder, name);
  const port = await freePort();
  for (const name of ['host', 'key', 'other'])
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', at(name)]);
  const publicKey = (name: string): string => readFileSync(at(`${name}.pub`), 'utf8').trim();
  const files = {
    authorized_keys: `restrict,command="${command}" ${publicKey('key')}\n`,
    known_hosts: `[localhost]:${port} ${publicKey('host')}\n`,
    changed_hosts: `[localhost]:${port} ${publicKey('other')}\n`,
    no_hosts: '',
    config: [...settings, ...settingsOf(port, at), ''].join('\n'),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
  const daemon = execa(program, ['-D', '-e', '-f', at('config')], { reject: false, all: true });
  const stop = async (): Promise<void> => {
    daemon.kill();
    await daemon;
  };
  for (let tries = 0; tries < 200 && daemon.exitCode === null; tries += 1) {
    if (await isOpen(port)) return { port, file: at, stop };
    await sleep(50);
  }
  await stop();
  throw new Error(`Cannot start sshd: expected an open port, got ${(await daemon).all}`);
}

function settingsOf(port: number, at: (name: string) => string): string[] {
  return [
    'ListenAddress 127.0.0.1',
    `Port ${port}`,
    `HostKey ${at('host')}`,
    `AuthorizedKeysFile ${at('authorized_keys')}`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
  ];
}

async function isOpen(port: number): Promise<boolean> {
  const socket = createConnection(port, '127.0.0.1');
  try {
    return await new Promise((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}
