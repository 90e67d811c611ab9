import { expect, test } from 'vitest';
import type { Peer } from '../../../collectors/wireguard/dump.ts';
import { requirement, unfitting } from '../../../collectors/wireguard/required.ts';

const key = `+/${'a'.repeat(40)}A=`;
const peer = (at: string, publicKey = key): Peer => ({
  kind: 'peer',
  interface: at,
  publicKey,
  endpoint: undefined,
  allowedIps: [],
  latestHandshake: 0,
  received: 0,
  sent: 0,
  keepalive: undefined,
});

test.each<[string, string[], string[], boolean | undefined]>([
  ['nothing is said', [], [], undefined],
  ['the name', ['branch 1'], [], true],
  ['the name of another', ['branch'], [], undefined],
  ['a part of it', ['branch*'], [], true],
  ['the key', [key], [], true],
  ['the interface', ['wg0'], [], true],
  ['optional by name, of a required interface', ['wg0'], ['branch 1'], false],
  ['optional by interface, required by name', ['branch 1'], ['wg0'], false],
])('%s', (_name, required, optional, expected) => {
  expect(requirement(required, optional)(peer('wg0'), 'branch 1')).toBe(expected);
});

test('a peer without a name is not one of all names', () => {
  expect(requirement(['b*'], [])(peer('wg0'), '')).toBeUndefined();
  expect(requirement(['*'], [])(peer('wg0'), '')).toBe(true);
});

test('entries that no peer fits', () => {
  const nameOf = (): string => 'branch 1';
  expect(unfitting(['branch*', 'wg0', 'wg1', key, 'gone'], [peer('wg0')], nameOf)).toEqual(['wg1', 'gone']);
});
