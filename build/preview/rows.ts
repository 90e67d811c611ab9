import * as z from 'zod/mini';
import type { PreviewPanel } from './dashboard.ts';
import type { Series } from './prometheus.ts';

/** Fields by name. */
export type TableRow = Readonly<Record<string, string | number>>;

/** What a table shows, after its transformations. */
export interface Rows {
  readonly names: readonly string[];
  readonly rows: readonly TableRow[];
}

const sorting = z.object({ sort: z.array(z.object({ field: z.string(), desc: z.optional(z.boolean()) })) });
const organisation = z.object({
  excludeByName: z.record(z.string(), z.boolean()),
  indexByName: z.record(z.string(), z.number()),
  renameByName: z.record(z.string(), z.string()),
});
const grouping = z.object({ rowField: z.string(), columnField: z.string() });

/** The answers of the panel's queries, by the same rules as Grafana's transformations of these names. */
export function rowsOf({ transformations = [] }: PreviewPanel, answers: readonly (readonly Series[])[]): Rows {
  let rows: readonly TableRow[] = answers.length === 1 ? framed(answers[0] ?? [], 'Value') : [];
  let names: readonly string[] = [];
  for (const { id, options } of transformations) {
    if (id === 'merge') rows = merged(answers);
    else if (id === 'sortBy') rows = sorted(rows, sorting.parse(options));
    else if (id === 'organize') ({ names, rows } = organised(rows, organisation.parse(options)));
    else if (id === 'groupingToMatrix') ({ names, rows } = grouped(rows, grouping.parse(options)));
    else throw new Error(`Cannot preview the transformation ${id}`);
  }
  return { names, rows };
}

function framed(series: readonly Series[], value: string): TableRow[] {
  return series.map(({ labels, points }) => ({ ...labels, [value]: points.at(-1)?.[1] ?? Number.NaN }));
}

/** Rows that agree in the fields that all answers have are one. */
function merged(answers: readonly (readonly Series[])[]): TableRow[] {
  const frames = answers.map((series, index) =>
    framed(series, answers.length === 1 ? 'Value' : `Value #${String.fromCodePoint(65 + index)}`),
  );
  const filled = frames.filter((frame) => frame.length > 0);
  const common = Object.keys(filled[0]?.[0] ?? {}).filter((name) =>
    filled.every((frame) => frame.some((row) => name in row)),
  );
  const rows = new Map<string, TableRow>();
  for (const row of frames.flat()) {
    const key = filled.length === 1 ? JSON.stringify(row) : JSON.stringify(common.map((name) => row[name]));
    rows.set(key, { ...rows.get(key), ...row });
  }
  return [...rows.values()];
}

function sorted(rows: readonly TableRow[], { sort }: z.infer<typeof sorting>): TableRow[] {
  const [{ field, desc = false } = { field: '' }] = sort;
  const sign = desc ? -1 : 1;
  return [...rows].sort((a, b) => sign * (Number(a[field] ?? 0) - Number(b[field] ?? 0)));
}

function organised(rows: readonly TableRow[], options: z.infer<typeof organisation>): Rows {
  const present = new Set(rows.flatMap((row) => Object.keys(row)));
  const shown = [...present]
    .filter((name) => options.excludeByName[name] !== true)
    .sort((a, b) => (options.indexByName[a] ?? 99) - (options.indexByName[b] ?? 99));
  const renamed = rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [options.renameByName[name] ?? name, value])),
  );
  return { names: shown.map((name) => options.renameByName[name] ?? name), rows: renamed };
}

function grouped(rows: readonly TableRow[], { rowField, columnField }: z.infer<typeof grouping>): Rows {
  const head = `${rowField}\\${columnField}`;
  const columns = [...new Set(rows.map((row) => String(row[columnField])))];
  const lines = [...new Set(rows.map((row) => String(row[rowField])))].map((line) => ({
    [head]: line,
    ...Object.fromEntries(
      rows.filter((row) => row[rowField] === line).map((row) => [String(row[columnField]), row['Value'] ?? '']),
    ),
  }));
  return { names: [head, ...columns], rows: lines };
}
