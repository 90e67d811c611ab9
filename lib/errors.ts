import { constants } from 'node:os';

/** What an error says, whatever was thrown. Node.js has no word for some of the system's, as for a quota that is used up. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replaceAll(/Unknown system error -(\d+)/g, (unknown, code: string) => nameOf(Number(code)) ?? unknown);
}

/** Of 122 it is `EDQUOT`. */
function nameOf(errno: number): string | undefined {
  return Object.entries(constants.errno).find(([, value]) => value === errno)?.[0];
}

/** `text` in one line that a terminal only shows, of at most 2,000 characters. */
export function oneLine(text: string): string {
  const lines = text.trim().split('\n');
  const line = lines
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .join(' ');
  const shown = line.length > 2000 ? `${line.slice(0, 1950)}… (${line.length} characters)` : line;
  return shown.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length > 2 ? `\\u{${code}}` : `\\x${code.padStart(2, '0')}`;
  });
}

/** Its system error code as `ENOENT`; undefined where it has none. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
