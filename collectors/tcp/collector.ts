import * as z from 'zod/mini';
import { type Run, type ValuesOf, defineCollector, setting } from '../../lib/collector.ts';
import type { Host } from '../../lib/host.ts';
import { type Sample, sample } from '../../lib/metric.ts';
import { doubtOfListeners, doubtOfWalk, isAbove } from './cross-check.ts';
import {
  type EphemeralPorts,
  defaultPortRange,
  ephemeralPorts,
  portRangeFile,
  readPortRange,
  readReservedPorts,
  readTimeWaitReuse,
} from './ephemeral-ports.ts';
import { type Listening, askListening, listenersOf } from './listeners.ts';
import * as m from './metrics.ts';
import { portSamples } from './port-samples.ts';
import type { PortUsage } from './port-usage.ts';
import { type SocketCounts, readMemoryLimits, readSocketCounts, sockstatFile } from './proc-net.ts';
import {
  addressSamples,
  destinationSample,
  listenSamples,
  memorySamples,
  stateSamples,
  usageSamples,
} from './samples.ts';
import { type Walk, type WalkOptions, walkSockets } from './walk.ts';

const count = z.int().check(z.minimum(0));
const settings = {
  socket_limit: setting(
    z._default(count, 250_000),
    'With more sockets than this, read the accept queues only: tcp_walk_skipped 1',
  ),
  port_limit: setting(
    z._default(count, 50),
    'Remote ports to report, the busiest; the rest is port="other". The same for local ports without a listener',
  ),
  local_address_limit: setting(
    z._default(count, 10),
    'Report ephemeral ports of at most this many local addresses, those that have used most',
  ),
  destination_limit: setting(
    z._default(count, 0),
    'Also the destinations towards which most ephemeral ports are used, at most this many; above socket_limit, too',
  ),
  cgroups: setting(
    z._default(z.boolean(), false),
    'Also the systemd unit and cgroup of each listener; iproute2 5.8 or newer, and cgroup2',
  ),
  listener_limit: setting(z._default(count, 1000), 'Report at most this many listening addresses, lowest ports first'),
  tcp_info: setting(
    z._default(z.boolean(), false),
    'Also round-trip times and retransmits by port; costs about twice as much',
  ),
};
type Settings = ValuesOf<typeof settings>;

export const tcp = defineCollector({
  name: 'tcp',
  summary: 'Connections by port, accept queues, socket states and ephemeral ports',
  metrics: Object.values(m),
  settings,
  timeout: 15,
  perNetns: true,
  needs: [
    { kind: 'file', name: sockstatFile, why: 'number of sockets, to know what looking at each would cost' },
    { kind: 'file', name: portRangeFile, why: 'ephemeral ports' },
    { kind: 'tool', name: 'ss', why: 'accept queues and sockets; iproute2 5.2 or newer' },
  ],
  present: (host) =>
    host.readText(sockstatFile).then(
      async (text) => text !== undefined || (await host.readText(portRangeFile)) !== undefined,
      // What is there and must not be read is TCP all the same.
      () => true,
    ),
  collect,
});

async function* collect(host: Host, settings: Settings, run: Run): AsyncGenerator<Iterable<Sample>> {
  const { ephemeral, isKnown } = await readEphemeralPorts(host, run);
  const counts = await run.read('sockstat', '', () => readSocketCounts(host));
  const memory = await run.read('tcp_mem', '', () => readMemoryLimits(host));
  const tooMany = await isAbove(host, counts, settings.socket_limit);
  const { listening, walk } = await askBoth(host, settings, run, { ephemeral, counts, tooMany });

  const limitsKnown = listening !== undefined && listening.warning === undefined;
  const listeners = listenersOf(listening?.rows ?? []);
  const known = new Set(listeners.slice(0, settings.listener_limit).map(({ port }) => port));
  yield [sample(m.walkSkipped, {}, Number(tooMany))];
  if (isKnown) yield [sample(m.ephemeralPorts, {}, ephemeral.count)];
  if (isKnown && walk !== undefined) yield ephemeralSamples(walk.usage, ephemeral, settings, run);
  yield memorySamples(counts, memory);
  yield run.limited(listeners, settings.listener_limit, (listener) =>
    listenSamples(listener, limitsKnown, isKnown ? ephemeral : undefined),
  );
  if (walk !== undefined && !tooMany) yield socketSamples(walk, ephemeral, known, settings);
}

