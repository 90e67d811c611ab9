import type { Value } from '../../lib/metric.ts';
import { type Attempt, integer, unexpected } from '../../lib/parse.ts';

/** What is read out of the JSON of zpool: any key may be absent, and a number may stand as a number or as a word. */
export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function object(value: unknown): Json {
  return isObject(value) ? value : {};
}

/** A word; a whole number that a double holds exactly is one, too. */
export function word(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' ? value : undefined;
}

/** Reads a number; undefined where there is none, or one that makes no sense. */
export type Count = (value: unknown) => Value | undefined;

export function counting(attempt: Attempt, place: string): Count {
  return (value) =>
    attempt(() => {
      if (value !== undefined && word(value) === undefined)
        throw unexpected(place, 'an integer', JSON.stringify(value));
      return integer(word(value), place);
    });
}
