import { codeOf } from '../errors.ts';

/** Waits until all of it is with the reader: an exit drops what is still on its way into a pipe. */
export function print(text: string): Promise<0> {
  return new Promise((resolve, reject) => {
    const end = (error?: Error | null): void => {
      // A reader that has had enough, as head(1), is no failure.
      if (error === undefined || error === null || codeOf(error) === 'EPIPE') resolve(0);
      else reject(new Error(`Cannot print: ${error.message}`));
    };
    process.stdout.once('error', end);
    process.stdout.write(text, end);
  });
}
