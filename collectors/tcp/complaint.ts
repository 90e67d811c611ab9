import { type Command, type Output, explain } from '../../lib/host.ts';

/**
 * What ss has to say on stderr while it ends with exit status 0: `Cannot open netlink socket: …`, `netlink receive
 * error …`. It then reads /proc/net/tcp, which has neither limits of accept queues, devices nor tcp_info.
 */
export function complaintOf(command: Command, output: Output): string | undefined {
  const said = output.stderr.trim().split('\n', 1)[0] ?? '';
  if (said === '') return undefined;
  if (!/netlink/i.test(said)) return explain(command, output);
  return `ss reads /proc, which does not tell the limits of accept queues: it has no netlink (${said.slice(0, 200)})`;
}
