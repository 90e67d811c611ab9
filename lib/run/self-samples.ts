import path from 'node:path';
import { isRecent } from '../clock.ts';
import type { Seconds } from '../host.ts';
import { type Sample, sample, sampleOf } from '../metric.ts';
import { textfileDirectory } from '../options/directory.ts';
import * as self from '../self-metrics.ts';
import type { Call } from './call.ts';
import type { Ledger } from './ledger.ts';
import { previousValue } from './previous.ts';

/** What a file says about its own making. `start` is a UNIX time, `took` how long it was. */
export function selfSamples(
  call: Call,
  { sources, skipped, dropped }: Ledger,
  start: Seconds,
  took: Seconds,
): Sample[] {
  const collector = call.collector.name;
  const mine = { collector };
  const success = [...sources.values()].every(({ ok }) => ok);
  return [
    sample(self.success, mine, Number(success)),
    ...[...sources.values()].map(({ source, target, ok }) =>
      sample(self.sourceSuccess, { collector, source, target }, Number(ok)),
    ),
    sample(self.duration, mine, round(took)),
    sample(self.lastRun, mine, round(start)),
    ...sampleOf(self.lastSuccess, mine, success ? round(start) : previousSuccess(call, start)),
    ...sampleOf(self.interval, mine, call.request.interval),
    sample(self.parseErrors, mine, skipped),
    sample(self.seriesDropped, mine, dropped),
    sample(self.info, { collector, ...call.versions }, 1),
  ];
}

/** When every source was last read, as the file of an earlier run knows it; not what a clock that was wrong has told it. */
function previousSuccess({ request, fileName }: Call, now: Seconds): Seconds | undefined {
  if (request.replay !== undefined) return undefined;
  const folder = existingDirectory(request.textfile_dir);
  const time = folder === undefined ? undefined : previousValue(path.join(folder, fileName), self.lastSuccess.name);
  return time !== undefined && isRecent(time, Number.POSITIVE_INFINITY, now) ? time : undefined;
}

/** With --stdout there may be no choice of a directory, and none is needed. */
function existingDirectory(asked: string | undefined): string | undefined {
  try {
    return textfileDirectory(asked);
  } catch {
    return undefined;
  }
}

/** To the millisecond. */
function round(seconds: Seconds): Seconds {
  return Math.round(seconds * 1000) / 1000;
}
