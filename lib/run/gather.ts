import type { Collector, Run, Settings, ValuesOf } from '../collector.ts';
import { messageOf } from '../errors.ts';
import type { Host, Seconds } from '../host.ts';
import { type Sample, sample, sampleOf } from '../metric.ts';
import * as self from '../self-metrics.ts';
import { allMetrics } from './describe.ts';
import { render } from './exposition.ts';
import { seam } from './seam.ts';
import { type Recollection, readState } from './state.ts';

/** What a run found out. */
export interface Gathered {
  /** The whole text of the `.prom` file. */
  readonly text: string;
  /** One line for each thing that went wrong. */
  readonly messages: readonly string[];
  /** Whether each source was read. */
  readonly sources: readonly Source[];
  /** The collector threw or never came to an end: a mistake of ours, and no state of the machine. */
  readonly broken: boolean;
}

interface Source {
  readonly source: string;
  readonly target: string;
  readonly ok: boolean;
}

export interface GatherOptions {
  /** What the file and the state are named after: the collector, and the namespace that it runs in. */
  readonly instance: string;
  /** Labels of every series of the file. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly version: string;
  readonly nodeVersion: string;
  /** Where a collector that hangs is given up. */
  readonly timeout: Seconds;
  /** From run to run, where the caller knows it. */
  readonly interval: Seconds | undefined;
  /** When every source was last read, as an earlier run knows it. */
  readonly previousSuccess: () => Seconds | undefined;
  /** Keeps what the collector remembers; may fail, which is reported. */
  readonly saveState: (memory: unknown) => void;
  /** Sets a state file aside that is of no use, and says where. */
  readonly setStateAside: () => string;
}

interface Ledger {
  readonly sources: Map<string, Source>;
  /** What went wrong, and for which targets: one line, however many pools a command has failed for. */
  readonly failures: Map<string, string[]>;
  readonly notes: string[];
  skipped: number;
  dropped: number;
  broken: boolean;
}

/** Runs a collector and renders its file. Whatever failed, even the collector itself, is in the file. */
export async function gather<S extends Settings>(
  collector: Collector<S>,
  host: Host,
  settings: ValuesOf<S>,
  options: GatherOptions,
): Promise<Gathered> {
  const start = { time: host.now(), elapsed: host.elapsed() };
  const ledger: Ledger = { sources: new Map(), failures: new Map(), notes: [], skipped: 0, dropped: 0, broken: false };
  const memory: { value?: unknown; before?: string } = {};
  const run = bookkeeper(host, ledger, memory, options);
  const onBroken = (reason: string): void => {
    ledger.broken = true;
    run.report('run', '', reason);
  };
  const samples = await bounded(collector.collect(host, settings, run), options.timeout, onBroken);
  keep(memory, run, options);
  const own = (): Sample[] => selfSamples(collector.name, start.time, host.elapsed() - start.elapsed, ledger, options);
  const text = rendered(() => render(allMetrics(collector), [...samples, ...own()], options.labels), onBroken);
  return {
    text: text ?? render(allMetrics(collector), own(), options.labels),
    messages: messagesOf(ledger),
    sources: [...ledger.sources.values()],
    broken: ledger.broken,
  };
}

/** Samples that do not validate are not written; the file then says so, and has the suite's own only. */
function rendered(render: () => string, onBroken: (reason: string) => void): string | undefined {
  try {
    return render();
  } catch (error) {
    onBroken(messageOf(error));
    return undefined;
  }
}

function bookkeeper(
  host: Host,
  ledger: Ledger,
  memory: { value?: unknown; before?: string },
  options: GatherOptions,
): Run {
  const told: Pick<Run, 'report' | 'skip' | 'drop'> = {
    report: (source, target, reason) => {
      const key = `${source}\0${target}`;
      const ok = reason === undefined && (ledger.sources.get(key)?.ok ?? true);
      ledger.sources.set(key, { source, target, ok });
      if (reason !== undefined)
        ledger.failures.set(reason, [...new Set([...(ledger.failures.get(reason) ?? []), target])]);
    },
    skip: (reason) => {
      ledger.skipped += 1;
      if (ledger.skipped <= 10) ledger.notes.push(reason);
    },
    drop: (series) => {
      ledger.dropped += series;
    },
  };
  const run: Run = {
    ...told,
    ...seam(told),
    note: (message) => {
      ledger.notes.push(message);
    },
    recall: async (schema) => {
      const found = await readable(readState(host, options.instance, schema), run);
      if (found.foreign !== undefined) {
        ledger.notes.push(`Cannot use the state file: ${found.foreign}; set aside: ${setAside(options)}`);
      }
      if (found.memory !== undefined) memory.before = JSON.stringify(found.memory);
      return found.memory;
    },
    remember: (value) => {
      memory.value = value;
    },
  };
  return run;
}

async function readable<T>(reading: Promise<Recollection<T>>, run: Run): Promise<Recollection<T>> {
  try {
    return await reading;
  } catch (error) {
    run.report('state file', '', `Cannot read the state file: ${messageOf(error)}`);
    return {};
  }
}

function setAside(options: GatherOptions): string {
  try {
    return options.setStateAside();
  } catch (error) {
    return messageOf(error);
  }
}

/**
 * What the collector found, or nothing where it threw or does not come to an end: every command has a limit of its own, so
 * that both are mistakes of ours. The file is written all the same, or the old one would go on looking healthy.
 */
async function bounded(
  collecting: Promise<Iterable<Sample>>,
  timeout: Seconds,
  onBroken: (reason: string) => void,
): Promise<Iterable<Sample>> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the run was given up after ${timeout} s`)), timeout * 1000);
  });
  try {
    return await Promise.race([collecting, over]);
  } catch (error) {
    onBroken(messageOf(error));
    return [];
  } finally {
    clearTimeout(timer);
  }
}

function keep(memory: { value?: unknown; before?: string }, run: Run, options: GatherOptions): void {
  if (memory.value === undefined || JSON.stringify(memory.value) === memory.before) return;
  try {
    options.saveState(memory.value);
  } catch (error) {
    run.report('state file', '', `Cannot keep the state file: ${messageOf(error)}`);
  }
}

function selfSamples(
  collector: string,
  start: Seconds,
  took: Seconds,
  ledger: Ledger,
  options: GatherOptions,
): Sample[] {
  const mine = { collector };
  const success = [...ledger.sources.values()].every(({ ok }) => ok);
  const lastSuccess = success ? start : options.previousSuccess();
  return [
    sample(self.success, mine, Number(success)),
    ...[...ledger.sources.values()].map(({ source, target, ok }) =>
      sample(self.sourceSuccess, { collector, source, target }, Number(ok)),
    ),
    sample(self.duration, mine, round(took)),
    sample(self.lastRun, mine, round(start)),
    ...(lastSuccess === undefined ? [] : [sample(self.lastSuccess, mine, round(lastSuccess))]),
    ...sampleOf(self.interval, mine, options.interval),
    sample(self.parseErrors, mine, ledger.skipped),
    sample(self.seriesDropped, mine, ledger.dropped),
    sample(self.info, { collector, version: options.version, node_version: options.nodeVersion }, 1),
  ];
}

function messagesOf({ failures, notes }: Ledger): string[] {
  const lines = [...failures].map(([reason, targets]) => {
    const named = targets.filter((target) => target !== '');
    return named.length === 0 ? reason : `${reason} (${named.join(', ')})`;
  });
  return [...lines, ...notes];
}

/** To the millisecond. */
function round(seconds: Seconds): Seconds {
  return Math.round(seconds * 1000) / 1000;
}
