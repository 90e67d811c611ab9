import { messageOf } from './errors.ts';
import type { Value } from './metric.ts';

/**
 * A decimal integer, exact up to any size. Undefined for what says that there is no value (`-`, `none`, empty, absent);
 * throws a SyntaxError for anything else.
 */
export function integer(text: string | undefined, place: string): Value | undefined {
  if (isNothing(text)) return undefined;
  if (!/^\d+$/.test(text)) throw unexpected(place, 'an integer', text);
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

/** A decimal number such as a ratio (`1.97`, `1.97x`, `12%`); the suffix is not applied. */
export function decimal(text: string | undefined, place: string): number | undefined {
  if (isNothing(text)) return undefined;
  if (!/^\d+(\.\d+)?[x%]?$/.test(text)) throw unexpected(place, 'a number', text);
  return Number.parseFloat(text);
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

/** What a JSON text holds; undefined where it is none. No error tells what is in it. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a parser throws: place, expected, got. */
export function unexpected(place: string, expected: string, got: string | undefined): SyntaxError {
  const shown = got === undefined ? 'nothing' : JSON.stringify(got.slice(0, 80));
  return new SyntaxError(`Cannot parse ${place}: expected ${expected}, got ${shown}`);
}

function isNothing(text: string | undefined): text is undefined {
  return text === undefined || text === '' || text === '-' || text === 'none';
}
