import { isWithin } from '../pair.ts';

/**
 * Patterns of `exclude_datasets` for what is not carried of `root` and the datasets below it. Where nothing of a subtree is, `/**`
 * stands for what is in it, or will be.
 */
export function excludedBelow(
  root: string,
  names: Iterable<string>,
  isCarried: (name: string) => boolean,
): readonly string[] {
  const tree = [...names].filter((name) => isWithin(name, root));
  const parents = new Set(tree.map(parentOf));
  const holding = new Set(tree.filter(isCarried).flatMap(ancestry));
  return tree.flatMap((name) => {
    if (holding.has(name)) return isCarried(name) ? [] : [name];
    if (name !== root && !holding.has(parentOf(name))) return [];
    return parents.has(name) ? [name, `${name}/**`] : [name];
  });
}

/** `rpool` of `rpool/data`; empty for a pool. */
export const parentOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('/')));

/** `rpool/data`, `rpool`. */
export function ancestry(name: string): string[] {
  return name === '' ? [] : [name, ...ancestry(parentOf(name))];
}
