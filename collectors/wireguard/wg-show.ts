import { type Command, type Host, type Output, type Seconds, explain } from '../../lib/host.ts';
import { inParallel } from '../../lib/parallel.ts';
import type { Attempt } from '../../lib/parse.ts';
import { type Interface, type Peer, parseDumpLine } from './dump.ts';
import { withoutPartsOfKeys } from './secrets.ts';

/**
 * The one command that tells everything. The others print no secret, but there are eight of them, each of another moment,
 * and `wg show all endpoints` cannot be read before release 1.0.20250521: it names the interface once and not per peer.
 */
const question = (tool: Tool, name: string): Command => [tool, 'show', name, 'dump'];

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

/** A peer that has 250,000 networks, as where a list of a country or of what is blocked is routed through it. */
const maxLine = 4 * 1024 * 1024;

/** As long as one may wait for the others: what is outside the kernel may be frozen, as in a container that is paused. */
const patience: Seconds = 5;

/**
 * `each` lists the interfaces where some may be outside the kernel. If one of those does not answer, neither does the tool, so
 * that it is then asked of each by itself.
 */
export async function askTool(
  host: Pick<Host, 'lines'>,
  tool: Tool,
  attempt: Attempt,
  each: (() => Promise<readonly string[]>) | undefined,
): Promise<Shown> {
  const { shown, hangs } = await ask(host, question(tool, 'all'), attempt, each === undefined ? undefined : patience);
  if (each === undefined || !hangs) return shown;
  const answers = await inParallel(await each(), 8, async (name) => {
    const { shown: one } = await ask(host, question(tool, name), attempt, patience);
    const reasons = [...one.failures.values()].filter((reason) => !reason.endsWith(': No such device'));
    return { ...one, failures: new Map(reasons.map((reason) => [name, reason])) };
  });
  return {
    interfaces: new Map(answers.flatMap(({ interfaces }) => [...interfaces])),
    peers: answers.flatMap(({ peers }) => peers),
    failures: new Map(answers.flatMap(({ failures }) => [...failures])),
    garbled: answers.some(({ garbled }) => garbled),
    missing: false,
  };
}

async function ask(
  host: Pick<Host, 'lines'>,
  command: Command,
  attempt: Attempt,
  timeout: Seconds | undefined,
): Promise<{ shown: Shown; hangs: boolean }> {
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
      const place = `${command.join(' ')} line ${count}`;
      const parsed = attempt(() => parseDumpLine(withInterface(command, line), place, attempt));
      last = parsed?.kind === 'interface' ? parsed.name : last;
      if (parsed === undefined) garbled = true;
      else if (parsed.kind === 'interface') interfaces.set(parsed.name, parsed);
      else peers.set(`${parsed.interface}\0${parsed.publicKey}`, parsed);
    },
    { maxLines, maxLine, ...(timeout === undefined ? {} : { timeout }) },
  );
  const failures = failuresOf(command, output);
  const rest = { failures, garbled, missing: output.ended === 'missing' };
  // An answer that was cut short may have lost peers, and they are not gone.
  if (output.ended !== 'exit') {
    return { shown: { interfaces: new Map(), peers: [], ...rest }, hangs: output.ended === 'timeout' };
  }
  // Of the interface that it breaks off in peers are missing.
  if (output.cut === true) {
    interfaces.delete(last);
    failures.set(last, `${command.join(' ')} breaks off in the middle of a line`);
  }
  const shown = { interfaces, peers: [...peers.values()].filter((peer) => interfaces.has(peer.interface)), ...rest };
  return { shown, hangs: false };
}

/** A line with the interface in front, which only `wg show all dump` has there. */
export function withInterface([, , name = 'all']: Command, line: string): string {
  return name === 'all' ? line : `${name}\t${line}`;
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
