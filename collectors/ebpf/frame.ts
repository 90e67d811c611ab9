import * as z from 'zod/mini';
import { parseJson, unexpected } from '../../lib/parse.ts';
import { type Operation, operations } from './program.ts';

/** What the program has counted since its start. */
export interface Frame {
  /** UNIX time of that start. */
  readonly start: number;
  readonly runQueue: readonly Bucket[];
  readonly blockIo: readonly BlockIo[];
  readonly retransmits: readonly Retransmits[];
}

/** How many durations were longer than those of the bucket before, and up to `max` microseconds, rounded down. */
export interface Bucket {
  readonly max: number;
  readonly count: number;
}

export interface BlockIo {
  /** As `8:16`. */
  readonly device: string;
  readonly operation: Operation;
  readonly buckets: readonly Bucket[];
}

export interface Retransmits {
  /** AF_INET (2) or AF_INET6 (10). */
  readonly family: number;
  readonly port: number;
  /** As include/net/tcp_states.h has them. */
  readonly state: number;
  readonly count: number;
}

const place = 'bpftrace -f json';

/**
 * A line for each map that is not empty, and one at the end. The parts of a key have commas between them.
 *
 *     {"type": "hist", "data": {"@run_queue": [{"min": 0, "max": 0, "count": 365}, {"min": 1, "max": 1, "count": 306}]}}
 *     {"type": "hist", "data": {"@block_io": {"266338304,1": [{"min": 128, "max": 255, "count": 2}]}}}
 *     {"type": "map", "data": {"@retransmits": {"2,5201,1": 14}}}
 *     {"type": "map", "data": {"@events": 26294}}
 *     {"type": "printf", "data": "frame 1796011270\n"}
 *
 * src/output.cpp of bpftrace.
 */
export function parseFrame(text: string): Frame {
  const lines = text.split('\n').filter((line) => line !== '');
  const [start] = lines.flatMap((line) => startOf(line) ?? []);
  if (start === undefined) throw unexpected(place, 'the end of a frame', lines.at(-1));
  const maps = mapsOf(lines);
  // Threads have always waited: where it is not told, a frame is not whole, and 0 would be a reset.
  const runQueue = maps['@run_queue'];
  if (runQueue === undefined) throw unexpected(place, '@run_queue', undefined);
  return {
    start,
    runQueue,
    blockIo: Object.entries(maps['@block_io'] ?? {}).flatMap(blockIoOf),
    retransmits: Object.entries(maps['@retransmits'] ?? {}).map(retransmitsOf),
  };
}

/** The UNIX time in the line that ends a frame; undefined of any other. */
export function startOf(line: string): number | undefined {
  const [, time] = /"frame (\d+)\\n"/.exec(line) ?? [];
  return time === undefined ? undefined : Number(time);
}

/** How many durations were counted since the frame before; undefined of a line that tells of something else. */
export function eventsOf(line: string): number | undefined {
  const [, count] = /\{"@events": (\d+)\}/.exec(line) ?? [];
  return count === undefined ? undefined : Number(count);
}

/** Made when it is needed: --help pays for none. */
const mapsSchema = () => {
  const count = z.int().check(z.minimum(0));
  const duration = z.number().check(z.minimum(-1), z.maximum(2 ** 64));
  // The highest has no upper bound.
  const buckets = z.pipe(
    z.array(z.object({ max: z._default(duration, Number.POSITIVE_INFINITY), count })),
    // The one that keeps the lowest from being left out.
    z.transform((all) => all.filter(({ max }) => max >= 0)),
  );
  return z.object({
    '@run_queue': z.optional(buckets),
    '@block_io': z.optional(z.record(z.string(), buckets)),
    '@retransmits': z.optional(z.record(z.string(), count)),
  });
};

function mapsOf(lines: readonly string[]): z.output<ReturnType<typeof mapsSchema>> {
  const line = z.object({ type: z.string(), data: z.unknown() });
  const maps: unknown[] = lines.map((text) => {
    const parsed = line.safeParse(parseJson(text));
    if (!parsed.success) throw unexpected(place, 'a line of JSON with a type', text);
    return parsed.data.type === 'hist' || parsed.data.type === 'map' ? parsed.data.data : {};
  });
  const found = mapsSchema().safeParse(Object.assign({}, ...maps));
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  throw unexpected(place, `${issue?.message} in ${issue?.path.join('.')}`, undefined);
}

/** Major and minor are 12 and 20 bits of the number. Of what is no operation of ours nothing is told. */
function blockIoOf([key, buckets]: [string, readonly Bucket[]]): BlockIo[] {
  const [device, code] = partsOf(key, [0xffff_ffff, 0xff], 'a device and an operation');
  const operation = operations[code - 1];
  if (operation === undefined) return [];
  return [{ device: `${device >>> 20}:${device & 0xf_ffff}`, operation, buckets }];
}

function retransmitsOf([key, count]: [string, number]): Retransmits {
  const [family, port, state] = partsOf(key, [0xffff, 0xffff, 0xff], 'a family, a port and a state');
  return { family, port, state, count };
}

/** The numbers in a key, none larger than that of `most` in its place. */
function partsOf<const Most extends readonly number[]>(
  key: string,
  most: Most,
  what: string,
): { readonly [Part in keyof Most]: number } {
  const parts = /^\d+(?:,\d+)*$/.test(key) ? key.split(',').map(Number) : [];
  if (parts.length !== most.length || parts.some((part, index) => part > (most[index] ?? 0)))
    throw unexpected(place, what, key);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as many as there are in `most`
  return parts as { [Part in keyof Most]: number };
}
