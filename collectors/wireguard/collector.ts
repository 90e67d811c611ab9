import * as z from 'zod/mini';
import { type Run, type ValuesOf, defineCollector, setting } from '../../lib/collector.ts';
import type { Command, Host } from '../../lib/host.ts';
import { type Sample, sample } from '../../lib/metric.ts';
import { askTools, sockets } from './answers.ts';
import { redactConfigLine } from './config-file.ts';
import { type Peer, redactDumpLine } from './dump.ts';
import { handshakeTime } from './handshake.ts';
import { listInterfaces } from './interfaces.ts';
import * as m from './metrics.ts';
import { firstFive, namer, readNames, unusedNames } from './names.ts';
import { interfaceSamples, peerSamples } from './peer-samples.ts';
import { requirement, unfitting } from './required.ts';
import { withInterface } from './wg-show.ts';

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
  required_peers: setting(
    z._default(z.array(z.string().check(z.minLength(1))), []),
    'Peers that have to be up, by name, public key or interface; a * stands for anything',
  ),
  optional_peers: setting(
    z._default(z.array(z.string().check(z.minLength(1))), []),
    'Peers that need not be up, whatever their keepalive; they win over required_peers',
  ),
  peer_limit: setting(z._default(wholeNumber, 10_000), 'Report at most this many peers'),
};
type Settings = ValuesOf<typeof settings>;

const modules = { wireguard: '/sys/module/wireguard', amneziawg: '/sys/module/amneziawg' };

export const wireguard = defineCollector({
  name: 'wireguard',
  summary: 'Interfaces, peers, handshakes and traffic of WireGuard',
  metrics: Object.values(m),
  settings,
  timeout: 15,
  needs: [{ kind: 'tool', name: 'wg', why: 'everything; it needs the capability CAP_NET_ADMIN' }],
  perNetns: true,
  redact,
  present: async (host) => {
    const folders = [...Object.values(modules), ...Object.values(sockets)];
    const found = await Promise.all(folders.map(async (folder) => exists(host, folder)));
    return found.includes(true);
  },
  collect,
});

async function* collect(host: Host, settings: Settings, run: Run): AsyncGenerator<Iterable<Sample>> {
  const now = host.now();
  const listed = (await run.read('interface list', '', () => listInterfaces(host))) ?? { names: undefined, known: [] };
  const { known } = listed;
  const inKernel = known.some(({ kind }) => kind === 'wireguard');
  const present = {
    loaded: inKernel || (await exists(host, modules.wireguard)),
    outside: await exists(host, sockets.wireguard),
    amneziaOutside: await exists(host, sockets.amneziawg),
  };
  yield [sample(m.moduleLoaded, {}, Number(present.loaded))];
  if (known.length === 0 && !Object.values(present).includes(true)) return;

  const names = await readNames(host, settings.names, settings.name_files, run);
  const answers = await askTools(host, listed, present, run);
  if (answers === undefined) return;
  const isOutside = (name: string): boolean => listed.names !== undefined && known.every((one) => one.name !== name);
  const peers = answers.peers.map((peer) => ({
    ...peer,
    latestHandshake: handshakeTime(peer.latestHandshake, now, !isOutside(peer.interface)),
  }));
  const nameOf = namer(names);
  for (const one of answers.interfaces.values()) yield interfaceSamples(one, peers, settings.stale_after, now);
  const isRequired = requirement(settings.required_peers, settings.optional_peers);
  yield run.limited(peers, settings.peer_limit, (peer) =>
    peerSamples(peer, nameOf(peer), isRequired(peer, nameOf(peer)), settings),
  );
  if (!answers.complete) return;
  for (const line of unusedNames(names, answers.interfaces, peers)) run.note(line, 'once');
  yield missingSamples(settings.required_peers, peers, nameOf, run);
}

function* missingSamples(
  required: readonly string[],
  peers: readonly Peer[],
  nameOf: (peer: Peer) => string,
  run: Run,
): Generator<Sample> {
  if (required.length === 0) return;
  const missing = unfitting(required, peers, nameOf);
  yield sample(m.requiredPeersMissing, {}, missing.length);
  if (missing.length === 0) return;
  run.note(
    `Cannot find peers of required_peers: expected their names, public keys or interfaces, got ${firstFive(missing)}`,
    'once',
  );
}

/** The files that name_files names may be anywhere, and hold keys. */
function redact(question: Command | string, line: string): string {
  if (typeof question !== 'string') {
    const redacted = redactDumpLine(withInterface(question, line));
    return redacted.slice(withInterface(question, '').length);
  }
  return /^\/(proc|sys)\//.test(question) ? line : redactConfigLine(line);
}

/** A folder that may not be listed is there. */
async function exists(host: Host, folder: string): Promise<boolean> {
  try {
    return (await host.list(folder)) !== undefined;
  } catch {
    return true;
  }
}
