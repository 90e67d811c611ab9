/** How ports become values of a label: each its own, or `other`. */
export interface Folding {
  readonly nameOf: (port: number) => string;
  /** How many have no name of their own. */
  readonly folded: number;
}

export interface FoldOptions {
  /** Ports that always have their own name. */
  readonly known: ReadonlySet<number>;
  /** How many others have one, too: those that count most. */
  readonly limit: number;
  /** Of these others, those that deserve one. */
  readonly deserves?: (port: number, count: number) => boolean;
}

export function fold(counts: ReadonlyMap<number, number>, { known, limit, deserves }: FoldOptions): Folding {
  const rest = [...counts].filter(([port]) => !known.has(port));
  const best = rest
    .filter(([port, count]) => deserves?.(port, count) ?? true)
    .sort(([p, a], [q, b]) => b - a || p - q)
    .slice(0, limit);
  const kept = new Set(best.map(([port]) => port));
  return {
    nameOf: (port) => (known.has(port) || kept.has(port) ? String(port) : 'other'),
    folded: rest.length - kept.size,
  };
}

/** The sums under their names, with a 0 for each of the `known`. */
export function foldedCounts(
  counts: ReadonlyMap<number, number>,
  known: ReadonlySet<number>,
  { nameOf }: Folding,
): Map<string, number> {
  const sums = new Map<string, number>([...known].map((port) => [String(port), 0]));
  for (const [port, count] of counts) sums.set(nameOf(port), (sums.get(nameOf(port)) ?? 0) + count);
  return sums;
}
