import { spawnSync } from 'node:child_process';
import path from 'node:path';

// What follows are words that stand before a program and change what it runs in.

const isRoot = process.getuid?.() === 0;
/** A user that owns nothing here and runs nothing. */
export const stranger = 64_321;

/** A script before the program, which `"$@"` then is; `$0` is `place`. */
export function script(place: string, lines: string): string[] {
  return ['/bin/sh', '-c', lines, place];
}

/** A script as above, where it may mount what it likes, and nobody else sees it. */
export function mounting(place: string, lines: string): string[] {
  const tools = 'words=$PATH; PATH=/usr/bin:/usr/sbin:/bin:/sbin';
  return ['/usr/bin/unshare', isRoot ? '-m' : '-rm', ...script(place, `${tools}\n${lines}`)];
}

/** Root may then do no more than the modes of files say. */
export const withoutCapabilities: readonly string[] = isRoot
  ? ['/usr/bin/setpriv', '--bounding-set=-all', '--inh-caps=-all']
  : ['/usr/bin/env'];

export function asUser(id: number): readonly [string, ...string[]] {
  return ['/usr/bin/setpriv', `--reuid=${id}`, `--regid=${id}`, '--clear-groups'];
}

export const asStranger = asUser(stranger);

/** Sends a signal to the program alone, at a moment of its run. */
export function signalled(signal: string, seconds: number): string[] {
  return ['/usr/bin/timeout', '--foreground', '--preserve-status', `--signal=${signal}`, seconds.toFixed(3)];
}

const [unshare = '', ...mount] = mounting('/tmp', 'mount -t tmpfs none /mnt');
const mountable = spawnSync(unshare, mount).status === 0;
const bundle = path.join(import.meta.dirname, '../../dist/tcp.js');
const [become, ...words] = [...asStranger, process.execPath, bundle, '--version'];
const strangers = isRoot && spawnSync(become, words).status === 0;

/** Why there is no mount namespace; undefined where there is. */
export const noMounts = mountable ? undefined : 'nobody may mount anything here';
/** Why nobody can run it as another user. */
export const noStranger = strangers ? undefined : 'another user cannot run this here';
export const notRoot = isRoot ? undefined : 'only root can give a file away';
