import type { Run } from '../../lib/collector.ts';
import type { Host } from '../../lib/host.ts';
import type { Interface, Peer } from './dump.ts';
import { type Kind, type Listed, kindOf } from './interfaces.ts';
import { firstFive } from './names.ts';
import { type Shown, type Tool, askTool } from './wg-show.ts';

/** Interfaces and their peers, as the tools tell of them. */
export interface Answers {
  readonly interfaces: ReadonlyMap<string, Interface>;
  readonly peers: readonly Peer[];
  /** Whether nothing is missing in them. */
  readonly complete: boolean;
}

/** Which implementations are there: in the kernel, or outside of it, as wireguard-go. */
export interface Present {
  readonly loaded: boolean;
  readonly outside: boolean;
  /** Of AmneziaWG. */
  readonly amneziaOutside: boolean;
}

/** Where implementations outside the kernel, as wireguard-go, have their sockets. */
export const sockets: Readonly<Record<Kind, string>> = {
  wireguard: '/var/run/wireguard',
  amneziawg: '/var/run/amneziawg',
};

/**
 * Asks the tools of what is there. `awg` is asked only of interfaces that `wg` does not tell of: many containers have one
 * under the name of the other. Undefined where there is nothing to tell of.
 */
export async function askTools(
  host: Host,
  { names, known }: Listed,
  { loaded, outside, amneziaOutside }: Present,
  run: Run,
): Promise<Answers | undefined> {
  const ofKind = (kind: Kind): string[] => known.filter((one) => one.kind === kind).map(({ name }) => name);
  const plain = ofKind('wireguard');
  const ask = async (tool: Tool, kind: Kind, hasSockets: boolean): Promise<Shown> => {
    const each = async (): Promise<string[]> => {
      const all = new Set([...ofKind(kind), ...(await socketsIn(host, sockets[kind]))]);
      return [...all].filter((name) => names?.has(name) !== false);
    };
    const shown = await askTool(host, tool, run.attempt, hasSockets ? each : undefined);
    return hasSockets && names !== undefined ? shownHere(shown, tool, names, run) : shown;
  };
  const wg = loaded || outside ? await ask('wg', 'wireguard', outside) : undefined;
  // A module without an interface needs no tool.
  const needed = wg !== undefined && !(wg.missing && plain.length === 0 && !outside);
  const told = needed ? await reported(host, wg, plain, { tool: 'wg', outside }, run) : undefined;
  const amnezia = ofKind('amneziawg').filter((name) => told?.interfaces.has(name) !== true);
  if (amnezia.length === 0 && !amneziaOutside) return told;
  const awg = await ask('awg', 'amneziawg', amneziaOutside);
  const more = await reported(host, awg, amnezia, { tool: 'awg', outside: amneziaOutside }, run);
  return told === undefined ? more : joined(told, more);
}

/** The names of the interfaces that have one there. */
async function socketsIn(host: Host, folder: string): Promise<string[]> {
  const entries = (await host.list(folder).catch(() => undefined)) ?? [];
  return entries.flatMap(({ name }) => /^(.+)\.sock$/.exec(name)?.[1] ?? []);
}

/** Sockets of implementations outside the kernel are found by their folder, whatever network namespace their interfaces are in. */
function shownHere(shown: Shown, tool: Tool, names: ReadonlySet<string>, run: Run): Shown {
  const all = [...shown.interfaces.keys(), ...shown.failures.keys()];
  const elsewhere = new Set(all.filter((name) => name !== '' && !names.has(name)));
  if (elsewhere.size === 0) return shown;
  const told = firstFive([...elsewhere]);
  run.note(
    `Cannot use what ${tool} tells of ${told}: expected interfaces of this network namespace, got sockets of others`,
    'once',
  );
  const isHere = (name: string): boolean => !elsewhere.has(name);
  return {
    ...shown,
    interfaces: new Map([...shown.interfaces].filter(([name]) => isHere(name))),
    peers: shown.peers.filter((peer) => isHere(peer.interface)),
    failures: new Map([...shown.failures].filter(([name]) => isHere(name))),
  };
}

function joined(first: Answers, second: Answers): Answers {
  return {
    interfaces: new Map([...second.interfaces, ...first.interfaces]),
    peers: [...first.peers, ...second.peers.filter(({ interface: at }) => !first.interfaces.has(at))],
    complete: first.complete && second.complete,
  };
}

/**
 * Says for each interface whether the tool told of it. One that the kernel has and the tool leaves out was not read,
 * whatever the exit status, unless it has gone since. Of those outside the kernel nobody else knows.
 */
async function reported(
  host: Host,
  shown: Shown,
  known: readonly string[],
  { tool, outside }: { readonly tool: Tool; readonly outside: boolean },
  run: Run,
): Promise<Answers> {
  const { interfaces, peers, failures, garbled } = shown;
  const failure = failures.get('');
  const reasons = new Map<string, string | undefined>([...interfaces.keys()].map((name) => [name, undefined]));
  for (const name of known.filter((one) => !interfaces.has(one))) {
    const isLeft = (await kindOf(host, name)) !== undefined;
    if (isLeft) reasons.set(name, failure ?? `${tool} show all dump leaves the interface out`);
  }
  for (const [name, reason] of failures) if (name !== '') reasons.set(name, reason);
  const complete = [...reasons.values()].every((reason) => reason === undefined);
  if (reasons.size === 0 || (failure !== undefined && (complete || outside))) reasons.set('', failure);
  for (const [name, reason] of reasons) run.report(`${tool} show`, name, reason);
  return { interfaces, peers, complete: complete && failure === undefined && !garbled };
}
