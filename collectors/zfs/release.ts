import { isRecent } from '../../lib/clock.ts';
import { type Command, type Host, type Seconds, succeeded } from '../../lib/host.ts';
import type { Memory } from './memory.ts';

/** How long the tools' release is believed; an upgrade that brings a new kernel module is seen at once. */
const userlandTrust: Seconds = 6 * 3600;

/** The kernel module's release as `2.3.9-0+deb13u1`; undefined where sysfs does not say. */
export async function readKernelRelease(host: Host): Promise<string | undefined> {
  const text = await host.readText('/sys/module/zfs/version').catch(() => undefined);
  return text?.trim();
}

/** Whether `release` is `major.minor` or newer. An unknown one is taken for new: the tools will say no. */
export function atLeast(release: string | undefined, major: number, minor: number): boolean {
  const match = /^(\d+)\.(\d+)/.exec(release ?? '');
  if (match === null) return true;
  const [has, hasMinor] = [Number(match[1]), Number(match[2])];
  return has > major || (has === major && hasMinor >= minor);
}

/** The tools' release, from memory while that is good enough: it costs a process and all but never changes. */
export async function askUserland(
  host: Host,
  known: Memory['userland'],
  kernel: string | undefined,
  now: Seconds,
): Promise<Memory['userland']> {
  if (known?.kernel === (kernel ?? '') && isRecent(known.at, userlandTrust, now)) return known;
  const command: Command = ['zfs', 'version'];
  const output = await host.run(command, { endable: true });
  const version = parseZfsVersion(output.stdout);
  if (!succeeded(output) || version === undefined) return known?.kernel === (kernel ?? '') ? known : undefined;
  return { version, kernel: kernel ?? '', at: now };
}

/** `zfs version` (zfs-version(8)): `zfs-2.3.9-0+deb13u1`, then `zfs-kmod-2.3.9-0+deb13u1`. */
function parseZfsVersion(text: string): string | undefined {
  return /^zfs-(\d\S*)$/m.exec(text)?.[1];
}
