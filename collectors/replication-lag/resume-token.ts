import type { Command, Host } from '../../lib/host.ts';
import { type Site, failureOf, runThere } from './site.ts';

/**
 * The bytes that a receive_resume_token stands for, from `zfs send -nvt <token>`: a dry run, which shows what is in the token
 * before it looks for the snapshot, so that it need not be there (zfs-send(8); zfs_send_resume_impl in libzfs_sendrecv.c):
 *
 *     resume token contents:
 *     nvlist version: 0
 *     	object = 0x2
 *     	offset = 0x4a0000
 *     	bytes = 0x4c3850
 *     	toguid = 0xdd0728da408cd2a4
 *     	toname = rpool/big@one
 */
export async function askReceivedBytes(host: Host, site: Site, token: string): Promise<bigint | Error> {
  const words: Command = ['zfs', 'send', '-nvt', token];
  let bytes: bigint | undefined;
  const onLine = (line: string): void => {
    const [, digits] = /^\s*bytes = (0x[0-9a-f]+)$/.exec(line) ?? [];
    if (digits !== undefined) bytes = BigInt(digits);
  };
  const output = await runThere(host, site, words, onLine);
  output.stderr.split('\n').forEach(onLine);
  if (bytes === undefined) {
    const reason = failureOf(site, ['zfs', 'send', '-nvt'], output) ?? 'expected a line of bytes, got none';
    return new Error(`Cannot read a receive_resume_token: ${reason}`);
  }
  return bytes;
}
