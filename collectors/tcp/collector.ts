import * as z from 'zod/mini';
import { type Run, type ValuesOf, defineCollector, setting } from '../../lib/collector.ts';
import type { Host } from '../../lib/host.ts';
import { type Sample, sample } from '../../lib/metric.ts';
import { type Listener, type Listening, askListening, listenersOf } from './listeners.ts';
import * as metrics from './metrics.ts';
import { missingSockets } from './missing.ts';
import { defaultPortRange, portRangeFile, readPortRange } from './port-range.ts';
import { ephemeralSamples, listenSamples, portSamples, stateSamples } from './samples.ts';
import { type SocketCounts, readSocketCounts, sockstatFile, total } from './sockstat.ts';
import { type Walk, type WalkOptions, socketsIn, walkSockets } from './walk.ts';

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
  metrics: Object.values(metrics),
  settings,
  timeout: 15,
  perNetns: true,
  needs: [
    { kind: 'file', name: sockstatFile, why: 'number of sockets, to know what looking at each would cost' },
    { kind: 'file', name: portRangeFile, why: 'ephemeral ports' },
    { kind: 'tool', name: 'ss', why: 'accept queues and sockets; iproute2 5.2 or newer' },
  ],
  present: async (host) => (await host.readText(sockstatFile)) !== undefined,
  collect,
});

async function collect(host: Host, settings: Settings, run: Run): Promise<Iterable<Sample>> {
  const range = reported(run, 'ip_local_port_range', await readPortRange(host));
  const counts = reported(run, 'sockstat', await readSocketCounts(host));
  const listening = await askListening(host, run.skip);
  const rows = listening instanceof Error ? [] : listening.rows;
  // What cannot be counted may be too much.
  const skipped = counts === undefined || total(counts) > settings.socket_limit;
  const options = {
    listeners: rows.map(({ local }) => local),
    range: range ?? defaultPortRange,
    withInfo: settings.tcp_info,
  };
  run.report('ss listeners', '', listening instanceof Error ? listening.message : listening.complaint);
  const walk = skipped ? undefined : await walkAll(host, run, listening, options, counts);

  const listeners = listenersOf(rows);
  const shown = listeners.slice(0, settings.listener_limit);
  const limits = !(listening instanceof Error) && listening.complaint === undefined;
  const seriesOf = (listener: Listener): Sample[] => [...listenSamples(listener, limits)];
  run.drop(listeners.slice(shown.length).flatMap(seriesOf).length);
  const known = new Set(shown.map(({ port }) => port));
  const ports =
    walk === undefined ? undefined : portSamples(walk, { known, limit: settings.port_limit, range: options.range });
  run.drop(ports?.folded ?? 0);
  return [
    sample(metrics.walkSkipped, {}, Number(skipped)),
    ...(range === undefined ? [] : ephemeralSamples(range, walk)),
    ...shown.flatMap(seriesOf),
    ...(walk === undefined ? [] : stateSamples(walk)),
    ...(ports?.samples ?? []),
  ];
}

function reported<T>(run: Run, source: string, found: T | Error): T | undefined {
  run.report(source, '', found instanceof Error ? found.message : undefined);
  return found instanceof Error ? undefined : found;
}

/** All sockets, or undefined where they may not be all. Without the listeners they would be sorted wrongly. */
async function walkAll(
  host: Host,
  run: Run,
  listening: Listening | Error,
  options: WalkOptions,
  before: SocketCounts,
): Promise<Walk | undefined> {
  const walked = listening instanceof Error ? listening : await walkSockets(host, options, run.skip);
  const found = reported(run, 'ss sockets', walked);
  if (found === undefined) return undefined;
  const after = await readSocketCounts(host);
  const missing = missingSockets(found.walk.families, after instanceof Error ? [before] : [before, after]);
  const unlisted = options.listeners.length === 0 ? socketsIn(found.walk, 'listening') : 0;
  const failure = unlisted > 0 ? `ss -ltnH leaves out all of ${unlisted} sockets that listen` : missing;
  run.report('ss sockets', '', failure ?? found.complaint);
  if (unlisted > 0) run.report('ss listeners', '', failure);
  return failure === undefined ? found.walk : undefined;
}
