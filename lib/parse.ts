import { messageOf } from './errors.ts';
import type { Value } from './metric.ts';

/**
 * The cells of a line, between tabs. Throws where there are other than `count` of them, and for what a terminal would obey.
 * With `open` the last cell takes what is over: it is of a kind that may hold a tab, as a path.
 */
export function cellsOf(line: string, count: number, place: string, open = false): string[] {
  const cells = line.split('\t');
  if (controls.test(line)) throw unexpected(place, 'no control characters', line);
  if (cells.length < count || (cells.length > count && !open)) {
    throw unexpected(place, `${count} columns`, String(cells.length));
  }
  return [...cells.slice(0, count - 1), cells.slice(count - 1).join('\t')];
}

/** Copied: a part of a line that is kept would keep the line, and all that was read with it. */
export function flat(text: string): string {
  return Buffer.from(text).toString();
}

/** What a terminal obeys, but for the tab. */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const controls = /[\0-\x08\n-\x1f\x7f-\x9f]/;

/** No byte counter and no guid of ours is larger. */
const largest = 2n ** 64n - 1n;

/**
 * A decimal integer, exact up to 64 bit. Undefined for what says that there is no value (`-`, `none`, absent);
 * throws a SyntaxError for anything else.
 */
export function integer(text: string | undefined, place: string): Value | undefined {
  if (isNothing(text)) return undefined;
  if (!/^\d+$/.test(text)) throw unexpected(place, 'an integer', text);
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  if (text.length > 20 || BigInt(text) > largest) throw unexpected(place, 'an integer of 64 bit', text);
  return BigInt(text);
}

/** What ZFS tells pools, datasets and snapshots apart by: 64 bits, in decimal, and never a number here. Undefined for `-`. */
export function guid(text: string | undefined, place: string): string | undefined {
  return integer(text, place)?.toString();
}

/** A decimal number such as a ratio (`1.97`, `1.97x`, `12%`); the suffix is not applied. */
export function decimal(text: string | undefined, place: string): number | undefined {
  if (isNothing(text)) return undefined;
  if (!/^\d+(\.\d+)?[x%]?$/.test(text)) throw unexpected(place, 'a number', text);
  const value = Number.parseFloat(text);
  if (value > Number(largest)) throw unexpected(place, 'a number of 64 bit', text);
  return value;
}

/** Reads one value; undefined where it makes no sense: that costs the value and not the file. */
export type Attempt = <T>(read: () => T) => T | undefined;

/** An attempt that tells `onSkip` of each value that it leaves out. */
export function attempting(onSkip: (reason: string) => void): Attempt {
  return (read) => {
    try {
      return read();
    } catch (error) {
      onSkip(messageOf(error));
      return undefined;
    }
  };
}

/** An attempt that remembers whether it has left out a value. */
export function watching(attempt: Attempt): { readonly attempt: Attempt; readonly whole: () => boolean } {
  let begun = 0;
  let done = 0;
  return {
    attempt: (read) => {
      begun += 1;
      return attempt(() => {
        const value = read();
        done += 1;
        return value;
      });
    },
    whole: () => done === begun,
  };
}

/** What a JSON text holds; undefined where it is none. No error tells what is in it. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An object or an array. */
export function isRecord(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null;
}

/** A member that the object itself has: what somebody else has named may be called as what all objects have, `constructor`. */
export function ownMember<T>(object: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
}

/** What a path of keys leads to within a value; undefined where it leads nowhere. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((inner, key) => (isRecord(inner) ? inner[key] : undefined), value);
}

/** What a parser throws: place, expected, got. */
export function unexpected(place: string, expected: string, got: string | undefined): SyntaxError {
  const shown = got === undefined ? 'nothing' : JSON.stringify(got.slice(0, 80));
  return new SyntaxError(`Cannot parse ${place}: expected ${expected}, got ${shown}`);
}

function isNothing(text: string | undefined): text is undefined {
  return text === undefined || text === '-' || text === 'none';
}
