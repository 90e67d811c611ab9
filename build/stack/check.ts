import type { Site } from '../../lib/monitoring/site.ts';
import { UsageError } from '../../lib/options/options.ts';
import { thresholds } from './example.ts';
import { ruleFiles } from './rule-files.ts';

const alerts = ruleFiles.flatMap((file) => file.alerts);

/** Throws a UsageError where a name in the settings is of nothing: a threshold that is misspelt would be none. */
export function checkSite(site: Site, file: string): void {
  const names = new Set(alerts.map(({ name }) => name));
  refuse(file, 'thresholds', Object.keys(site.thresholds), [...thresholds.keys()]);
  refuse(file, 'severities', Object.keys(site.severities), [...names]);
  refuse(file, 'for', Object.keys(site.for), [...names]);
  const twice = Object.entries(site.severities).find(
    ([name, severity]) => severity !== 'off' && alerts.filter((one) => one.name === name).length > 1,
  );
  if (twice !== undefined) {
    const [name, got] = twice;
    throw new UsageError(
      `Cannot read config file ${file}, key severities: item ${name}: expected off, since it has a threshold for each severity, got ${JSON.stringify(got)}`,
    );
  }
  const { smtp, receivers } = site;
  if (smtp === undefined && Object.values(receivers).some((one) => one?.email !== undefined))
    throw new UsageError(
      `Cannot read config file ${file}, key smtp: expected smarthost and from, since a receiver has email, got nothing`,
    );
}

function refuse(file: string, key: string, given: readonly string[], known: readonly string[]): void {
  const bad = given.find((name) => !known.includes(name));
  if (bad === undefined) return;
  throw new UsageError(
    `Cannot read config file ${file}, key ${key}: expected one of ${known.join(', ')}, got ${JSON.stringify(bad)}`,
  );
}
