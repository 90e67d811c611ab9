import { readRegularFile } from '../machine/regular-file.ts';

/** The value of the first series of a metric in the file of an earlier run; undefined where there is none. */
export function previousValue(file: string, metric: string): number | undefined {
  try {
    const line = readRegularFile(file)
      .split('\n')
      .find((one) => one.startsWith(`${metric}{`));
    const value = Number(line?.slice(line.lastIndexOf(' ')));
    return Number.isFinite(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