/** What is known before ss is asked. */
interface Known {
  readonly ephemeral: EphemeralPorts;
  readonly counts: SocketCounts | undefined;
  readonly tooMany: boolean;
}

/** What ss says of listeners, and of all sockets: neither, where these contradict each other. */
async function askBoth(host: Host, settings: Settings, run: Run, { ephemeral, counts, tooMany }: Known) {
  const asked = askWithCgroups(host, settings, run);
  const listening = await run.read('ss listeners', '', () => asked);
  run.report('ss listeners', '', listening?.warning);
  const options: WalkOptions = {
    listeners: (listening?.rows ?? []).map(({ local }) => local),
    ephemeral,
    withInfo: settings.tcp_info,
    ephemeralOnly: tooMany,
    // Without a count there is no telling how long it takes, so that it has a limit of its own.
    timeout: counts === undefined ? 5 : Number.POSITIVE_INFINITY,
  };
  if (tooMany && settings.destination_limit === 0) return { listening, walk: undefined };
  // Without the listeners they would be sorted wrongly.
  const walk = await run.read('ss sockets', '', () => asked.then(() => walkAll(host, run, options, counts)));
  const doubt = walk && listening && doubtOfListeners(walk, listening, options);
  if (doubt === undefined) return { listening, walk };
  for (const source of ['ss listeners', 'ss sockets']) run.report(source, '', doubt);
  return { listening: undefined, walk: undefined };
}

/** Known only where both what is in the range and what is reserved could be read. */
async function readEphemeralPorts(host: Host, run: Run): Promise<{ ephemeral: EphemeralPorts; isKnown: boolean }> {
  const range = await run.read('ip_local_port_range', '', () => readPortRange(host));
  const reserved = await run.read('ip_local_reserved_ports', '', () => readReservedPorts(host));
  const reuse = await run.read('tcp_tw_reuse', '', () => readTimeWaitReuse(host));
  return {
    ephemeral: ephemeralPorts(range ?? defaultPortRange, reserved ?? [], reuse ?? 'never'),
    isKnown: range !== undefined && reserved !== undefined,
  };
}

/** Without the cgroups where these are not to be had: ss says so on stderr, and ends with exit status 0 or 1. */
async function askWithCgroups(host: Host, { cgroups }: Settings, run: Run): Promise<Listening> {
  const answer = cgroups
    ? await run.read('ss cgroups', '', async () => {
        const listening = await askListening(host, run.attempt, true);
        if (listening.warning !== undefined) throw new Error(listening.warning);
        return listening;
      })
    : undefined;
  return answer ?? askListening(host, run.attempt, false);
}

/** Throws where these may not be all sockets. */
async function walkAll(host: Host, run: Run, options: WalkOptions, before: SocketCounts | undefined): Promise<Walk> {
  const walk = await walkSockets(host, options, run.attempt);
  const after = await readSocketCounts(host).catch(() => undefined);
  const counts = options.ephemeralOnly ? [] : [before, after].filter((one) => one !== undefined);
  const doubt = await doubtOfWalk(host, walk, counts);
  if (doubt !== undefined) throw new Error(doubt);
  run.report('ss sockets', '', walk.warning);
  return walk;
}

function* ephemeralSamples(
  usage: PortUsage,
  ephemeral: EphemeralPorts,
  settings: Settings,
  run: Run,
): Iterable<Sample> {
  yield* usageSamples(usage);
  // A few ports are near to nothing.
  const isNear = ({ used }: { readonly used: number }): boolean => used * 100 >= ephemeral.count;
  const { local_address_limit: limit } = settings;
  const addresses = usage.addresses();
  // More than these may be those of clients, as whose a transparent proxy connects: others at each run.
  const named = addresses.length > limit ? addresses.filter(isNear) : addresses;
  // What is left out of many is a loss only where it is half full, too.
  const told = named.filter(({ used }, index) => index < limit || used * 2 > ephemeral.count);
  yield* run.limited(told, limit, addressSamples);
  // Those that are nearest are asked for, and not all: what is left out is no loss.
  const near = usage.destinations().filter(isNear);
  yield* near.slice(0, settings.destination_limit).map(destinationSample);
}

function socketSamples(
  walk: Walk,
  ephemeral: EphemeralPorts,
  known: ReadonlySet<number>,
  { port_limit: limit }: Settings,
): Sample[] {
  return [...stateSamples(walk), ...portSamples(walk, { known, limit, ephemeral })];
}
