import { type Json, isObject } from '../../collectors/zfs/json.ts';

// What a fault of a JSON text is made of.

export function parse(text: string): Json {
  return objectOf(JSON.parse(text));
}

export function objectOf(value: unknown): Json {
  if (!isObject(value)) throw new Error(`expected an object, got ${JSON.stringify(value)}`);
  return value;
}

/** A copy in which each object is what `change` makes of it. */
export function edited(root: Json, change: (object: Json, path: readonly string[]) => Json): Json {
  const walk = (value: unknown, path: readonly string[]): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([key, inner]) => [key, walk(inner, [...path, key])] as const);
    return change(Object.fromEntries(entries), path);
  };
  return objectOf(walk(root, []));
}

/** As many places as are asked for, spread over all of those whose value `fits`. */
export function somePlaces(
  root: Json,
  fits: (value: unknown) => boolean,
  count: number,
  first: number,
): readonly (readonly string[])[] {
  const all = placesIn(root, fits);
  const step = Math.max(1, Math.floor(all.length / count));
  return all.filter((_, index) => index % step === first % step).slice(0, count);
}

/** Of the same member of several vdevs or pools, one. */
function placesIn(root: Json, fits: (value: unknown) => boolean): readonly (readonly string[])[] {
  const places = new Map<string, readonly string[]>();
  edited(root, (object, path) => {
    for (const [key, inner] of Object.entries(object)) {
      if (fits(inner)) places.set(`${path.length} ${key}`, [...path, key]);
    }
    return object;
  });
  return [...places.values()];
}

/** Whether something is of another type than `value`. */
export function otherThan(value: unknown): (inner: unknown) => boolean {
  return (inner) => kindOf(inner) !== kindOf(value);
}

function kindOf(value: unknown): string {
  return Array.isArray(value) || value === null ? JSON.stringify(value) : typeof value;
}

/** A copy that has `value` in one place. */
export function replaced(root: Json, place: readonly string[], value: unknown): Json {
  const key = place.at(-1) ?? '';
  return edited(root, (object, path) =>
    [...path, key].join('\0') === place.join('\0') ? { ...object, [key]: value } : object,
  );
}
