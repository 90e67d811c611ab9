import { expect, test } from 'vitest';
import { dummyKey, keysIn, withDummyKeys, withoutKeys } from '../../lib/keys.ts';

const key = '2zzuyzLl3ezh0gR7FqzAN/JOtoOUMyUusHQEoi72KFM=';
const other = 'uPVgT2nj+l6bDyrPk9CTevrrIsLCXe1aXE2bACR08Aw=';

test.each([
  [key, '(a key)'],
  [`open '/etc/wg/x.${key}': no such file`, "open '/etc/wg/x.(a key)': no such file"],
  [`wg0${key} and ${other}`, '(a key) and (a key)'],
  ['SHA256:mVPwvezndPv/ARoIadVY98vAC0g+P/5633yTC4d/wXE', 'SHA256:mVPwvezndPv/ARoIadVY98vAC0g+P/5633yTC4d/wXE'],
  ['zpool list -Hp -o name,health: exit status 1', 'zpool list -Hp -o name,health: exit status 1'],
])('%s', (text, expected) => expect(withoutKeys(text)).toBe(expected));

// Tried again at each of its characters, it would take minutes.
test('a word of a million characters that is no key', () => {
  const word = 'x'.repeat(1_000_000);
  expect(withoutKeys(`${word} ${word}=`)).toBe(`${word} (a key)`);
});

test('dummies for all but those that are known', () => {
  expect(keysIn(`${key}\t${other}`)).toEqual([key, other]);
  expect(withDummyKeys(`${key} ${other}`, new Set([key]))).toBe(`${key} ${dummyKey}`);
});
