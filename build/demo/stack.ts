import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { anySite } from '../../lib/monitoring/site.ts';
import { stackFiles } from '../stack/files.ts';
import { faster } from './faster.ts';
import { type Running, demand, freePort, start } from './programs.ts';
import { type Notification, openWebhook } from './webhook.ts';

interface Machine {
  /** Host and port of what is scraped. */
  readonly target: string;
  readonly labels?: Readonly<Record<string, string>>;
}

interface Options {
  readonly machines: readonly Machine[];
  /** How many times faster than as installed everything lasts and waits. */
  readonly factor: number;
  readonly scrapeSeconds: number;
  /** One, where it is not given. */
  readonly evaluationSeconds?: number;
  readonly thresholds?: Readonly<Record<string, number>>;
  readonly told: (notification: Notification) => void;
}

/** Prometheus and Alertmanager, with the generated files, and a webhook in place of all receivers. */
export interface Stack extends Running {
  /** Address of Prometheus. */
  readonly prometheus: string;
}

/** Starts them on the loopback, in a folder of their own. */
export async function startStack({
  machines,
  factor,
  scrapeSeconds,
  evaluationSeconds = 1,
  thresholds = {},
  told,
}: Options): Promise<Stack> {
  await demand('prometheus', 'prometheus-alertmanager');
  const folder = await mkdtemp(path.join(os.tmpdir(), 'textfile-stack-'));
  const [prometheus, alertmanager, webhook] = [await freePort(), await freePort(), await freePort()];
  const address = (name: string) => ({ webhook: `http://127.0.0.1:${webhook}/${name}` });
  const site = {
    ...anySite,
    thresholds,
    // Also the time that an answer may take: without one, what lasts begins anew.
    scrape_interval: `${scrapeSeconds}s`,
    evaluation_interval: `${evaluationSeconds}s`,
    rule_files: path.join(folder, 'rules/*.yml'),
    alertmanagers: [`127.0.0.1:${alertmanager}`],
    scrape: { ...anySite.scrape, targets: path.join(folder, 'targets.json') },
    working_hours: { weekdays: ['sunday:saturday'], from: '00:00', to: '24:00' },
    receivers: { oncall: address('oncall'), chat: address('chat'), watchdog: address('watchdog') },
  };
  const targets = machines.map(({ target, labels = {} }) => ({ targets: [target], labels }));
  const files = [...stackFiles(site), { name: 'targets.json', text: JSON.stringify(targets) }];
  for (const { name, text } of files) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), faster(text, factor));
  }
  await cp(path.join(import.meta.dirname, '../../dist/consoles'), path.join(folder, 'consoles/textfile-collectors'), {
    recursive: true,
  });
  const running = await startAll(folder, prometheus, alertmanager, () => openWebhook(webhook, told));
  return {
    prometheus: `http://127.0.0.1:${prometheus}`,
    stop: async () => {
      for (const one of running) await one.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What was started first is stopped where a later one does not start. */
async function startAll(
  folder: string,
  prometheus: number,
  alertmanager: number,
  webhook: () => Promise<Running>,
): Promise<Running[]> {
  const running: Running[] = [];
  try {
    running.unshift(await webhook());
    running.unshift(
      await start(
        'prometheus-alertmanager',
        alertmanagerOptions(folder, alertmanager),
        `http://127.0.0.1:${alertmanager}/-/ready`,
      ),
    );
    running.unshift(
      await start('prometheus', prometheusOptions(folder, prometheus), `http://127.0.0.1:${prometheus}/-/ready`),
    );
    return running;
  } catch (error) {
    for (const one of running) await one.stop();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

function alertmanagerOptions(folder: string, port: number): string[] {
  return [
    `--config.file=${folder}/server/alertmanager.yml`,
    `--storage.path=${folder}/alertmanager`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
  ];
}

function prometheusOptions(folder: string, port: number): string[] {
  return [
    `--config.file=${folder}/server/prometheus.yml`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
    `--web.external-url=http://127.0.0.1:${port}`,
    `--web.console.templates=${folder}/consoles`,
    `--web.console.libraries=${folder}/consoles`,
    // An alert that fires before Alertmanager is known is sent again in a minute.
    '--rules.alert.resend-delay=1s',
  ];
}
