import { type Command, type Output, explain, succeeded } from '../../lib/host.ts';

/** Lines on stderr that belong to a whole answer: of no pool, and of errors that only root may list. */
const harmless = /^(no pools available$|no datasets available$|errors: List of errors unavailable)/;

function complaintsOf({ stderr }: Output): string[] {
  return stderr.split('\n').filter((line) => line.trim() !== '' && !harmless.test(line));
}

/**
 * Why an answer is not whole; undefined where it is. zpool and zfs exit with status 0 after "cannot iterate filesystems: I/O
 * error", and leave out what they could not read.
 */
export function complaint(command: Command, output: Output): string | undefined {
  const lines = complaintsOf(output);
  // zpool iostat exits with status 1 where there is no pool.
  const noPools = output.ended === 'exit' && /^no pools available$/m.test(output.stderr);
  if (lines.length === 0 && (succeeded(output) || noPools)) return undefined;
  return explain(command, lines.length === 0 ? output : { ...output, stderr: lines.join('\n') });
}

/**
 * What the complaints are about: pools, datasets or snapshots, as in "cannot get status of pool 'tank': I/O error".
 * Undefined where one of them names nothing, so that anything may be missing.
 */
export function accused(output: Output): readonly string[] | undefined {
  const lines = complaintsOf(output);
  if (output.ended !== 'exit' || (!succeeded(output) && lines.length === 0)) return undefined;
  const names = lines.map((line) => /'([^']+)'/.exec(line)?.[1]);
  return names.every((name) => name !== undefined) ? names : undefined;
}

/** The pool of a dataset, snapshot or bookmark. */
export function poolOf(name: string): string {
  return /^[^/@#]*/.exec(name)?.[0] ?? name;
}
