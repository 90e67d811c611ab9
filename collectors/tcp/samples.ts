import { type Sample, sample } from '../../lib/metric.ts';
import { type Direction, directions } from './direction.ts';
import type { Listener } from './listeners.ts';
import * as m from './metrics.ts';
import { type PortRange, inRange } from './proc-net.ts';
import { socketStates } from './ss.ts';
import { type InfoTally, type PortCounts, type PortInfo, type Walk, quantile, renamed, troubleStates } from './walk.ts';

/** Samples, and how many ports have none of their own. */
interface Folded {
  readonly samples: readonly Sample[];
  readonly folded: number;
}

/** The limits only where they are known. */
export function* listenSamples({ address, port, queue, limit, fill }: Listener, limits: boolean): Generator<Sample> {
  const labels = { address, port: String(port) };
  yield sample(m.listenQueue, labels, queue);
  if (!limits) return;
  yield sample(m.listenQueueLimit, labels, limit);
  yield sample(m.listenQueueFill, labels, Math.round(fill * 1e4) / 1e4);
}

export function stateSamples({ families }: Walk): Sample[] {
  return (['ipv4', 'ipv6'] as const).flatMap((family) =>
    socketStates.map((state) => sample(m.sockets, { state, family }, families[family].get(state) ?? 0)),
  );
}

export function* ephemeralSamples({ low, high }: PortRange, walk: Walk | undefined): Generator<Sample> {
  yield sample(m.ephemeralPorts, {}, high - low + 1);
  if (walk === undefined) return;
  yield sample(m.ephemeralPortsUsed, {}, walk.ephemeral.size);
  yield sample(m.ephemeralPortsUsedMax, {}, walk.perDestination());
}

export interface PortOptions {
  /** Ports of listeners, which always have their own series. */
  readonly known: ReadonlySet<number>;
  /** How many others have them. */
  readonly limit: number;
  readonly range: PortRange;
}

/** Series by port. */
export function portSamples({ ports, info }: Walk, { known, limit, range }: PortOptions): Folded {
  // As likely as a service of another machine it is the client of one of ours that is gone, and was there only once.
  const eligible = (port: number, count: number): boolean => count > 1 || !inRange(range, port);
  return together([
    byPort(ports.established, { known, limit }, (labels, count) => sample(m.connectionCount, labels, count)),
    ...troubleStates.map((state) =>
      byPort(ports[state], { known, limit, eligible }, (labels, count) =>
        sample(m.portSockets, { ...labels, state }, count),
      ),
    ),
    ...(info === undefined ? [] : [infoSamples(info, { known, limit })]),
  ]);
}

interface PortLabels {
  readonly port: string;
  readonly direction: Direction;
}

function byPort(
  counts: PortCounts,
  options: FoldOptions,
  toSample: (labels: PortLabels, count: number) => Sample,
): Folded {
  const parts = directions.map((direction): Folded => {
    const own = optionsFor(direction, options);
    const folding = fold(counts[direction], own);
    const sums = foldedCounts(counts[direction], own.known, folding);
    return {
      samples: [...sums].map(([port, count]) => toSample({ port, direction }, count)),
      folded: folding.folded,
    };
  });
  return together(parts);
}

/** Outbound it is the ports of other machines. */
function optionsFor(direction: Direction, options: FoldOptions): FoldOptions {
  return direction === 'inbound' ? options : { ...options, known: new Set() };
}

const quantiles = ['0.5', '0.9', '0.99'] as const;

function infoSamples(info: InfoTally, options: FoldOptions): Folded {
  const parts = directions.map((direction): Folded => {
    const counts = new Map([...info[direction]].map(([port, { sockets }]) => [port, sockets]));
    const { nameOf, folded } = fold(counts, optionsFor(direction, options));
    const samples = [...renamed(info[direction], nameOf)].flatMap(([port, entry]) => [
      ...portInfoSamples({ port, direction }, entry),
    ]);
    return { samples, folded };
  });
  return together(parts);
}

function* portInfoSamples(labels: PortLabels, { retransmits, rtts }: PortInfo): Generator<Sample> {
  yield sample(m.retransmits, { ...labels }, retransmits);
  for (const part of quantiles) {
    const rtt = quantile(rtts, Number(part));
    if (rtt !== undefined) yield sample(m.rtt, { ...labels, quantile: part }, rtt / 1e6);
  }
}

function together(parts: readonly Folded[]): Folded {
  return {
    samples: parts.flatMap(({ samples }) => samples),
    folded: parts.reduce((sum, { folded }) => sum + folded, 0),
  };
}

/** How ports become values of a label: each its own, or `other`. */
export interface Folding {
  readonly nameOf: (port: number) => string;
  /** How many have no name of their own. */
  readonly folded: number;
}

export interface FoldOptions {
  /** Ports that always have their own name. */
  readonly known: ReadonlySet<number>;
  /** How many others have one, too: those that count most. */
  readonly limit: number;
  /** Of these others, those that deserve one. */
  readonly eligible?: (port: number, count: number) => boolean;
}

export function fold(counts: ReadonlyMap<number, number>, { known, limit, eligible }: FoldOptions): Folding {
  const rest = [...counts].filter(([port]) => !known.has(port));
  const best = rest
    .filter(([port, count]) => eligible?.(port, count) ?? true)
    .sort(([p, a], [q, b]) => b - a || p - q)
    .slice(0, limit);
  const kept = new Set(best.map(([port]) => port));
  return {
    nameOf: (port) => (known.has(port) || kept.has(port) ? String(port) : 'other'),
    folded: rest.length - kept.size,
  };
}

/** The sums under their names, with a 0 for each of the `known`. */
export function foldedCounts(
  counts: ReadonlyMap<number, number>,
  known: ReadonlySet<number>,
  { nameOf }: Folding,
): Map<string, number> {
  const sums = new Map<string, number>([...known].map((port) => [String(port), 0]));
  for (const [port, count] of counts) sums.set(nameOf(port), (sums.get(nameOf(port)) ?? 0) + count);
  return sums;
}
