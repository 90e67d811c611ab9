import { type Command, type Host, type Seconds, okay } from '../../lib/host.ts';
import type { Attempt } from '../../lib/parse.ts';
import { type Direction, directionFinder, settleDirections } from './direction.ts';
import type { EphemeralPorts } from './ephemeral-ports.ts';
import { type PortTally, addSocket, tallyOf } from './port-tally.ts';
import { type PortUsage, portUsage } from './port-usage.ts';
import {
  type Endpoint,
  type FamilyCounts,
  type LineCounts,
  type SocketRow,
  familyOf,
  hasTcpInfo,
  readable,
  rowReader,
  warningOf,
} from './ss.ts';

/** What all sockets come to. It grows with ports, and not with sockets. */
export interface Walk {
  readonly families: FamilyCounts;
  readonly ports: Readonly<Record<Direction, Map<number, PortTally>>>;
  readonly usage: PortUsage;
  readonly lines: LineCounts;
  /** Whether ss told the values of tcp_info, where it was asked for them. */
  readonly withInfo: boolean;
  /** Why its numbers are not quite those of the kernel. */
  readonly warning: string | undefined;
}

export interface WalkOptions {
  readonly listeners: readonly Endpoint[];
  readonly ephemeral: EphemeralPorts;
  readonly withInfo: boolean;
  /** Only sockets whose local port is ephemeral; the kernel leaves out all others. */
  readonly ephemeralOnly: boolean;
  readonly timeout: Seconds;
}

/** Looks at each socket once, as it comes. Throws where ss fails. */
export async function walkSockets(host: Host, options: WalkOptions, attempt: Attempt): Promise<Walk> {
  const { low, high } = options.ephemeral.range;
  const filter = options.ephemeralOnly ? [`sport >= :${low} and sport <= :${high}`] : [];
  const command: Command = ['ss', options.withInfo ? '-tanHOi' : '-tanHO', ...filter];
  const { add, total } = tally(options);
  const { onLine, counts } = rowReader(command, add, attempt);
  const output = okay(command, await host.lines(command, onLine, { timeout: options.timeout }));
  const lines = counts();
  // Each of a few is told, and costs itself.
  readable(command, lines, Math.min(2 + lines.all / 10, lines.all / 2));
  const { isSilent, ...totals } = total();
  const silence = isSilent
    ? `${command.join(' ')}: no socket has values of tcp_info, as with iproute2 6.7.0`
    : undefined;
  const withInfo = options.withInfo && !isSilent;
  return { ...totals, lines, withInfo, warning: warningOf(command, output) ?? silence };
}

function tally({ listeners, ephemeral, withInfo }: WalkOptions) {
  const directionOf = directionFinder(listeners, ephemeral);
  const families: FamilyCounts = { ipv4: new Map(), ipv6: new Map() };
  const ports = { inbound: new Map<number, PortTally>(), outbound: new Map<number, PortTally>() };
  const undecided = new Map<number, PortTally>();
  const usage = portUsage(ephemeral);
  let [isEstablished, isTold] = [false, false];
  const add = (row: SocketRow): void => {
    const { state, local, peer, info } = row;
    // One that has the values is enough.
    if (withInfo && !isTold && state === 'established') {
      isEstablished = true;
      isTold = hasTcpInfo(info);
    }
    const states = families[familyOf(local)];
    states.set(state, (states.get(state) ?? 0) + 1);
    const isConnection = state !== 'listening' && state !== 'closed';
    const direction = isConnection ? directionOf(local, peer) : 'inbound';
    usage.add(row, direction !== 'inbound');
    if (!isConnection) return;
    const [tallies, key] =
      direction === undefined
        ? [undecided, (local.port << 16) | peer.port]
        : [ports[direction], direction === 'inbound' ? local.port : peer.port];
    addSocket(tallyOf(tallies, key), row, withInfo);
  };
  const total = () => {
    settleDirections(undecided, ports);
    return { families, ports, usage, isSilent: isEstablished && !isTold };
  };
  return { add, total };
}
