import type { Command, Host } from '../../lib/host.ts';
import { explain } from '../../lib/host.ts';
import type { Value } from '../../lib/metric.ts';

/**
 * The bytes that a receive_resume_token stands for, from `zfs send -nvt <token>`: a dry run, which shows what is in the token
 * before it looks for the snapshot, so that it need not be here (zfs-send(8); zfs_send_resume_impl in libzfs_sendrecv.c):
 *
 *     resume token contents:
 *     nvlist version: 0
 *     	object = 0x2
 *     	offset = 0x4a0000
 *     	bytes = 0x4c3850
 *     	toguid = 0xdd0728da408cd2a4
 *     	toname = rpool/big@one
 */
export async function askReceivedBytes(host: Host, token: string): Promise<Value | Error> {
  const words: Command = ['zfs', 'send', '-nvt', token];
  const output = await host.run(words);
  const [, bytes] = /^\s*bytes = (0x[0-9a-f]+)$/m.exec(`${output.stdout}\n${output.stderr}`) ?? [];
  if (bytes === undefined)
    return new Error(`Cannot read a receive_resume_token: ${explain(['zfs', 'send', '-nvt'], output)}`);
  const value = BigInt(bytes);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}
