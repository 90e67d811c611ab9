import type * as z from 'zod/mini';
import { isRecord, valueAt } from './parse.ts';

/** What of a value fits a schema, and where what does not fit stands in it. */
export interface Fitting<T> {
  /** Undefined where nothing fits. */
  readonly value: T | undefined;
  /** Of what was left out, as `scrubs.4711.end`. */
  readonly misfits: readonly string[];
}

type Path = readonly PropertyKey[];

/**
 * Takes out of `value`, which JSON.parse made, what does not fit `schema`, and then what cannot be without it: a value that is
 * wrong costs itself, or the entry that it is part of, and not all the others.
 */
export function fitting<T>(schema: z.ZodMiniType<T>, value: unknown): Fitting<T> {
  const misfits: string[] = [];
  for (;;) {
    const parsed = schema.safeParse(value);
    if (parsed.success) return { value: parsed.data, misfits };
    const places = new Map(
      parsed.error.issues.map(({ path }) => present(value, path)).map((one) => [one.join('.'), one]),
    );
    if (places.has('')) return { value: undefined, misfits: [...misfits, ''] };
    for (const place of places.keys()) misfits.push(place);
    // The inner ones first, and from behind, so that the places in an array stay what they are.
    const inner = [...places.values()].sort((a, b) => a.length - b.length);
    for (let place = inner.pop(); place !== undefined; place = inner.pop()) takeOut(value, place);
  }
}

/** The place itself, or that of what lacks something there. */
function present(value: unknown, path: Path): Path {
  const holder = valueAt(value, path.slice(0, -1));
  const key = path.at(-1);
  return key === undefined || (isRecord(holder) && Object.hasOwn(holder, key)) ? path : path.slice(0, -1);
}

function takeOut(value: unknown, path: Path): void {
  const holder = valueAt(value, path.slice(0, -1));
  const key = path.at(-1) ?? '';
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else if (isRecord(holder)) delete holder[key];
}
