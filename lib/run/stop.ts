import { setMaxListeners } from 'node:events';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { grace } from '../machine/command.ts';

/** How a program of ours is stopped. */
export interface Stopping {
  /** Aborted by SIGTERM, SIGINT or SIGHUP; its reason is an error that says by which. */
  readonly stop: AbortSignal;
  /** Ends this process by that signal, as whoever waits for it expects; does nothing where there was none. */
  readonly end: () => Promise<void>;
}

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Takes the signals that stop a program, for it to end first what it has started. A second one does not wait. */
export function takeSignals(): Stopping {
  const controller = new AbortController();
  // Each command listens twice, and once for the end of this process; Node.js warns on stderr of more than ten.
  setMaxListeners(0, controller.signal);
  process.setMaxListeners(0);
  let by: (typeof signals)[number] | undefined;
  const end = async (): Promise<void> => {
    if (by === undefined) return;
    process.removeListener(by, take);
    process.kill(process.pid, by);
    // As the first process of a container it is not ended by a signal of its own.
    await delay(1000);
    process.exit(128 + constants.signals[by]);
  };
  const take = (signal: (typeof signals)[number]): void => {
    if (by !== undefined) return void end();
    by = signal;
    controller.abort(new Error(`stopped by ${signal}: the file stays as it was`));
    // Whatever holds the run up, commands are ended or noted by then.
    setTimeout(() => void end(), (2 * grace + 0.5) * 1000);
  };
  for (const signal of signals) process.on(signal, take);
  return { stop: controller.signal, end };
}
