import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import { expressionsOf } from '../../../lib/monitoring/dashboard.ts';
import { render } from '../../../lib/monitoring/promql.ts';
import { median } from '../../bench/measure.ts';
import { columnExpression } from '../../dashboards/table.ts';
import { freePort } from '../../demo/programs.ts';
import { startStack } from '../../demo/stack.ts';
import { fleet } from '../dashboard.ts';
import { addressOf, serveNodes } from './nodes.ts';

/** What a Prometheus with the rules of this suite needed for `nodes` machines. */
export interface Measured {
  readonly nodes: number;
  readonly series: number;
  readonly samplesPerSecond: number;
  /** Resident, in bytes. */
  readonly memory: number;
  /** Seconds of processor time a second, with `scrapeSeconds` from scrape to scrape. */
  readonly processors: number;
  /** Seconds that one evaluation takes of all rules, and of the group that takes longest. */
  readonly rules: number;
  readonly slowest: { readonly name: string; readonly seconds: number };
  /** Seconds that the questions of Fleet Overview take, one after the other. */
  readonly overview: number;
}

/** What one machine says, and when it was recorded. */
export interface Page {
  readonly text: string;
  readonly clock: number;
}

interface Load {
  readonly nodes: number;
  readonly scrapeSeconds: number;
  readonly evaluationSeconds: number;
  /** How many scrapes: a chunk of the head is full, and out of memory, after 120. */
  readonly scrapes: number;
}

/** Lets a Prometheus scrape so many machines and evaluate the rules, and asks it then what that took. */
export async function measureLoad(page: Page, load: Load): Promise<Measured> {
  const { nodes, scrapeSeconds, evaluationSeconds, scrapes } = load;
  const port = await freePort();
  const machines = await serveNodes(nodes, page.text, page.clock, port);
  const targets = Array.from({ length: nodes }, (_, index) => ({
    target: `${addressOf(index)}:${port}`,
    labels: { env: 'test' },
  }));
  const stack = await startStack({
    machines: targets,
    factor: 1,
    scrapeSeconds,
    evaluationSeconds,
    told: () => undefined,
  });
  try {
    await sleep((scrapes * scrapeSeconds * 1000) / 2);
    const half = await ownMetrics(stack.prometheus);
    await sleep((scrapes * scrapeSeconds * 1000) / 2);
    const end = await ownMetrics(stack.prometheus);
    const seconds = end.at - half.at;
    return {
      nodes,
      series: end.of('prometheus_tsdb_head_series'),
      samplesPerSecond: (end.of(appended) - half.of(appended)) / seconds,
      memory: end.of('process_resident_memory_bytes'),
      processors: (end.of('process_cpu_seconds_total') - half.of('process_cpu_seconds_total')) / seconds,
      ...(await ruleTimes(stack.prometheus, evaluationSeconds)),
      overview: await overviewTime(stack.prometheus),
    };
  } finally {
    await stack.stop();
    await machines.stop();
  }
}

const appended = 'prometheus_tsdb_head_samples_appended_total';

async function ownMetrics(address: string) {
  const lines = (await (await fetch(`${address}/metrics`)).text()).split('\n');
  return {
    at: Date.now() / 1000,
    /** The sum of all series of that name. */
    of: (name: string): number => {
      const own = lines.filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
      return own.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
    },
  };
}

const answer = z.object({
  data: z.object({ groups: z.array(z.object({ name: z.string(), evaluationTime: z.number() })) }),
});

/** Medians of three evaluations: what else the machine does falls on one of them alone. */
async function ruleTimes(address: string, evaluationSeconds: number) {
  const rounds: z.output<typeof answer>['data']['groups'][] = [];
  for (let round = 0; round < 3; round += 1) {
    if (round > 0) await sleep(evaluationSeconds * 1000);
    rounds.push(answer.parse(await (await fetch(`${address}/api/v1/rules`)).json()).data.groups);
  }
  const names = [...new Set(rounds.flat().map(({ name }) => name))];
  const groups = names.map((name) => ({
    name,
    seconds: median(rounds.flat().flatMap((one) => (one.name === name ? [one.evaluationTime] : []))),
  }));
  const [slowest = { name: 'none', seconds: 0 }] = [...groups].sort((a, b) => b.seconds - a.seconds);
  return { rules: groups.reduce((sum, { seconds }) => sum + seconds, 0), slowest };
}

async function overviewTime(address: string): Promise<number> {
  const panels = [fleet.now, ...fleet.rows].flatMap((row) => row.panels);
  const asked = panels.flatMap((panel) =>
    panel.kind === 'table' ? panel.columns.map((column) => columnExpression(panel, column)) : expressionsOf(panel),
  );
  const begin = performance.now();
  for (const expr of asked) {
    const query = render(expr).replaceAll('$rows', '50');
    const response = await fetch(`${address}/api/v1/query`, { method: 'POST', body: new URLSearchParams({ query }) });
    if (!response.ok) throw new Error(`Cannot ask ${query}: expected status 200, got ${response.status}`);
    await response.text();
  }
  return (performance.now() - begin) / 1000;
}
