import { type Vdev, type VdevNode, isLeaf } from './pool-status.ts';

/**
 * Gives each vdev of a pool a name of its own. zpool calls vdevs by names that are unique below one parent only, so that
 * each of three mirrors may have a `replacing-0`; and two disks may claim one path, as a missing one keeps its old one.
 *
 * A leaf is called by its path; a missing one by the path that it had, or by its guid where anything else has that path.
 * What stands between the leaves and a top-level vdev has its parent's name in brackets: `replacing-0 (mirror-1)`. So a
 * name depends on the vdev's place and on who else claims its path, and not on what else is listed.
 */
export function namedVdevs(roots: readonly VdevNode[]): Vdev[] {
  const owners = pathOwners(roots);
  const taken = new Set<string>();
  const vdevs: Vdev[] = [];
  const add = (node: VdevNode, parent: string, above: string): void => {
    const name = free(wishes(node, above, owners), scopeOf(node), taken);
    const { label: _label, missing: _missing, children, ...status } = node;
    if (node.type !== 'hole' && node.type !== 'indirect') vdevs.push({ ...status, name, parent });
    for (const child of children) add(child, name, node.type === 'root' ? '' : name);
  };
  for (const root of roots) add(root, '', '');
  return vdevs;
}

/** A hot spare in use rightly stands in two places, once in the list of spares. */
const scopeOf = (node: VdevNode): 'spare' | 'pool' => (node.class === 'spare' ? 'spare' : 'pool');

/** What a vdev may be called, best first; `above` is the name of its parent where that is no root. */
function wishes(node: VdevNode, above: string, owners: ReadonlySet<VdevNode>): [string, ...string[]] {
  const { label, missing, path, guid } = node;
  if (missing) return owners.has(node) ? [path ?? label, label] : [label];
  const name = path ?? label;
  const inPlace = above === '' ? name : `${name} (${above})`;
  return [owners.has(node) ? name : inPlace, ...(guid === undefined ? [] : [`${name} (${guid})`])];
}

function free(names: [string, ...string[]], scope: string, taken: Set<string>): string {
  let name = names.find((one) => !taken.has(`${scope}\0${one}`)) ?? names[0];
  for (let n = 2; taken.has(`${scope}\0${name}`); n += 1) name = `${names[0]} #${n}`;
  taken.add(`${scope}\0${name}`);
  return name;
}

/** The leaves that may be called by their path alone. */
function pathOwners(roots: readonly VdevNode[]): ReadonlySet<VdevNode> {
  const leaves = roots.flatMap(leavesOf);
  const present = new Set(leaves.filter(({ missing }) => !missing).map(pathOf));
  const claims = new Map<string, VdevNode[]>();
  for (const leaf of leaves) {
    if (leaf.missing && present.has(pathOf(leaf))) continue;
    const key = `${scopeOf(leaf)}\0${pathOf(leaf)}`;
    claims.set(key, [...(claims.get(key) ?? []), leaf]);
  }
  return new Set([...claims.values()].flatMap(ownersAmong));
}

/** Of several, the one that works: whoever pulls what an alert names must not pull that one. */
function ownersAmong(claimants: readonly VdevNode[]): readonly VdevNode[] {
  if (claimants.length === 1) return claimants;
  const working = claimants.filter(({ state }) => state === 'online' || state === 'degraded');
  return working.length === 1 ? working : [];
}

const pathOf = ({ path, label }: VdevNode): string => path ?? label;

function leavesOf(node: VdevNode): readonly VdevNode[] {
  return isLeaf(node) ? [node] : node.children.flatMap(leavesOf);
}
