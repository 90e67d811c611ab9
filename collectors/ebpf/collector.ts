import * as z from 'zod/mini';
import { type Run, type ValuesOf, defineCollector, setting } from '../../lib/collector.ts';
import type { Host, Seconds } from '../../lib/host.ts';
import type { Sample } from '../../lib/metric.ts';
import { type Frame, eventsOf, parseFrame, startOf } from './frame.ts';
import { reasonOf } from './lacking.ts';
import * as m from './metrics.ts';
import { parsePartitions } from './partitions.ts';
import { commandOf, environment, tellsOfFailures } from './program.ts';
import { frameSamples } from './samples.ts';

const wholeNumber = z.int().check(z.minimum(0));
const settings = {
  event_limit: setting(
    z._default(z.int().check(z.minimum(1)), 200_000),
    'Stop where more threads and requests than this were counted in a second: what the probes cost grows with them',
  ),
  device_limit: setting(z._default(wholeNumber, 64), 'Report at most this many devices'),
  retransmit_limit: setting(
    z._default(wholeNumber, 50),
    'Report the retransmits of at most this many ports and states, the largest first',
  ),
};
type Settings = ValuesOf<typeof settings>;

/** From frame to frame, where no unit says it. */
const standard: Seconds = 5;

export const ebpf = defineCollector({
  name: 'ebpf',
  summary: 'Latency of block I/O and of the run queue, and retransmits by port, counted in the kernel',
  metrics: Object.values(m),
  settings,
  timeout: 60,
  follows: true,
  needs: [
    {
      kind: 'tool',
      name: 'bpftrace',
      why: 'everything; it needs root, CAP_BPF and CAP_PERFMON, or on kernels of Debian CAP_SYS_ADMIN',
    },
    { kind: 'folder', name: '/sys/kernel/tracing/events', why: 'everything' },
  ],
  // Only root sees what is in it.
  present: async (host) => (await host.list('/sys/kernel/tracing/events').catch(() => undefined)) !== undefined,
  collect,
});

async function* collect(host: Host, settings: Settings, run: Run): AsyncGenerator<Iterable<Sample>> {
  const frame = await run.read('bpftrace', '', () =>
    nextFrame(host, Math.round(run.interval ?? standard), settings.event_limit),
  );
  if (frame === undefined) return;
  const names = await run.read('partitions', '', async () =>
    parsePartitions((await host.readText('/proc/partitions')) ?? ''),
  );
  yield frameSamples(frame, names ?? new Map(), settings, run);
}

/** bpftrace needs some seconds to begin, and many on a machine that has none to spare. */
const shortestWait: Seconds = 45;

async function nextFrame(host: Host, interval: Seconds, limit: number): Promise<Frame> {
  const command = commandOf(interval, await tellsOfFailures(host));
  const rateOf = eventRates(host, interval);
  const isLast = (line: string): boolean => {
    const rate = rateOf(line);
    if (rate <= limit) return startOf(line) !== undefined;
    throw new Error(
      `Cannot go on counting: expected at most ${limit} events in a second, got ${Math.round(rate)}; stopped`,
    );
  };
  const timeout = Math.max(3 * interval, shortestWait);
  const output = await host.frame(command, isLast, { timeout, env: environment, maxText: 1_048_576 });
  if (output.stdout === '') throw new Error(await reasonOf(host, output));
  return parseFrame(output.stdout);
}

/** How many events a second a line tells of. bpftrace that was held up tells at once of as many intervals as have passed. */
function eventRates(host: Pick<Host, 'elapsed'>, interval: Seconds): (line: string) => number {
  let before: Seconds | undefined;
  return (line) => {
    const events = eventsOf(line);
    if (events === undefined) return 0;
    const now = host.elapsed();
    const intervals = Math.round((now - (before ?? now)) / interval);
    before = now;
    return events / (Math.max(1, intervals) * interval);
  };
}
