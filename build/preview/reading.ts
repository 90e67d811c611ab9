import type { Settings } from './dashboard.ts';

/** Grafana's own of the dark theme. */
const colors: Readonly<Record<string, string>> = {
  green: '#73bf69',
  orange: '#ff9830',
  red: '#f2495c',
  blue: '#5794f2',
  purple: '#b877d9',
};

/** The value as Grafana writes it. */
export function written(value: number, { unit = 'none', mappings = [] }: Settings): string {
  const word = mappings.find(({ options }) => value >= options.from && value <= options.to);
  return word === undefined ? withUnit(value, unit) : word.options.result.text;
}

/** The colour of the last threshold that the value reaches; undefined where there is only one for all. */
export function colored(value: number, { thresholds }: Settings): string | undefined {
  const steps = thresholds?.steps ?? [];
  if (steps.length < 2) return undefined;
  return color(steps.filter((one) => one.value === null || value >= one.value).at(-1)?.color ?? 'green');
}

export function color(name: string): string {
  return colors[name] ?? name;
}

function withUnit(value: number, unit: string): string {
  if (!Number.isFinite(value)) return String(value);
  if (unit === 'percentunit') return `${rounded(value * 100)}%`;
  if (unit === 'bytes') return scaled(value, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']);
  if (unit === 'binBps') return `${scaled(value, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB'])}/s`;
  if (unit === 'cps' || unit === 'iops')
    return `${scaled(value, 1000, ['', 'K', 'M', 'G'])} ${unit === 'cps' ? 'c/s' : 'io/s'}`;
  if (unit === 's') return duration(value);
  return rounded(value);
}

function scaled(value: number, base: number, names: readonly string[]): string {
  const power = Math.min(names.length - 1, Math.max(0, Math.floor(Math.log(Math.abs(value) || 1) / Math.log(base))));
  return `${rounded(value / base ** power)} ${names[power]}`.trim();
}

const spans = [
  [86_400 * 7, 'weeks'],
  [86_400, 'days'],
  [3600, 'hours'],
  [60, 'mins'],
  [1, 's'],
  [0.001, 'ms'],
] as const;

function duration(value: number): string {
  const [size, name] = spans.find(([one]) => Math.abs(value) >= one) ?? [1, 's'];
  return `${rounded(value / size)} ${name}`;
}

/** To three digits, as far as they stand behind the point. */
function rounded(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return String(Number(value.toFixed(digits)));
}
