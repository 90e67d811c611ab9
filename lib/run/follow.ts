import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import type { Seconds } from '../host.ts';
import type { Followed } from '../machine/followed.ts';
import type { ExitStatus } from '../options/conventions.ts';

/** Before a command that has ended is started anew, where no interval says it. */
const pause: Seconds = 10;

/**
 * Collects again with each new frame, until `stop`. A command that ended is started anew after an interval, unless it never
 * printed a frame or was refused: then something is missing that does not come by itself. An error, as that of a full disk,
 * is told when it begins, and the command goes on counting.
 */
export async function follow(
  collect: () => Promise<ExitStatus>,
  followed: Pick<Followed, 'outlook' | 'news'>,
  { stop, interval = pause, complain }: FollowOptions,
): Promise<ExitStatus> {
  let told: string | undefined;
  const tell = (message: string): ExitStatus => {
    if (message !== told && !stop.aborted) complain(message);
    told = message;
    return 1;
  };
  for (;;) {
    const status = await collect().catch((error: unknown) => tell(messageOf(error)));
    if (status === 0) told = undefined;
    const outlook = followed.outlook();
    if (outlook === 'end' && !stop.aborted) return status;
    if (outlook === 'wait') await followed.news();
    else await delay(interval * 1000, undefined, { signal: stop }).catch(() => undefined);
    if (stop.aborted) return 0;
  }
}

interface FollowOptions {
  readonly stop: AbortSignal;
  readonly interval: Seconds | undefined;
  readonly complain: (message: string) => void;
}
