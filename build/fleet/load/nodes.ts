import { type Server, createServer } from 'node:http';
import { moved } from '../../preview/machines.ts';

/** Where the machine of this number listens: an address of the loopback for each. */
export function addressOf(index: number): string {
  return `127.0.${Math.floor(index / 250)}.${(index % 250) + 2}`;
}

/**
 * Machines that all say `page`, with times of now, recorded at `clock`, and counters that grow. It is made once a second for
 * all of them: what is measured runs on the same processors.
 */
export async function serveNodes(count: number, page: string, clock: number, port: number) {
  const begin = Date.now() / 1000;
  const servers: Server[] = [];
  let [second, body] = [0, ''];
  for (let index = 0; index < count; index += 1) {
    const server = createServer((_, response) => {
      const now = Math.floor(Date.now() / 1000);
      if (now !== second) [second, body] = [now, moved(page, now - clock, now - begin)];
      response.end(body);
    });
    await new Promise<void>((resolve) => server.listen(port, addressOf(index), resolve));
    servers.push(server);
  }
  return {
    stop: async () => {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}
