import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ruleFiles } from '../../build/stack/rule-files.ts';

const root = path.join(import.meta.dirname, '../..');

/** What a first command may begin with: it looks, and changes nothing. */
const looks = [
  /^(?:arcstat|df|iostat|ls -l|ps|ss|timedatectl|top)\b/,
  /^curl -s localhost:\d+/,
  /^journalctl -u\b/,
  /^ping\b/,
  /^systemctl (?:list-timers|status)\b/,
  /^textfile-collector(?: --(?:check|help|stdout)\b)?/,
  /^wg show\b/,
  /^zfs (?:get|list)\b/,
  /^zpool (?:history|import$|list|status)/,
];

describe.each(ruleFiles.filter((file) => file.alerts.length > 0))(
  'the first command of each alert of $name',
  ({ readme, alerts }) => {
    const text = readFileSync(path.join(root, readme), 'utf8');
    const named = new Map(alerts.map((alert) => [alert.name, alert]));

    test.each([...named.values()])('$name looks, and is in the runbook, too', ({ name, description }) => {
      const [, first = ''] = /"([a-z].*?)"/.exec(description) ?? [];
      const begin = looks.flatMap((look) => look.exec(anyCollector(first)) ?? []).at(0);
      expect(begin, `first command: ${first}`).toBeDefined();
      const commands = commandsOf(text, name);
      expect(
        commands.some((command) => command.startsWith(begin ?? '')),
        `${begin} among ${commands.join('; ')}`,
      ).toBe(true);
    });
  },
);

test('an address is in brackets: of an IPv6 one ss takes the end for a port without them', () => {
  const all = ruleFiles.flatMap(({ alerts }) => alerts.map(({ description }) => description));
  const addresses = all.flatMap((text) => text.match(/"ss [^"]*address \}\}.{0,2}/g) ?? []);
  expect(addresses.length).toBeGreaterThan(0);
  expect(addresses.filter((command) => !command.endsWith(" '[{{ $labels.address }}]'"))).toEqual([]);
});

/** The same for every collector. */
function anyCollector(command: string): string {
  return command.replace(/^textfile-collector-(?:\{\{.*?\}\}|[a-z-]+)/, 'textfile-collector');
}

/** What a runbook has as code, with what it refers to: "as for [another](#alert)". */
function commandsOf(readme: string, alert: string): string[] {
  const [, runbook = ''] = new RegExp(`^### ${alert}\n(.*?)(?=^##|(?![^]))`, 'ms').exec(readme) ?? [];
  const joined = runbook.replaceAll(/\s+/g, ' ');
  const own = [...joined.matchAll(/`([^`]+)`/g)].map(([, command = '']) => anyCollector(command));
  const others = [...joined.matchAll(/as for \[(\w+)\]/g)].flatMap(([, other = '']) =>
    other === alert ? [] : commandsOf(readme, other),
  );
  return [...own, ...others];
}
