import { collectors } from '../../collectors/index.ts';
import { gapOf } from './gaps.ts';
import { violations } from './oracle.ts';
import type { Row } from './row.ts';
import { rows } from './rows.ts';
import { type Recorded, type Stage, onStage, once, runBundle, setStage, strike } from './stage.ts';

/** What is tried at once: a fault, a collector, and the command that it is done to. */
export interface Place {
  readonly row: Row;
  readonly collector: string;
  readonly target: Recorded | undefined;
  /** Why there is nothing to try. */
  readonly reason: string | undefined;
  /** Why it cannot pass. It then has to fail. */
  readonly gap: string | undefined;
}

export function nameOf({ row, collector, target }: Place): string {
  return [collector, row.name, ...(target === undefined ? [] : [`${target.tool} ${target.args}`.trim()])].join(': ');
}

/**
 * All that can be tried, or each fault on one command of each collector, these in turn, and on those with a known gap. What is the
 * same code in all of them is then tried on one, in turn, too.
 */
export function places(full: boolean): Place[] {
  const stages = collectors.map(({ name }) => setStage(name));
  try {
    return rows.flatMap((row, index) => {
      const all = stages.map((stage) => placesOf(row, stage));
      return full ? all.flat() : some(row, index, all);
    });
  } finally {
    stages.forEach(strike);
  }
}

function placesOf(row: Row, stage: Stage): Place[] {
  const { collector } = stage;
  const reason = row.doesNotApply?.(stage);
  if (reason !== undefined) return [{ row, collector, target: undefined, reason, gap: undefined }];
  const targets = row.targets?.(stage) ?? [undefined];
  return targets.map((target) => ({ row, collector, target, reason, gap: gapOf(row, collector, target) }));
}

/** `all`: the places of a row, collector by collector. */
function some({ long = false, alike = false }: Row, index: number, all: readonly Place[][]): Place[] {
  const applying = all.filter((places) => places.every(({ reason }) => reason === undefined));
  const chosen = alike ? [applying[index % applying.length] ?? []] : applying;
  return [
    ...all.flat().filter(({ reason }) => reason !== undefined),
    ...chosen.flatMap((places) =>
      places.filter(({ gap }, nth) => gap !== undefined || (!long && nth === index % places.length)),
    ),
  ];
}

/** Does the fault to a machine of its own: what is against the promises, or that what should not pass does. */
export async function tryPlace(place: Place, full: boolean): Promise<readonly string[]> {
  const wrong = await wrongOf(place, full ? 500 : 5);
  if (place.gap === undefined) return wrong;
  return wrong.length > 0 ? [] : [`passes although it is a known gap: ${place.gap}`];
}

async function wrongOf({ row, collector, target }: Place, rounds: number): Promise<readonly string[]> {
  const healthy = await healthyRun(collector);
  return onStage(setStage(collector), (stage) => {
    const ofStage = stage.commands.find(({ tool, args }) => tool === target?.tool && args === target.args);
    const command = ofStage ?? target;
    return row.run({ stage, command, healthy, rounds });
  });
}

/** What a collector tells of the machine before anything is done to it. */
const healthyRun = once(async (collector) =>
  onStage(setStage(collector), async (stage) => {
    const outcome = await runBundle(stage, { timeout: 60 });
    const wrong = await violations(stage, outcome, { timeout: 60, healthy: outcome.text ?? '' });
    if (wrong.length === 0 && outcome.text !== undefined && outcome.stderr === '') return outcome;
    throw new Error(
      `Cannot try faults on ${collector}: expected a healthy run, got ${[...wrong, outcome.stderr].join('; ')}`,
    );
  }),
);
