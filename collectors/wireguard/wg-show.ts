import { type Command, type Host, type Output, explain } from '../../lib/host.ts';
import type { Attempt } from '../../lib/parse.ts';
import { type Interface, type Peer, parseDumpLine } from './dump.ts';
import { withoutPartsOfKeys } from './secrets.ts';

/**
 * The one command that tells everything. The others print no secret, but there are eight of them, each of another moment,
 * and `wg show all endpoints` cannot be read before release 1.0.20250521: it names the interface once and not per peer.
 */
const question = (tool: Tool): Command => [tool, 'show', 'all', 'dump'];

/** Of WireGuard, and of AmneziaWG; the second may stand in for the first under its name. */
export type Tool = 'wg' | 'awg';

/** What wg printed, and why something may be missing in it. */
export interface Shown {
  readonly interfaces: ReadonlyMap<string, Interface>;
  readonly peers: readonly Peer[];
  /** Why an interface could not be read; under the empty name, why any of them could not. */
  readonly failures: ReadonlyMap<string, string>;
  /** Whether there were lines that could not be parsed, so that peers may be missing. */
  readonly garbled: boolean;
  /** Whether there is no such program. */
  readonly missing: boolean;
}

/** Each is kept, 600 bytes of it: ten times as many as are reported where the setting peer_limit says nothing. */
const maxLines = 100_000;

export async function askTool(host: Host, tool: Tool, attempt: Attempt): Promise<Shown> {
  const command = question(tool);
  const interfaces = new Map<string, Interface>();
  const peers = new Map<string, Peer>();
  let count = 0;
  let garbled = false;
  let last = '';
  const output = await host.lines(
    command,
    (line) => {
      count += 1;
      if (line === '') return;
      const parsed = attempt(() => parseDumpLine(line, `${command.join(' ')} line ${count}`, attempt));
      last = parsed?.kind === 'interface' ? parsed.name : last;
      if (parsed === undefined) garbled = true;
      else if (parsed.kind === 'interface') interfaces.set(parsed.name, parsed);
      else peers.set(`${parsed.interface}\0${parsed.publicKey}`, parsed);
    },
    { maxLines },
  );
  const failures = failuresOf(command, output);
  const rest = { failures, garbled, missing: output.ended === 'missing' };
  // An answer that was cut short may have lost peers, and they are not gone.
  if (output.ended !== 'exit') return { interfaces: new Map(), peers: [], ...rest };
  // Of the interface that it breaks off in peers are missing.
  if (output.cut === true) {
    interfaces.delete(last);
    failures.set(last, `${command.join(' ')} breaks off in the middle of a line`);
  }
  return { interfaces, peers: [...peers.values()].filter((peer) => interfaces.has(peer.interface)), ...rest };
}

/**
 * Why wg could not tell. It ends with 0 as long as one interface answered, so that its stderr has to be read, too:
 *
 *     Unable to access interface wg0: Operation not permitted
 */
function failuresOf(command: Command, output: Output): Map<string, string> {
  const failures = new Map<string, string>();
  const others: string[] = [];
  const lines = output.stderr.split('\n').filter((line) => line.trim() !== '');
  for (const line of lines) {
    const [, name, reason] = /^Unable to access interface ([^\s:]{1,15}): (.+)$/.exec(line) ?? [];
    if (name === undefined || reason === undefined) others.push(line);
    // Gone between wg's list of interfaces and its question to one.
    else if (reason !== 'No such device') failures.set(name, explainRefusal(command, reason));
  }
  const failed = output.ended !== 'exit' || (output.exitCode !== 0 && lines.length === 0);
  if (failed || others.length > 0) {
    failures.set('', withoutPartsOfKeys(explain(command, { ...output, stderr: others.join('\n') })));
  }
  return failures;
}

function explainRefusal(command: Command, reason: string): string {
  const needs = reason === 'Operation not permitted' ? '; it needs the capability CAP_NET_ADMIN' : '';
  return `${command.join(' ')}: unable to access interface: ${withoutPartsOfKeys(reason)}${needs}`;
}
