import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod/mini';

/** What Alertmanager sends: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
const message = z.object({
  receiver: z.string(),
  status: z.enum(['firing', 'resolved']),
  alerts: z.array(
    z.object({
      status: z.enum(['firing', 'resolved']),
      labels: z.record(z.string(), z.string()),
      annotations: z.record(z.string(), z.string()),
    }),
  ),
});

/** One notification, as a person would get it. */
export interface Notification extends z.output<typeof message> {
  /** Milliseconds since the webhook began to listen. */
  readonly after: number;
}

/** Stands in for pagers and chats, and keeps what comes. */
export async function openWebhook(port: number, told: (notification: Notification) => void) {
  const since = Date.now();
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      told({ ...message.parse(JSON.parse(await text(request))), after: Date.now() - since });
      response.end();
    };
    void answer();
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    stop: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
