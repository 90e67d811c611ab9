import type { Run } from '../collector.ts';

/** Whether a source was read. */
export interface Source {
  readonly source: string;
  readonly target: string;
  readonly ok: boolean;
}

/** What is known of a run beside its samples. */
export interface Ledger {
  readonly sources: Map<string, Source>;
  /** What went wrong, and for which targets: one line, however many pools a command has failed for. */
  readonly failures: Map<string, string[]>;
  readonly notes: string[];
  skipped: number;
  dropped: number;
  /** The collector threw or never came to an end: a mistake of ours, and no state of the machine. */
  broken: boolean;
}

/** A ledger, and what writes into it. */
export function openLedger() {
  const ledger: Ledger = { sources: new Map(), failures: new Map(), notes: [], skipped: 0, dropped: 0, broken: false };
  const settle = (source: string, target: string, ok: boolean): void => {
    const key = `${source}\0${target}`;
    ledger.sources.set(key, { source, target, ok: ok && (ledger.sources.get(key)?.ok ?? true) });
  };
  const report: Run['report'] = (source, target, reason) => {
    settle(source, target, reason === undefined);
    if (reason === undefined) return;
    ledger.failures.set(reason, [...new Set([...(ledger.failures.get(reason) ?? []), target])]);
  };
  const skip: Run['skip'] = (reason) => {
    ledger.skipped += 1;
    if (ledger.skipped <= 10) ledger.notes.push(reason);
  };
  return {
    ledger,
    report,
    skip,
    note: (message: string): void => {
      ledger.notes.push(message);
    },
    drop: (series: number): void => {
      ledger.dropped += series;
    },
    /** The collector itself failed. */
    breaks: (reason: string): void => {
      ledger.broken = true;
      report('run', '', reason);
    },
    /** Samples that cannot be written. */
    refuse: (reasons: readonly string[]): void => {
      if (reasons.length > 0) settle('run', '', false);
      reasons.forEach(skip);
    },
  };
}

/** One line for each thing that went wrong, or is worth telling. */
export function messagesOf({ failures, notes }: Ledger): string[] {
  const lines = [...failures].map(([reason, targets]) => {
    const named = targets.filter((target) => target !== '');
    return named.length === 0 ? reason : `${reason} (${named.join(', ')})`;
  });
  return [...lines, ...new Set(notes)];
}
