import wildcardMatch from 'wildcard-match';

/**
 * Whether a name fits one of `include`, or any where there is none, and none of `exclude`. A `*` stands for anything without
 * `separator`, `**` for anything at all; without a separator there is no difference.
 */
export function selecting(
  include: readonly string[],
  exclude: readonly string[],
  separator: string | false,
): (name: string) => boolean {
  const included = include.length === 0 ? () => true : wildcardMatch([...include], { separator });
  const excluded = exclude.length === 0 ? () => false : wildcardMatch([...exclude], { separator });
  return (name) => included(name) && !excluded(name);
}
