import { describe, expect, test } from 'vitest';
import { oneLine } from '../../lib/errors.ts';
import { cellsOf, integer } from '../../lib/parse.ts';

describe('the cells of a line', () => {
  test('are as many as were asked for', () => {
    expect(cellsOf('tank\t1\t', 3, 'zfs list')).toEqual(['tank', '1', '']);
    expect(() => cellsOf('tank\t1', 3, 'zfs list')).toThrow('Cannot parse zfs list: expected 3 columns, got "2"');
    expect(() => cellsOf('tank\t1\t2\t3', 3, 'zfs list')).toThrow('expected 3 columns, got "4"');
  });

  test('may hold a tab where the last one is a path', () => {
    expect(cellsOf('tank\t/a\tb', 2, 'zfs list', true)).toEqual(['tank', '/a\tb']);
  });

  test.each(['\0tank', '\u001B[31mtank', 'tank\r', 'tank\u0085'])('are not %j', (name) => {
    expect(() => cellsOf(`${name}\t1`, 2, 'zfs list')).toThrow('expected no control characters');
  });
});

test('an integer has 64 bit', () => {
  expect(integer('18446744073709551615', 'guid')).toBe(18_446_744_073_709_551_615n);
  for (const text of ['18446744073709551616', '1'.repeat(24), '1'.repeat(1_000_000)]) {
    expect(() => integer(text, 'guid')).toThrow('Cannot parse guid: expected an integer of 64 bit, got "1');
  }
});

describe('what is told stands in one line', () => {
  test('that a terminal only shows', () => {
    expect(oneLine('a\n  b\u001B[31m\u0007\u202Ec\u2028d')).toBe(String.raw`a b\x1b[31m\x07\u{202e}c\u{2028}d`);
  });

  test('of at most 2,000 characters', () => {
    const line = oneLine('x'.repeat(100_000));
    expect(line.length).toBeLessThanOrEqual(2000);
    expect(line).toContain('(100000 characters)');
  });

  test('names of other scripts as they are', () => expect(oneLine('pool Zürich 日本 🦊')).toBe('pool Zürich 日本 🦊'));
});
