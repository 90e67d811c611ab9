const metricLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/s;
const label = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/;

/**
 * A strict reader of the text format 0.0.4, written from its description alone: what is wrong with `text`.
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export function parseExposition(text: string): string[] {
  if (!text.endsWith('\n')) return ['the file does not end with a line end'];
  const wrong: string[] = [];
  const types = new Map<string, string>();
  const helps = new Set<string>();
  const seen = new Set<string>();
  const done = new Set<string>();
  let family = '';
  const begin = (name: string): void => {
    if (name === family) return;
    if (done.has(name)) wrong.push(`the family ${name} stands in two places`);
    done.add(family);
    family = name;
  };
  for (const line of text.slice(0, -1).split('\n')) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (kind !== undefined) {
      begin(name);
      if (kind === 'HELP' && helps.has(name)) wrong.push(`${name} has HELP twice`);
      if (kind === 'TYPE' && types.has(name)) wrong.push(`${name} has TYPE twice`);
      if (kind === 'HELP') helps.add(name);
      else types.set(name, rest);
      continue;
    }
    const [, metric, labels = '', value = ''] = metricLine.exec(line) ?? [];
    if (metric === undefined) {
      wrong.push(`no sample: ${JSON.stringify(line.slice(0, 100))}`);
      continue;
    }
    const base = types.has(metric) ? metric : metric.replace(/_(?:bucket|sum|count)$/, '');
    begin(base);
    if (!types.has(base) || !helps.has(base)) wrong.push(`${metric} has no HELP or no TYPE above it`);
    // The sum of a histogram may be unknown.
    const unknown = metric.endsWith('_sum') && value === 'NaN';
    if (!unknown && !/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(value)) wrong.push(`${metric} has the value ${value}`);
    const pairs = labelsOf(labels);
    if (pairs === undefined) wrong.push(`${metric} has labels that cannot be read: ${labels.slice(0, 80)}`);
    const series = `${metric}{${[...(pairs ?? [])].sort().join(',')}}`;
    if (seen.has(series)) wrong.push(`${series} stands there twice`);
    seen.add(series);
  }
  return wrong.slice(0, 5);
}

function labelsOf(text: string): Set<string> | undefined {
  const names = new Set<string>();
  const pairs = new Set<string>();
  for (let rest = text; rest !== '';) {
    const [all, name = '', value = ''] = label.exec(rest) ?? [];
    if (all === undefined || names.has(name)) return undefined;
    names.add(name);
    pairs.add(`${name}=${value}`);
    rest = rest.slice(all.length);
  }
  return pairs;
}
