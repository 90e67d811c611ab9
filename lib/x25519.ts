import { createPrivateKey, createPublicKey } from 'node:crypto';

/**
 * Whether a key has the five bits that WireGuard sets and clears in every private key (RFC 7748, section 5). One public
 * key in 32 has them, too.
 */
export function mayBePrivate(text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === 32 && ((bytes[0] ?? 0) & 7) === 0 && (bytes[31] ?? 0) >> 6 === 1;
}

/** The public key of a private one. */
export function publicKeyOf(privateKey: string): string {
  const pkcs8 = Buffer.concat([
    Buffer.from('302e020100300506032b656e04220420', 'hex'),
    Buffer.from(privateKey, 'base64'),
  ]);
  const secret = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  return createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
}
