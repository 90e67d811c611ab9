import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { fitting } from '../../lib/fitting.ts';

const schema = z.object({
  disks: z._default(z.record(z.string(), z.object({ size: z.number(), note: z.optional(z.string()) })), {}),
  down: z.optional(z.array(z.string())),
});

test.each([
  ['all fits', '{"disks":{"a":{"size":1}}}', { disks: { a: { size: 1 } } }, []],
  [
    'a value that may be absent',
    '{"disks":{"a":{"size":1,"note":2}}}',
    { disks: { a: { size: 1 } } },
    ['disks.a.note'],
  ],
  [
    'a value that an entry cannot be without',
    '{"disks":{"a":{"size":"1"},"b":{"size":2}}}',
    { disks: { b: { size: 2 } } },
    ['disks.a.size', 'disks.a'],
  ],
  [
    'two of them',
    '{"disks":{"a":{"note":1},"b":{"size":2}}}',
    { disks: { b: { size: 2 } } },
    ['disks.a', 'disks.a.note'],
  ],
  ['a whole part', '{"disks":7,"down":["x"]}', { disks: {}, down: ['x'] }, ['disks']],
  ['some of an array', '{"down":[1,"x",2,"y",3]}', { disks: {}, down: ['x', 'y'] }, ['down.0', 'down.2', 'down.4']],
  ['something else', '"text"', undefined, ['']],
])('%s', (_, text, value, misfits) => {
  expect(fitting(schema, JSON.parse(text))).toEqual({ value, misfits });
});

test('whatever it is given, it ends, and answers what fits', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 }), (disks, down) => {
      const { value } = fitting(schema, structuredClone({ disks, down }));
      expect(schema.safeParse(value).success).toBe(true);
    }),
  );
});
