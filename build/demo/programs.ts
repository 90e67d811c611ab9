import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';

/** What the demo runs, with the package that has it in Debian. */
const packages = {
  prometheus: 'prometheus',
  'prometheus-alertmanager': 'prometheus-alertmanager',
  'prometheus-node-exporter': 'prometheus-node-exporter',
} as const;

type Program = keyof typeof packages;

/** A program that runs until it is stopped. */
export interface Running {
  readonly stop: () => Promise<void>;
}

/** Throws, in one line, where a program is not there. */
export async function demand(...programs: readonly Program[]): Promise<void> {
  for (const program of programs) {
    const { code } = await execa(program, ['--version'], { reject: false });
    if (code === 'ENOENT')
      throw new Error(
        `Cannot run ${program}: expected it on PATH, got none; install the Debian package ${packages[program]}`,
      );
  }
}

/** Starts a program and waits until `url` answers. Throws with its last words where it ends before. */
export async function start(program: Program, options: readonly string[], url: string): Promise<Running> {
  const child = execa(program, options, { reject: false, all: true, cleanup: true });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await child;
  };
  for (let tries = 0; tries < 100 && child.exitCode === null; tries += 1) {
    if (await answers(url)) return { stop };
    await sleep(100);
  }
  await stop();
  const words = (await child).all.trim().split('\n').at(-1) ?? 'nothing';
  throw new Error(`Cannot start ${program}: expected an answer from ${url}, got ${words}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** A port of the loopback that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('Cannot find a port: expected one, got none');
  return address.port;
}
