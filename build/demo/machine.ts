import path from 'node:path';
import { setInterval } from 'node:timers';
import { replaceFile } from '../../lib/machine/replace-file.ts';
import type { Recorded } from './machines.ts';
import { movedTo } from './moved.ts';
import { type Running, start } from './programs.ts';

/** One that goes from state to state; stopped, it does not answer until it is given one again. */
export interface Machine extends Running {
  readonly become: (state: Recorded) => Promise<void>;
}

/** A node_exporter on `port`, and a file in `folder` that is written each second as a timer would. */
export function openMachine(folder: string, port: number): Machine {
  let exporter: Running | undefined;
  let timer: NodeJS.Timeout | undefined;
  return {
    become: async ({ text, clock }) => {
      const write = (): void => replaceFile(path.join(folder, 'zfs.prom'), movedTo(Date.now() / 1000, text, clock));
      clearInterval(timer);
      write();
      timer = setInterval(write, 1000);
      exporter ??= await start('prometheus-node-exporter', optionsOf(folder, port), `http://127.0.0.1:${port}/metrics`);
    },
    stop: async () => {
      clearInterval(timer);
      await exporter?.stop();
      exporter = undefined;
    },
  };
}

function optionsOf(folder: string, port: number): string[] {
  return [
    `--collector.textfile.directory=${folder}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--collector.disable-defaults',
    '--collector.textfile',
  ];
}
