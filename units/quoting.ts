/** A word of a list of paths or of Environment= (systemd.syntax(7)): `%` begins a specifier, quotes keep blanks. */
export function quoted(word: string): string {
  const text = word.replaceAll('%', '%%');
  return /[\s"'\\;]/.test(text) ? `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"` : text;
}

/** A word of ExecStart=, where `$` begins a variable, too. */
export function argument(word: string): string {
  return quoted(word).replaceAll('$', '$$$$');
}
