import type { Value } from '../../lib/metric.ts';
import { type Attempt, guid, integer, unexpected } from '../../lib/parse.ts';

/** What is read out of the JSON of zpool: any member may be absent, and a number may stand as a number or as a word. */
export type Json = Readonly<Record<string, unknown>>;

/** Throws where it is no JSON. A number that a double would round becomes a word. */
export function parseJsonExactly(text: string): unknown {
  return JSON.parse(
    text.replaceAll(textOrLongNumber, (all, number?: string) => (number === undefined ? all : `"${number}"`)),
  );
}

/** A text, to step over it, or an integer of more digits than are always exact. */
const textOrLongNumber = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])(\d{16,})(?:\.0+)?(?![\d.eE])/g;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads members of objects. What is of another type, or makes no sense, is told and then as good as absent. */
export interface Reader {
  readonly text: (json: Json, key: string) => string | undefined;
  /** That it is absent is told, too. */
  readonly demandedText: (json: Json, key: string) => string | undefined;
  readonly count: (json: Json, key: string) => Value | undefined;
  readonly guid: (json: Json, key: string) => string | undefined;
  readonly flag: (json: Json, key: string) => boolean;
  /** What a word of OpenZFS is called here; undefined for one that is called nothing. */
  readonly oneOf: <T>(json: Json, key: string, words: ReadonlyMap<string, T>) => T | undefined;
  /** Empty where it is absent. */
  readonly object: (json: Json, key: string) => Json;
  /** The objects in an object, by their names. */
  readonly objects: (json: Json, key: string) => [name: string, Json][];
}

export function reading(attempt: Attempt, place: string): Reader {
  const member = <T>(json: Json, key: string, read: (value: unknown, place: string) => T): T | undefined =>
    json[key] === undefined ? undefined : attempt(() => read(json[key], `${place}, ${key}`));
  const text = (json: Json, key: string): string | undefined => member(json, key, textOf);
  const object = (json: Json, key: string): Json => member(json, key, objectOf) ?? {};
  return {
    text,
    object,
    demandedText: (json, key) => attempt(() => textOf(json[key], `${place}, ${key}`)),
    count: (json, key) => member(json, key, (value, at) => integer(wordOf(value, at), at)),
    guid: (json, key) => member(json, key, (value, at) => guid(wordOf(value, at), at)),
    flag: (json, key) => member(json, key, flagOf) ?? false,
    oneOf: (json, key, words) => member(json, key, (value, at) => known(textOf(value, at), words, at)),
    objects: (json, key) => {
      const all = object(json, key);
      return Object.keys(all).flatMap((name): [string, Json][] => {
        const one = member(all, name, objectOf);
        return one === undefined ? [] : [[text(one, 'name') ?? name, one]];
      });
    },
  };
}

function textOf(value: unknown, place: string): string {
  if (typeof value !== 'string') throw unexpected(place, 'a text', shown(value));
  return value;
}

/** A whole number that a double holds exactly will do, too. */
function wordOf(value: unknown, place: string): string {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (typeof value !== 'string') throw unexpected(place, 'an integer', shown(value));
  return value;
}

function flagOf(value: unknown, place: string): boolean {
  if (typeof value === 'boolean') return value;
  const word = wordOf(value, place);
  if (word !== '0' && word !== '1') throw unexpected(place, '0 or 1', word);
  return word === '1';
}

function objectOf(value: unknown, place: string): Json {
  if (!isObject(value)) throw unexpected(place, 'an object', shown(value));
  return value;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return isObject(value) ? 'an object' : String(value);
}

/** Of what there is none, OpenZFS says so, or nothing. */
function known<T>(word: string, words: ReadonlyMap<string, T>, place: string): T | undefined {
  if (word !== 'NONE' && !words.has(word)) throw unexpected(place, `one of ${[...words.keys()].join(', ')}`, word);
  return words.get(word);
}
