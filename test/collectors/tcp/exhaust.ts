/**
 * Uses up the ephemeral ports of the network namespace that it runs in, and prints what the kernel answered and what the
 * collector says of it then. To be run in a namespace of its own (unshare --net), as its settings are changed.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { codeOf } from '../../../lib/errors.ts';

export interface Scenario {
  readonly sysctls: Readonly<Record<string, string>>;
  /** Destinations, taken in turn; each is an address that lo gets. */
  readonly destinations: readonly { readonly host: string; readonly port: number }[];
  /** Bound to before connect(). */
  readonly localAddress?: string;
  /** Closes each connection at once, which leaves it in TIME-WAIT here. */
  readonly closes?: boolean;
}

export interface Outcome {
  readonly connected: number;
  readonly error?: string;
  /** By name, without labels: the largest value of each metric. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** Twice as many as there are ports, and a few. */
const attempts = 210;

const [, script = '', argument] = process.argv;
if (script === import.meta.filename && argument !== undefined) {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its own test writes it
  const outcome = await exhaust(JSON.parse(argument) as Scenario);
  process.stdout.write(JSON.stringify(outcome), () => process.exit(0));
}

async function exhaust(scenario: Scenario): Promise<Outcome> {
  execFileSync('ip', ['link', 'set', 'lo', 'up']);
  execFileSync('ip', ['address', 'add', '10.9.9.1/32', 'dev', 'lo']);
  const sysctls = { ip_local_port_range: '40000 40099', ...scenario.sysctls };
  for (const [name, value] of Object.entries(sysctls)) writeFileSync(`/proc/sys/net/ipv4/${name}`, value);
  for (const port of new Set(scenario.destinations.map((one) => one.port))) {
    await once(net.createServer((socket) => socket.on('error', () => {})).listen(port, '::', 4096), 'listening');
  }
  const result = await connectAll(scenario);
  return { ...result, metrics: collected() };
}

async function connectAll(scenario: Scenario): Promise<Omit<Outcome, 'metrics'>> {
  const { destinations, localAddress, closes = false } = scenario;
  let connected = 0;
  while (connected < attempts) {
    const { host, port } = destinations[connected % destinations.length] ?? { host: '', port: 0 };
    const socket = net.connect({ host, port, ...(localAddress !== undefined && { localAddress }) });
    try {
      await once(socket, 'connect');
    } catch (error) {
      return { connected, error: codeOf(error) ?? 'none' };
    }
    connected += 1;
    if (!closes) continue;
    socket.end().resume();
    await once(socket, 'close');
    // The kernel reuses no port within the first second.
    if (connected % 90 === 0) await wait(2100);
  }
  return { connected };
}

function collected(): Record<string, number> {
  const program = path.join(import.meta.dirname, '../../../dist/tcp.js');
  const text = execFileSync('node', [program, '--stdout'], { encoding: 'utf8' });
  const metrics: Record<string, number> = {};
  for (const [, name = '', value] of text.matchAll(/^(tcp_\w+)(?:\{.*\})? (\d+)$/gm)) {
    metrics[name] = Math.max(metrics[name] ?? 0, Number(value));
  }
  return metrics;
}
