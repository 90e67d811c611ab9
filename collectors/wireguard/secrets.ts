/** 32 bytes in base64: public, private and preshared keys all look like this. */
export const key = /^[A-Za-z0-9+/]{43}=$/;

/** Whether a text may hold a key, with or without its padding, in base64 or hexadecimal. */
export function mayHoldKey(text: string): boolean {
  return /[A-Za-z0-9+/]{43}/.test(text);
}

/** What another program said, without what may be a key or a good part of one. No interface has so long a name. */
export function withoutPartsOfKeys(text: string): string {
  return text.replaceAll(/[A-Za-z0-9+/]{16,}=?/g, '(a key)');
}
