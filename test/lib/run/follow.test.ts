import { describe, expect, test } from 'vitest';
import type { Followed } from '../../../lib/machine/followed.ts';
import type { ExitStatus } from '../../../lib/options/conventions.ts';
import { follow } from '../../../lib/run/follow.ts';

type Round = 'wait' | 'again' | 'end' | Error;

/** Follows through these rounds, and is stopped after them: how it ended, what happened, what was told. */
async function followed(rounds: readonly Round[], interval: number | undefined = 0) {
  const stop = new AbortController();
  const happened: string[] = [];
  const complaints: string[] = [];
  let round: Round | undefined;
  const left = [...rounds];
  const collect = async (): Promise<ExitStatus> => {
    round = left.shift();
    happened.push('collect');
    if (left.length === 0) stop.abort();
    if (round instanceof Error) throw round;
    return 0;
  };
  const programs: Pick<Followed, 'outlook' | 'news'> = {
    outlook: () => (round instanceof Error || round === undefined ? 'wait' : round),
    news: async () => void happened.push('news'),
  };
  const complain = (message: string): void => void complaints.push(message);
  const status = await follow(collect, programs, { stop: stop.signal, interval, complain });
  return { status, happened, complaints };
}

describe('--follow', () => {
  test('collects with each frame until it is stopped', async () => {
    const { status, happened } = await followed(['wait', 'wait', 'wait']);
    expect([status, ...happened]).toEqual([0, 'collect', 'news', 'collect', 'news', 'collect', 'news']);
  });

  test('starts anew what has ended', async () => {
    expect((await followed(['again', 'wait', 'wait'])).happened).toEqual([
      'collect',
      'collect',
      'news',
      'collect',
      'news',
    ]);
  });

  test('ends where there is nothing to follow', async () => {
    expect(await followed(['end', 'wait', 'wait'])).toEqual({ status: 0, happened: ['collect'], complaints: [] });
  });

  test('goes on where the file cannot be written, and tells it when that begins', async () => {
    const full = new Error('Cannot write: ENOSPC');
    const { happened, complaints } = await followed([full, full, 'wait', full, 'wait']);
    expect(happened).toHaveLength(10);
    expect(complaints).toEqual(['Cannot write: ENOSPC', 'Cannot write: ENOSPC']);
  });

  test('tells nothing of a run that was stopped', async () => {
    const { status, complaints } = await followed(['wait', new Error('stopped by SIGTERM')]);
    expect({ status, complaints }).toEqual({ status: 0, complaints: [] });
  });
});
