import * as z from 'zod/mini';
import { type Run, type ValuesOf, defineCollector, setting } from '../../lib/collector.ts';
import type { Command, Host } from '../../lib/host.ts';
import { type Sample, sample } from '../../lib/metric.ts';
import { redactDumpLine } from './dump.ts';
import { isWireGuard, listInterfaces } from './interfaces.ts';
import * as m from './metrics.ts';
import { namer, readNames, unusedNames } from './names.ts';
import { interfaceSamples, peerSamples } from './peer-samples.ts';
import { redactWgQuickLine } from './wg-quick.ts';
import { type Shown, askWg, wgShow } from './wg-show.ts';

const wholeNumber = z.int().check(z.minimum(0));
const settings = {
  stale_after: setting(
    z._default(z.number().check(z.minimum(1)), 180),
    'Seconds after which a handshake is stale; WireGuard itself rejects a session after 180',
  ),
  names: setting(
    z._default(z.record(z.string(), z.string()), {}),
    'Names of peers by public key; they win over those in files',
    ['[names]', '"2zzuyzLl3ezh0gR7FqzAN/JOtoOUMyUusHQEoi72KFM=" = "alice"'].join('\n'),
  ),
  name_files: setting(
    z._default(z.array(z.string().check(z.startsWith('/', 'expected a path that begins with /'))), [
      '/etc/wireguard/*.conf',
    ]),
    'Files to take names from: "# friendly_name = x" in or above [Peer]; empty for none',
  ),
  endpoints: setting(z._default(z.boolean(), false), 'Report the address that each peer was last seen at'),
  allowed_ips_limit: setting(z._default(wholeNumber, 16), 'Show at most this many allowed IPs of a peer'),
  peer_limit: setting(z._default(wholeNumber, 10_000), 'Report at most this many peers'),
};
type Settings = ValuesOf<typeof settings>;

const moduleFolder = '/sys/module/wireguard';
/** Where implementations outside the kernel, as wireguard-go, have their sockets. */
const socketFolder = '/var/run/wireguard';

export const wireguard = defineCollector({
  name: 'wireguard',
  summary: 'Interfaces, peers, handshakes and traffic of WireGuard',
  metrics: Object.values(m),
  settings,
  timeout: 15,
  needs: [{ kind: 'tool', name: 'wg', why: 'everything; it needs the capability CAP_NET_ADMIN' }],
  perNetns: true,
  redact,
  present: async (host) => (await exists(host, moduleFolder)) || (await exists(host, socketFolder)),
  collect,
});

async function* collect(host: Host, settings: Settings, run: Run): AsyncGenerator<Iterable<Sample>> {
  const now = host.now();
  const known = (await run.read('interface list', '', () => listInterfaces(host))) ?? [];
  const loaded = known.length > 0 || (await exists(host, moduleFolder));
  yield [sample(m.moduleLoaded, {}, Number(loaded))];
  const outside = await exists(host, socketFolder);
  if (!loaded && !outside) return;

  const [shown, names] = await Promise.all([
    askWg(host, run.attempt),
    readNames(host, settings.names, settings.name_files, run),
  ]);
  if (shown.missing && known.length === 0 && !outside) return;
  const whole = await reportInterfaces(host, run, shown, known);
  if (whole) for (const line of unusedNames(names, shown.interfaces, shown.peers)) run.note(line);

  const nameOf = namer(names);
  for (const one of shown.interfaces.values()) yield interfaceSamples(one, shown.peers, settings.stale_after, now);
  yield run.limited(shown.peers, settings.peer_limit, (peer) => peerSamples(peer, nameOf(peer), settings));
}

/**
 * Says for each interface whether wg told of it; true where it told of all. One that the kernel has and wg leaves out was
 * not read, whatever the exit status, unless it has gone since.
 */
async function reportInterfaces(host: Host, run: Run, shown: Shown, known: readonly string[]): Promise<boolean> {
  const { interfaces, failures, garbled } = shown;
  const failure = failures.get('');
  const reasons = new Map<string, string | undefined>([...interfaces.keys()].map((name) => [name, undefined]));
  for (const name of known.filter((one) => !interfaces.has(one))) {
    if (await isWireGuard(host, name)) reasons.set(name, failure ?? `${wgShow.join(' ')} leaves the interface out`);
  }
  for (const [name, reason] of failures) if (name !== '') reasons.set(name, reason);
  const complete = [...reasons.values()].every((reason) => reason === undefined);
  if (reasons.size === 0 || (complete && failure !== undefined)) reasons.set('', failure);
  for (const [name, reason] of reasons) run.report('wg show', name, reason);
  return complete && failure === undefined && !garbled;
}

/** The files that name_files names may be anywhere, and hold keys. */
function redact(question: Command | string, line: string): string {
  if (typeof question !== 'string') return redactDumpLine(line);
  return /^\/(proc|sys)\//.test(question) ? line : redactWgQuickLine(line);
}

/** A folder that may not be listed is there. */
async function exists(host: Host, folder: string): Promise<boolean> {
  try {
    return (await host.list(folder)) !== undefined;
  } catch {
    return true;
  }
}
