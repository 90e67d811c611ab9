import { expect, test } from 'vitest';
import { mayBePrivate, publicKeyOf } from '../../lib/x25519.ts';

test('RFC 7748, section 6.1, with the bits set as WireGuard keeps them', () => {
  const privateKey = 'cAdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR2yLGo=';
  const publicKey = 'hSDwCYkwp1R0i33ctD73WnUV56/fmH2lMfhVZ+9cuio=';
  expect(publicKeyOf(privateKey)).toBe(publicKey);
  expect([privateKey, publicKey, 'short'].map(mayBePrivate)).toEqual([true, false, false]);
});
