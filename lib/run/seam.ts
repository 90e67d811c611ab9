import type { Run } from '../collector.ts';
import { messageOf } from '../errors.ts';
import { attempting } from '../parse.ts';

/** What a run offers its collector for sources, values and limits, in terms of what it keeps of them. */
export function seam({
  report,
  skip,
  drop,
}: Pick<Run, 'report' | 'skip' | 'drop'>): Pick<Run, 'read' | 'attempt' | 'limited'> {
  return {
    read: async (source, target, read) => {
      try {
        const found = await read();
        report(source, target);
        return found;
      } catch (error) {
        report(source, target, messageOf(error));
        return undefined;
      }
    },
    attempt: attempting(skip),
    *limited(items, limit, samplesOf) {
      for (const item of items.slice(limit)) drop([...samplesOf(item)].length);
      for (const item of items.slice(0, limit)) yield* samplesOf(item);
    },
  };
}
