import type { Outcome, Recorded, Stage } from './stage.ts';

/** One fault, and how it is done to a healthy machine. */
export interface Row {
  /** As the table has it. */
  readonly name: string;
  /** Takes long, or much: only with --full. */
  readonly long?: boolean;
  /** Of what is the same code in every collector: without --full it is tried on one of them. */
  readonly alike?: boolean;
  /** A reason for which the fault is none for this collector. */
  readonly doesNotApply?: (stage: Stage) => string | undefined;
  /** One cell for each of these: a command of the collector, or what else the fault may be done to; one where it is left out. */
  readonly targets?: (stage: Stage) => readonly Recorded[];
  /** Does it, runs the collector as often as it takes, and says what is against the promises. */
  readonly run: (cell: Cell) => Promise<readonly string[]>;
}

export interface Cell {
  readonly stage: Stage;
  /** The command, or else, that the fault is done to. */
  readonly command: Recorded | undefined;
  /** What the healthy machine told. */
  readonly healthy: Outcome;
  readonly rounds: number;
}
