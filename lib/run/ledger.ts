import type { Run } from '../collector.ts';
import { withoutKeys } from '../keys.ts';

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
  /** Reasons and notes that are told when they begin, and not in each run. */
  readonly lasting: Set<string>;
  skipped: number;
  dropped: number;
  /** The collector threw or never came to an end: a mistake of ours, and no state of the machine. */
  broken: boolean;
}

/** A ledger, and what writes into it. */
export function openLedger() {
  const ledger: Ledger = {
    sources: new Map(),
    failures: new Map(),
    notes: [],
    lasting: new Set(),
    skipped: 0,
    dropped: 0,
    broken: false,
  };
  const settle = (source: string, target: string, ok: boolean): void => {
    const key = `${source}\0${target}`;
    ledger.sources.set(key, { source, target, ok: ok && (ledger.sources.get(key)?.ok ?? true) });
  };
  const report: Run['report'] = (source, target, reason, how) => {
    settle(source, target, reason === undefined);
    if (reason === undefined) return;
    if (how === 'once') ledger.lasting.add(reason);
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
    note: (message: string, how?: 'once'): void => {
      ledger.notes.push(message);
      if (how === 'once') ledger.lasting.add(message);
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

/** A line for each thing that went wrong, or is worth telling; `lasts` where the next run need not tell it again. */
export interface Message {
  readonly line: string;
  readonly lasts: boolean;
}

export function messagesOf({ failures, notes, lasting }: Ledger): Message[] {
  const failed = [...failures].map(([reason, targets]) => {
    const named = targets.filter((target) => target !== '');
    return { reason, line: named.length === 0 ? reason : `${reason} (${named.join(', ')})` };
  });
  const noted = [...new Set(notes)].map((note) => ({ reason: note, line: note }));
  return [...failed, ...noted].map(({ reason, line }) => ({ line: withoutKeys(line), lasts: lasting.has(reason) }));
}
