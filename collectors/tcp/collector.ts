import * as z from 'zod/mini';
import { type Run, type ValuesOf, defineCollector, setting } from '../../lib/collector.ts';
import type { Host } from '../../lib/host.ts';
import { type Sample, sample } from '../../lib/metric.ts';
import { askListening, listenersOf } from './listeners.ts';
import * as m from './metrics.ts';
import {
  type SocketCounts,
  defaultPortRange,
  missingSockets,
  portRangeFile,
  readPortRange,
  readSocketCounts,
  sockstatFile,
  total,
} from './proc-net.ts';
import { ephemeralSamples, listenSamples, portSamples, stateSamples } from './samples.ts';
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
  metrics: Object.values(m),
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

async function* collect(host: Host, settings: Settings, run: Run): AsyncGenerator<Iterable<Sample>> {
  const range = await run.read('ip_local_port_range', '', () => readPortRange(host));
  const counts = await run.read('sockstat', '', () => readSocketCounts(host));
  const asked = askListening(host, run.attempt);
  const listening = await run.read('ss listeners', '', () => asked);
  run.report('ss listeners', '', listening?.warning);
  const rows = listening?.rows ?? [];
  // What cannot be counted may be too much.
  const skipped = counts === undefined || total(counts) > settings.socket_limit;
  const options = {
    listeners: rows.map(({ local }) => local),
    range: range ?? defaultPortRange,
    withInfo: settings.tcp_info,
  };
  // Without the listeners they would be sorted wrongly.
  const walk = skipped
    ? undefined
    : await run.read('ss sockets', '', () => asked.then(() => walkAll(host, run, options, counts)));

  const listeners = listenersOf(rows);
  const limits = listening !== undefined && listening.warning === undefined;
  const known = new Set(listeners.slice(0, settings.listener_limit).map(({ port }) => port));
  const ports =
    walk === undefined ? undefined : portSamples(walk, { known, limit: settings.port_limit, range: options.range });
  run.drop(ports?.folded ?? 0);
  yield [sample(m.walkSkipped, {}, Number(skipped))];
  if (range !== undefined) yield ephemeralSamples(range, walk);
  yield run.limited(listeners, settings.listener_limit, (listener) => listenSamples(listener, limits));
  if (walk !== undefined) yield stateSamples(walk);
  yield ports?.samples ?? [];
}

/** Throws where these may not be all sockets. */
async function walkAll(host: Host, run: Run, options: WalkOptions, before: SocketCounts): Promise<Walk> {
  const { walk, warning } = await walkSockets(host, options, run.attempt);
  const after = await readSocketCounts(host).catch(() => before);
  const unlisted = options.listeners.length === 0 ? socketsIn(walk, 'listening') : 0;
  if (unlisted > 0) {
    const reason = `ss -ltnH leaves out all of ${unlisted} sockets that listen`;
    run.report('ss listeners', '', reason);
    throw new Error(reason);
  }
  const missing = missingSockets(walk.families, [before, after]);
  if (missing !== undefined) throw new Error(missing);
  run.report('ss sockets', '', warning);
  return walk;
}
