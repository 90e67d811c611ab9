import { type ListedPool, type PoolStatus, type Vdev, type VdevNode, isLeaf } from './pool-status.ts';

/**
 * Gives each vdev of each pool a name of its own. zpool calls vdevs by names that are unique below one parent only, so that
 * each of three mirrors may have a `replacing-0`; and two disks may claim one path, as one that is missing or fails keeps
 * the path that it had.
 *
 * A leaf is called by its path; but where it is missing or fails, and another has that path now, in this pool or the next,
 * by its guid, or `once /dev/sda1 (mirror-0)` in text, which has no guids: whoever pulls what an alert names must not pull
 * the other. What stands between the leaves and a top-level vdev has its parent's name in brackets: `replacing-0
 * (mirror-1)`; so has a leaf that stands in two places. A name depends on the vdev's place and on who else claims its
 * path, and not on what else is listed.
 */
export function namedPools(pools: readonly ListedPool[]): PoolStatus[] {
  const devices = devicesOf(pools.flatMap(({ roots }) => roots.flatMap(leavesOf)));
  return pools.map(({ roots, ...pool }) => ({ ...pool, vdevs: namedVdevs(roots, devices) }));
}

function namedVdevs(roots: readonly VdevNode[], devices: Devices): Vdev[] {
  const claims = claimsOn(roots.flatMap(leavesOf).filter((leaf) => !isTaken(leaf, devices)));
  const taken = new Set<string>();
  const vdevs: Vdev[] = [];
  const add = (node: VdevNode, parent: string, above: string): void => {
    const wishes = isTaken(node, devices)
      ? withoutPath(node, above)
      : withPath(node, above, claims.get(claimOf(node)) === 1);
    const name = free(wishes, scopeOf(node), taken);
    const { label: _label, missing: _missing, children, ...status } = node;
    if (node.type !== 'hole' && node.type !== 'indirect') vdevs.push({ ...status, name, parent });
    for (const child of children) add(child, name, node.type === 'root' ? '' : name);
  };
  for (const root of roots) add(root, '', '');
  return vdevs;
}

/** Paths of the leaves of all pools that are not missing, and of those that work. */
interface Devices {
  readonly present: ReadonlySet<string>;
  readonly working: ReadonlySet<string>;
}

function devicesOf(leaves: readonly VdevNode[]): Devices {
  const present = leaves.filter(({ missing }) => !missing);
  return {
    present: pathsOf(present),
    // Of a spare in use its other place says whether it works.
    working: pathsOf(present.filter(({ state }) => state !== 'inuse' && well.has(state))),
  };
}

const pathsOf = (leaves: readonly VdevNode[]): ReadonlySet<string> => new Set(leaves.flatMap(({ path }) => path ?? []));

const well = new Set(['online', 'degraded', 'avail', 'inuse']);

/** Whether another has the path of this leaf now. */
function isTaken(node: VdevNode, { present, working }: Devices): boolean {
  const { path, missing, state } = node;
  if (path === undefined || !isLeaf(node)) return false;
  return missing ? present.has(path) : !well.has(state) && working.has(path);
}

/** What a vdev may be called, best first; `above` is the name of its parent where that is no root. */
type Wishes = readonly [string, ...string[]];

function withoutPath({ label, missing, path = label, guid }: VdevNode, above: string): Wishes {
  const once = `once ${inPlace(path, above)}`;
  if (missing) return [label, once];
  return guid === undefined ? [once] : [guid, once];
}

/** `alone`: no other leaf claims its path. */
function withPath(node: VdevNode, above: string, alone: boolean): Wishes {
  const { label, missing, path = label, guid } = node;
  if (missing) return alone ? [path, label] : [label];
  const name = alone ? path : inPlace(path, above);
  return guid === undefined ? [name] : [name, `${name} (${guid})`];
}

const inPlace = (name: string, above: string): string => (above === '' ? name : `${name} (${above})`);

function free(names: Wishes, scope: string, taken: Set<string>): string {
  let name = names.find((one) => !taken.has(`${scope}\0${one}`)) ?? names[0];
  for (let n = 2; taken.has(`${scope}\0${name}`); n += 1) name = `${names[0]} #${n}`;
  taken.add(`${scope}\0${name}`);
  return name;
}

/** How many of the leaves claim one path. */
function claimsOn(leaves: readonly VdevNode[]): ReadonlyMap<string, number> {
  const claims = new Map<string, number>();
  for (const leaf of leaves) claims.set(claimOf(leaf), (claims.get(claimOf(leaf)) ?? 0) + 1);
  return claims;
}

const claimOf = (node: VdevNode): string => `${scopeOf(node)}\0${node.path ?? node.label}`;

/** A hot spare in use rightly stands in two places, once in the list of spares. */
const scopeOf = (node: VdevNode): 'spare' | 'pool' => (node.class === 'spare' ? 'spare' : 'pool');

function leavesOf(node: VdevNode): readonly VdevNode[] {
  return isLeaf(node) ? [node] : node.children.flatMap(leavesOf);
}
