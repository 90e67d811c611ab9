import type { RunOptions } from '../host.ts';

/** Takes what a command prints, chunk by chunk. Answers why that is not what was asked for, where it is not. */
export interface Taker {
  readonly take: (chunk: string) => string | undefined;
}

const mebi = 1024 * 1024;

/** What a command prints that says nothing else: a name, a version, a line for each pool. */
export const maxText = 256 * 1024;
/** A line is longer than a path, a comment or a user property can be; ten times the snapshots or sockets of the largest machines. */
const most = { maxLine: mebi, maxLines: 10_000_000 } as const;

/** Keeps all of it, up to so many characters. */
export function keeping(limit: number): Taker & { readonly text: () => string; readonly cut: () => boolean } {
  const chunks: string[] = [];
  let length = 0;
  return {
    take: (chunk) => {
      length += chunk.length;
      if (length > limit) return `printed more than ${limit / 1024} KiB`;
      chunks.push(chunk);
      return undefined;
    },
    text: () => chunks.join(''),
    cut: () => length > 0 && chunks.at(-1)?.endsWith('\n') !== true,
  };
}

/** Hands over each line that a newline ends, up to so many. */
export function splitting(
  onLine: (line: string) => void,
  { maxLine = most.maxLine, maxLines = most.maxLines }: Pick<RunOptions, 'maxLine' | 'maxLines'>,
): Taker & { readonly cut: () => boolean } {
  let rest = '';
  let count = 0;
  return {
    take: (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
      count += lines.length;
      if (rest.length > maxLine) return `printed a line of more than ${maxLine / mebi} MiB`;
      return count > maxLines ? `printed more than ${maxLines} lines` : undefined;
    },
    cut: () => rest !== '',
  };
}
