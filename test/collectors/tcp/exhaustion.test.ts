import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Outcome, Scenario } from './exhaust.ts';

/** Root needs no user namespace, which may not be had in a container. */
const unshare = ['--net', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])];
const hasNamespaces = spawnSync('unshare', [...unshare, 'ip', 'link', 'set', 'lo', 'up']).status === 0;

function exhaust(scenario: Scenario): Outcome {
  const script = path.join(import.meta.dirname, 'exhaust.ts');
  const text = execFileSync('unshare', [...unshare, 'node', '--import', 'tsx', script, JSON.stringify(scenario)], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- exhaust.ts writes it
  return JSON.parse(text) as Outcome;
}

const here = { host: '127.0.0.1', port: 9000 };
const five = [0, 1, 2, 3, 4].map((port) => ({ host: '127.0.0.1', port: 9000 + port }));

/** What the collector says of ports, as parts of those that can be had. */
function partsOf({ metrics }: Outcome) {
  const part = (name: string): number => (metrics[name] ?? 0) / (metrics['tcp_ephemeral_ports'] ?? 0);
  return {
    towardsOne: part('tcp_ephemeral_ports_used_per_destination_max'),
    unshared: part('tcp_address_ephemeral_ports_unshared'),
  };
}

const untested = hasNamespaces ? '' : ', NOT TESTED: no network namespace is to be had here (unshare --net)';

describe.skipIf(!hasNamespaces)(`the kernel and the collector agree${untested}`, () => {
  test.each<[string, Scenario, number]>([
    ['the whole range', { sysctls: {}, destinations: [here] }, 100],
    ['most of it reserved', { sysctls: { ip_local_reserved_ports: '40000-40079,9000' }, destinations: [here] }, 20],
    [
      'sockets of IPv4 and of IPv6 in turn',
      { sysctls: {}, destinations: [here, { host: '::ffff:127.0.0.1', port: 9000 }] },
      100,
    ],
    ['TIME-WAIT, tcp_tw_reuse 0', { sysctls: { tcp_tw_reuse: '0' }, destinations: [here], closes: true }, 100],
    [
      'TIME-WAIT on an address of lo, tcp_tw_reuse 2',
      { sysctls: { tcp_tw_reuse: '2' }, destinations: [{ host: '10.9.9.1', port: 9000 }], closes: true },
      100,
    ],
    [
      'TIME-WAIT on loopback, tcp_tw_reuse 2, without timestamps',
      { sysctls: { tcp_tw_reuse: '2', tcp_timestamps: '0' }, destinations: [here], closes: true },
      100,
    ],
  ])('connect() fails: %s', { timeout: 60_000 }, (_name, scenario, ports) => {
    const outcome = exhaust(scenario);
    expect(outcome).toMatchObject({
      connected: ports,
      error: 'EADDRNOTAVAIL',
      metrics: { tcp_ephemeral_ports: ports },
    });
    expect(partsOf(outcome).towardsOne).toBe(1);
  });

  test.each<[string, Scenario]>([
    ['TIME-WAIT on loopback, tcp_tw_reuse 2', { sysctls: { tcp_tw_reuse: '2' }, destinations: [here], closes: true }],
    [
      'TIME-WAIT anywhere, tcp_tw_reuse 1',
      { sysctls: { tcp_tw_reuse: '1' }, destinations: [{ host: '10.9.9.1', port: 9000 }], closes: true },
    ],
    ['ports shared by destinations', { sysctls: {}, destinations: five }],
  ])('connect() does not fail: %s', { timeout: 60_000 }, (_name, scenario) => {
    const outcome = exhaust(scenario);
    expect(outcome).toMatchObject({ connected: 210, metrics: { tcp_ephemeral_ports: 100 } });
    expect(outcome.error).toBeUndefined();
    const { towardsOne, unshared } = partsOf(outcome);
    expect(Math.max(towardsOne, unshared)).toBeLessThan(0.8);
  });

  test.each<[string, Scenario, number]>([
    ['the whole range', { sysctls: {}, destinations: five }, 100],
    ['most of it reserved', { sysctls: { ip_local_reserved_ports: '40000-40079' }, destinations: five }, 20],
    ['TIME-WAIT, tcp_tw_reuse 0', { sysctls: { tcp_tw_reuse: '0' }, destinations: five, closes: true }, 100],
    // What connect() would take is in use to bind().
    ['TIME-WAIT, tcp_tw_reuse 1', { sysctls: { tcp_tw_reuse: '1' }, destinations: five, closes: true }, 100],
    ['TIME-WAIT, tcp_tw_reuse 2', { sysctls: { tcp_tw_reuse: '2' }, destinations: five, closes: true }, 100],
  ])('bind() fails, with room towards each destination: %s', { timeout: 60_000 }, (_name, scenario, ports) => {
    const outcome = exhaust({ ...scenario, localAddress: '127.0.0.1' });
    expect(outcome).toMatchObject({ connected: ports, error: 'EADDRINUSE', metrics: { tcp_ephemeral_ports: ports } });
    expect(partsOf(outcome).unshared).toBe(1);
    expect(partsOf(outcome).towardsOne).toBeLessThanOrEqual(0.2);
  });
});
