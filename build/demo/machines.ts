import { type Server, createServer } from 'node:http';
import { movedTo } from './moved.ts';

/** A recorded file, and when it was recorded. */
export interface Recorded {
  readonly text: string;
  readonly clock: number;
}

/**
 * Machines that stay as they were recorded, each at an address of its own on the loopback, 127.0.0.2 and so on, with a clock
 * that goes on.
 */
export async function serveMachines(machines: readonly (readonly Recorded[])[], port: number) {
  const servers = await Promise.all(
    machines.map(async (files, index) => {
      const server = createServer((_, response) => {
        const now = Date.now() / 1000;
        response.end(files.map(({ text, clock }) => movedTo(now, text, clock)).join(''));
      });
      await new Promise<void>((resolve) => server.listen(port, addressOf(index), resolve));
      return server;
    }),
  );
  return { stop: () => Promise.all(servers.map(close)) };
}

export function addressOf(index: number): string {
  return `127.0.0.${index + 2}`;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
