import { type Sample, sample } from '../../lib/metric.ts';
import { type Direction, directions } from './direction.ts';
import type { EphemeralPorts } from './ephemeral-ports.ts';
import * as m from './metrics.ts';
import { type PortTally, addTally, quantile, tallyOf, troubleStates } from './port-tally.ts';
import type { Walk } from './walk.ts';

export interface PortOptions {
  /** Ports of listeners, which always have their own series. */
  readonly known: ReadonlySet<number>;
  /** How many others have them. */
  readonly limit: number;
  readonly ephemeral: EphemeralPorts;
}

/** Series by port. */
export function portSamples(
  { ports, withInfo }: Pick<Walk, 'ports' | 'withInfo'>,
  { known, limit, ephemeral }: PortOptions,
): Sample[] {
  const options = { known, limit };
  // As likely as a service of another machine it is the client of one of ours that is gone, and was there only once.
  const eligible = (port: number): boolean => !ephemeral.has(port) || (ports.outbound.get(port)?.sockets ?? 0) > 1;
  const bytes = { ...options, eligible };
  return [
    ...byPort(
      ports,
      options,
      (tally) => tally.states.established,
      (labels, count) => sample(m.connectionCount, labels, count),
    ),
    ...troubleStates.flatMap((state) =>
      byPort(
        ports,
        // What listens sends no SYN.
        { limit, eligible, known: state === 'syn-sent' ? new Set() : known },
        (tally) => tally.states[state],
        (labels, count) => sample(m.portSockets, { ...labels, state }, count),
      ),
    ),
    ...byPort(
      ports,
      bytes,
      (tally) => tally.receiveQueue,
      (labels, count) => sample(m.portReceiveQueue, labels, count),
    ),
    ...byPort(
      ports,
      bytes,
      (tally) => tally.sendQueue,
      (labels, count) => sample(m.portSendQueue, labels, count),
    ),
    ...(withInfo ? infoSamples(ports, options) : []),
  ];
}

interface PortLabels {
  readonly port: string;
  readonly direction: Direction;
}

/** Of what `count` finds at a port. */
function byPort(
  ports: Walk['ports'],
  options: FoldOptions,
  count: (tally: PortTally) => number,
  toSample: (labels: PortLabels, count: number) => Sample,
): Sample[] {
  return directions.flatMap((direction) => {
    const own = optionsFor(direction, options);
    const counts = new Map<number, number>();
    for (const [port, tally] of ports[direction]) if (count(tally) > 0) counts.set(port, count(tally));
    const sums = foldedCounts(counts, own.known, fold(counts, own));
    return [...sums].map(([port, sum]) => toSample({ port, direction }, sum));
  });
}

/** Outbound it is the ports of other machines; inbound it is services, whether or not they listen. */
function optionsFor(direction: Direction, options: FoldOptions): FoldOptions {
  const { known, limit } = options;
  return direction === 'inbound' ? { known, limit } : { ...options, known: new Set() };
}

const quantiles = ['0.5', '0.9', '0.99'] as const;

function infoSamples(ports: Walk['ports'], options: FoldOptions): Sample[] {
  return directions.flatMap((direction) => {
    const counts = new Map([...ports[direction]].map(([port, { sockets }]) => [port, sockets]));
    const nameOf = fold(counts, optionsFor(direction, options));
    const named = new Map<string, PortTally>();
    for (const [port, tally] of ports[direction]) addTally(tallyOf(named, nameOf(port)), tally);
    return [...named].flatMap(([port, tally]) => [...rttSamples({ port, direction }, tally)]);
  });
}

function* rttSamples(labels: PortLabels, { retransmits, rtts }: PortTally): Generator<Sample> {
  yield sample(m.retransmits, { ...labels }, retransmits);
  for (const part of quantiles) {
    const rtt = quantile(rtts ?? new Map(), Number(part));
    if (rtt !== undefined) yield sample(m.rtt, { ...labels, quantile: part }, rtt / 1e6);
  }
}

export interface FoldOptions {
  /** Ports that always have their own name. */
  readonly known: ReadonlySet<number>;
  /** How many others have one, too: those that count most. */
  readonly limit: number;
  /** Of these others, those that deserve one. */
  readonly eligible?: (port: number) => boolean;
}

/** How a port becomes the value of a label: its own, or `other`. */
export function fold(
  counts: ReadonlyMap<number, number>,
  { known, limit, eligible }: FoldOptions,
): (port: number) => string {
  const rest = [...counts].filter(([port]) => !known.has(port));
  const best = rest
    .filter(([port]) => eligible?.(port) ?? true)
    .sort(([p, a], [q, b]) => b - a || p - q)
    .slice(0, limit);
  const kept = new Set(best.map(([port]) => port));
  return (port) => (known.has(port) || kept.has(port) ? String(port) : 'other');
}

/** The sums under their names, with a 0 for each of the `known`. */
export function foldedCounts(
  counts: ReadonlyMap<number, number>,
  known: ReadonlySet<number>,
  nameOf: (port: number) => string,
): Map<string, number> {
  const sums = new Map<string, number>([...known].map((port) => [String(port), 0]));
  for (const [port, count] of counts) sums.set(nameOf(port), (sums.get(nameOf(port)) ?? 0) + count);
  return sums;
}
