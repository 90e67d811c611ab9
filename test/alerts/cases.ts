import { existsSync } from 'node:fs';
import path from 'node:path';
import type { AlertCase } from '../../lib/monitoring/alert.ts';
import { cases as suiteCases } from '../../lib/monitoring/suite-alerts.cases.ts';

/** What an `alerts.cases.ts` holds. */
interface Cases {
  readonly cases: readonly AlertCase[];
  readonly firing?: Readonly<Record<string, readonly string[]>>;
}

/** What stands beside the alerts of a rule file: those of the suite itself, or of the slice of this name. */
export async function casesOf(name: string): Promise<Cases> {
  if (name === 'textfile-collector') return { cases: suiteCases };
  const file = path.join(import.meta.dirname, '../../collectors', name, 'alerts.cases.ts');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- tsc checks each file's own declarations
  return existsSync(file) ? ((await import(file)) as Cases) : { cases: [] };
}
