import { expect, test } from 'vitest';
import { mayBePrivate, publicKeyOf } from '../../lib/x25519.ts';

test('as wg genkey and wg pubkey made them', () => {
  const privateKey = 'yO7bboupaMUMGyYSTrwvocdQNA/hhmZ87D8orG/+F0Y=';
  const publicKey = 'nQroOhJtJUE3MnomYwjXMwOzs/6Y1PFqf6M1kG1k7U8=';
  expect(publicKeyOf(privateKey)).toBe(publicKey);
  expect(publicKeyOf(publicKey)).not.toBe(privateKey);
  expect([privateKey, 'short'].map(mayBePrivate)).toEqual([true, false]);
});
