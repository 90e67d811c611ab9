import type * as z from 'zod/mini';
import type { Command, Host, Seconds } from './host.ts';
import type { Metric, Sample } from './metric.ts';
import type { Attempt } from './parse.ts';

/** A tool, a file or a folder that a collector needs; what `--check` looks at. */
export interface Need {
  readonly kind: 'tool' | 'file' | 'folder';
  /** The tool's name, or the path. */
  readonly name: string;
  readonly why: string;
}

/** One setting: what it may be, its default within, and its line in --help. */
export interface Setting<Schema extends z.ZodMiniType = z.ZodMiniType> {
  readonly schema: Schema;
  readonly describe: string;
  /** Of what the default does not show the form: lines of TOML. */
  readonly example?: string;
}

export function setting<Schema extends z.ZodMiniType>(
  schema: Schema,
  describe: string,
  example?: string,
): Setting<Schema> {
  return { schema, describe, ...(example === undefined ? {} : { example }) };
}

/** The collector's own settings: keys of the config file, options, and `TEXTFILE_<NAME>_*` variables. */
export type Settings = Readonly<Record<string, Setting>>;

export type ValuesOf<S extends Settings> = { readonly [Key in keyof S]: z.output<S[Key]['schema']> };

/** One slice of the suite. */
export interface Collector<S extends Settings = Settings> {
  /** Also the name of its file: `zfs` writes `zfs.prom`. */
  readonly name: string;
  /** What it reports, in one line of `--help`. */
  readonly summary: string;
  readonly metrics: readonly Metric[];
  readonly settings: S;
  /** Default time limit of a whole run; shorter than the timer's interval. */
  readonly timeout: Seconds;
  readonly needs: readonly Need[];
  /** Whether it reports of a network namespace: it then knows --netns. */
  readonly perNetns?: boolean;
  /** Whether it asks for frames of a command that goes on: it then knows --follow. */
  readonly follows?: boolean;
  /** A line that a command printed or a file (its path) holds, without its secrets: what a recording may hold. */
  readonly redact?: (question: Command | string, line: string) => string;
  /** What the option --discover prints: a config file that this machine suggests. */
  readonly discover?: (host: Host) => Promise<string>;
  /** Whether this machine has what the collector reads about. */
  present(host: Host): Promise<boolean>;
  /**
   * Reads the machine through `host` and hands over the samples part by part; tells `run` what failed. A part that throws
   * costs the others nothing, so that each may well be a generator.
   */
  collect(host: Host, settings: ValuesOf<S>, run: Run): AsyncIterable<Iterable<Sample>>;
}

/** What a collector tells about its run, and what it remembers from the runs before. */
export interface Run {
  /** Time limit of the whole run. */
  readonly timeout: Seconds;
  /** From run to run, where the unit says it. */
  readonly interval: Seconds | undefined;
  /**
   * Reads one source and reports it; `target` is the pool, interface or replication target, or empty. Undefined, and the
   * reason told, where `read` throws. This is the one way to fail: whatever reads a source returns what is there, or throws.
   */
  readonly read: <T>(source: string, target: string, read: () => T | Promise<T>) => Promise<T | undefined>;
  /**
   * A source was read (no `reason`) or was not: for what one command tells of many targets. `once`: it may stay so for long,
   * and is told when it begins and not in each run.
   */
  readonly report: (source: string, target: string, reason?: string, how?: 'once') => void;
  /** Reads one value; undefined, counted and told, where it throws: that costs the value and not the file. */
  readonly attempt: Attempt;
  /** The samples of the first `limit` items; those of the others are counted as left out. */
  readonly limited: <T>(
    items: readonly T[],
    limit: number,
    samplesOf: (item: T) => Iterable<Sample>,
  ) => Iterable<Sample>;
  /** Something to tell that is no failure; `once` as above. */
  readonly note: (message: string, how?: 'once') => void;
  /** A value that could not be read and is left out. */
  readonly skip: (reason: string) => void;
  /** Series left out by a limit. */
  readonly drop: (series: number) => void;
  /** What an earlier run remembered; undefined where there is nothing, or nothing that fits `schema`. */
  readonly recall: <T>(schema: z.ZodMiniType<T>) => Promise<T | undefined>;
  /** Keeps `value` for the next run; it must survive JSON. */
  readonly remember: (value: unknown) => void;
}

/** Infers the settings' type and hands the collector back. */
export function defineCollector<S extends Settings>(collector: Collector<S>): Collector<S> {
  return collector;
}
