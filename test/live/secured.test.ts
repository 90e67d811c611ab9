import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Running, demand, freePort, start } from '../../build/demo/programs.ts';
import { ask } from '../../build/preview/prometheus.ts';
import { prometheusText, targetsText, webConfigText } from '../../lib/monitoring/scrape.ts';
import { anySite } from '../../lib/monitoring/site.ts';
import { demandTool, isLeftOut } from '../tools.ts';

/** What `htpasswd -nbBC 10 "" secret` printed. */
const hashOfSecret = '$2y$10$FyTg86dVB5gb1o6Ihjk2M.UUgH77xRNDPS.TfrwePRHu9SWL8MEhK';

describe.skipIf(isLeftOut('live'))(
  'node_exporter with node-web.yml, and Prometheus with [scrape] of rules.toml,',
  () => {
    let folder = '';
    let node = '';
    let server = '';
    const running: Running[] = [];
    const write = async (name: string, text: string): Promise<void> => writeFile(path.join(folder, name), text);

    beforeAll(async () => {
      await demandTool('openssl', 'openssl', 'live');
      await demand('prometheus', 'prometheus-node-exporter');
      folder = await mkdtemp(path.join(os.tmpdir(), 'textfile-secured-'));
      node = `127.0.0.1:${await freePort()}`;
      server = `127.0.0.1:${await freePort()}`;
      await certify();
      await write('node-web.yml', webConfigText.replaceAll('/etc/prometheus', folder).replace('REPLACE', hashOfSecret));
      await write('password', 'secret');
      await write('targets.json', targetsText(node, anySite));
      await write('prometheus.yml', prometheusOfSite());
      running.push(startNode(), await startPrometheus());
    }, 60_000);
    afterAll(async () => {
      await Promise.all(running.map(async ({ stop }) => stop()));
      await rm(folder, { recursive: true, force: true });
    });

    test('understand each other', async () => {
      expect(await scraped('1')).toBe('1');
    }, 30_000);

    test('do not where the password is wrong', async () => {
      await write('password', 'guessed');
      expect(await scraped('0')).toBe('0');
      const plain = await fetch(`http://${node}/metrics`);
      expect(plain.ok).toBe(false);
    }, 30_000);

    /** A certificate for the loopback, signed by an authority of its own. */
    async function certify(): Promise<void> {
      await write('names', 'subjectAltName=IP:127.0.0.1');
      for (const words of [
        ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=ca'],
        ['req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'node.key', '-out', 'node.csr', '-subj', '/CN=node'],
        [
          'x509',
          '-req',
          '-in',
          'node.csr',
          '-CA',
          'ca.pem',
          '-CAkey',
          'ca.key',
          '-extfile',
          'names',
          '-out',
          'node.pem',
        ],
      ])
        await execa('openssl', words, { cwd: folder });
    }

    function prometheusOfSite(): string {
      const files = { targets: path.join(folder, 'targets.json'), password_file: path.join(folder, 'password') };
      const scrape = { ...anySite.scrape, ...files, ca_file: path.join(folder, 'ca.pem'), username: 'prometheus' };
      return prometheusText({ ...anySite, scrape, scrape_interval: '1s' });
    }

    function startNode(): Running {
      const options = [`--web.listen-address=${node}`, `--web.config.file=${path.join(folder, 'node-web.yml')}`];
      const child = execa(
        'prometheus-node-exporter',
        [...options, '--collector.disable-defaults', '--collector.uname'],
        {
          reject: false,
        },
      );
      return {
        stop: async () => {
          child.kill();
          await child;
        },
      };
    }

    async function startPrometheus(): Promise<Running> {
      const options = [
        `--config.file=${path.join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${path.join(folder, 'tsdb')}`,
        `--web.listen-address=${server}`,
      ];
      return start('prometheus', options, `http://${server}/-/ready`);
    }

    /** The `up` of the machine, as soon as it is `expected`; after 20 seconds, what it is. */
    async function scraped(expected: string): Promise<string | undefined> {
      const span = { from: 0, to: 0, step: 1, variables: {} };
      let found: string | undefined;
      for (let tries = 0; tries < 100 && found !== expected; tries += 1) {
        const [one] = await ask(server, 'up{job="node"}', { ...span, to: Date.now() / 1000 }, true);
        found = one?.points[0]?.[1].toString();
        if (found !== expected) await sleep(200);
      }
      return found;
    }
  },
);
