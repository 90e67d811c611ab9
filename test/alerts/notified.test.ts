import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { addressOf, serveMachines } from '../../build/demo/machines.ts';
import { freePort } from '../../build/demo/programs.ts';
import { startStack } from '../../build/demo/stack.ts';
import type { Notification } from '../../build/demo/webhook.ts';
import { withoutAmtool } from '../amtool.ts';
import { withoutPromtool } from '../promtool.ts';
import { readFixture } from '../replay.ts';
import { states } from './states.ts';

/**
 * All that lasts and waits is divided by it, and Prometheus evaluates each second instead of each 30: what comes first comes
 * first here, too. After this time everything that takes up to 25 minutes has been told.
 */
const factor = 30;
const enough = 62_000;

const told: Notification[] = [];
const rules = z.object({
  data: z.object({ groups: z.array(z.object({ rules: z.array(z.object({ name: z.string(), health: z.string() })) })) }),
});
let health: { name: string; health: string }[] = [];

const recording = (name: string) => {
  const { clock } = z.object({ clock: z.number() }).parse(JSON.parse(readFixture(name, 'recording.json')));
  return { text: readFixture(name, 'expected.prom'), clock };
};

describe.skipIf(withoutPromtool || withoutAmtool)(
  'Prometheus and Alertmanager, with the files that are installed',
  () => {
    beforeAll(async () => {
      const port = await freePort();
      const up = states.filter(({ recordings }) => recordings.length > 0);
      const machines = await serveMachines(
        up.map(({ recordings }) => recordings.map(recording)),
        port,
      );
      const dead = await freePort();
      const stack = await startStack({
        factor,
        scrapeSeconds: 3,
        machines: states.map((one) => {
          const index = up.indexOf(one);
          return { target: index < 0 ? `127.0.0.1:${dead}` : `${addressOf(index)}:${port}` };
        }),
        // Since when the copy is missing or the receive stands still, nobody can know here.
        thresholds: { replication_missing_seconds: 10, replication_stuck_seconds: 10 },
        told: (one) => told.push(one),
      });
      await sleep(enough);
      health = rules
        .parse(await (await fetch(`${stack.prometheus}/api/v1/rules`)).json())
        .data.groups.flatMap((group) => group.rules);
      await stack.stop();
      await machines.stop();
    }, enough + 30_000);

    test('evaluate every rule', () => {
      expect(health.length).toBeGreaterThan(50);
      expect(health.filter((one) => one.health !== 'ok')).toEqual([]);
    });

    test('are watched by a watchdog', () => {
      expect(told.filter(({ receiver }) => receiver === 'watchdog').length).toBeGreaterThan(10);
    });

    test.each(states.map((one) => [one.recordings.join(' ') || 'no answer', one] as const))('tell of %s', (_, one) => {
      const up = states.filter(({ recordings }) => recordings.length > 0);
      const index = up.indexOf(one);
      const instance = index < 0 ? '127.0.0.1' : addressOf(index);
      const mine = told.filter(({ alerts }) => alerts.some(({ labels }) => labels['instance'] === instance));
      expect(mine.map(summaryOf)).toEqual(one.told);
    });
  },
);

function summaryOf({ receiver, alerts }: Notification): string {
  return `${receiver}: ${[...new Set(alerts.map(({ labels }) => labels['alertname']))].join(', ')}`;
}
