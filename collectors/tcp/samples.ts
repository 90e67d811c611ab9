import { type Sample, sample } from '../../lib/metric.ts';
import type { Destination } from './destinations.ts';
import type { EphemeralPorts } from './ephemeral-ports.ts';
import type { Listener } from './listeners.ts';
import * as m from './metrics.ts';
import type { LocalAddress, PortUsage } from './port-usage.ts';
import type { MemoryLimits, SocketCounts } from './proc-net.ts';
import { socketStates } from './ss.ts';
import type { Walk } from './walk.ts';

/** The limits only where they are known, and whether its port is ephemeral only where that is. */
export function* listenSamples(
  { address, port, queue, limit, fill, cgroups }: Listener,
  limitsKnown: boolean,
  ephemeral: EphemeralPorts | undefined,
): Generator<Sample> {
  const labels = { address, port: String(port) };
  yield sample(m.listenQueue, labels, queue);
  for (const cgroup of cgroups) yield sample(m.listenerInfo, { ...labels, unit: unitOf(cgroup), cgroup }, 1);
  if (ephemeral?.has(port) === true) yield sample(m.listenerInEphemeralRange, labels, 1);
  if (!limitsKnown) return;
  yield sample(m.listenQueueLimit, labels, limit);
  yield sample(m.listenQueueFill, labels, Math.round(fill * 1e4) / 1e4);
}

/** The innermost systemd unit of a cgroup such as `/system.slice/nginx.service`; empty where there is none. */
export function unitOf(cgroup: string): string {
  const units = cgroup.split('/').filter((part) => /\.(?:service|socket|scope)$/.test(part));
  return units.at(-1) ?? '';
}

export function stateSamples({ families }: Walk): Sample[] {
  return (['ipv4', 'ipv6'] as const).flatMap((family) =>
    socketStates.map((state) => sample(m.sockets, { state, family }, families[family].get(state) ?? 0)),
  );
}

export function* usageSamples(usage: PortUsage): Generator<Sample> {
  yield sample(m.ephemeralPortsUsed, {}, usage.used());
  yield sample(m.ephemeralPortsUsedMax, {}, usage.destinations()[0]?.used ?? 0);
}

export function addressSamples({ address, used, unshared }: LocalAddress): Sample[] {
  return [sample(m.addressPortsUsed, { address }, used), sample(m.addressPortsUnshared, { address }, unshared)];
}

export function destinationSample({ localAddress, address, port, used }: Destination): Sample {
  return sample(m.destinationPortsUsed, { local_address: localAddress, address, port: String(port) }, used);
}

/** Nothing where the machine does not show the limits, since the use alone says nothing. */
export function memorySamples(counts: SocketCounts | undefined, limits: MemoryLimits | undefined): Sample[] {
  if (counts?.memory === undefined || limits === undefined) return [];
  return [
    sample(m.memoryPages, {}, counts.memory),
    sample(m.memoryLimitPages, { level: 'pressure' }, limits.pressure),
    sample(m.memoryLimitPages, { level: 'high' }, limits.high),
  ];
}
