/**
 * What has the form of a WireGuard key, which is 32 bytes in base64, or ends in one. Public, private and preshared keys all
 * look like this, where a = ends them. A form with the = in it would be tried again at each character of a long word.
 */
const keyLike = /[A-Za-z0-9+/]{43,}=?/g;
const isKey = (found: string): boolean => found.endsWith('=');

/** Stands for a key where something reads on that needs one. */
export const dummyKey = `${'A'.repeat(43)}=`;

/** A text without whatever looks like a key; a key is a secret unless its place says that it is public. */
export function withoutKeys(text: string): string {
  return text.length < dummyKey.length ? text : text.replaceAll(keyLike, (found) => (isKey(found) ? '(a key)' : found));
}

/** A text with a dummy for each key that is not one of `known`. */
export function withDummyKeys(text: string, known: ReadonlySet<string>): string {
  return text.replaceAll(keyLike, (found) => (isKey(found) && !known.has(found) ? dummyKey : found));
}

/** The keys in a text, or what looks like one. */
export function keysIn(text: string): string[] {
  return text.match(keyLike)?.filter(isKey) ?? [];
}
