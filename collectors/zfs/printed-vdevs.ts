import { type VdevNode, isLeaf } from './pool-status.ts';

/** A vdev as zpool status -j prints it, where guid and state may be those of another of the same name. */
export type PrintedNode = Omit<VdevNode, 'children'> & {
  readonly children: readonly PrintedNode[];
  /** The word that is printed, while `state` goes by the reason first. */
  readonly printed: string;
  /** Whether the device was there, once at least since the import. */
  readonly opened: boolean;
};

/**
 * zpool looks what stands below a `replacing-0` or `spare-0` up in its place, but that vdev itself by its name: where
 * several have one name, all are printed with guid, state and counters of the first. The state follows from the children.
 * So it is with a disk that has the path of another since letters have moved, but that counters and reason are its own. A
 * hot spare in use rightly stands in two places.
 */
export function eachAsItself(roots: readonly PrintedNode[]): VdevNode[] {
  const places = new Map<string, number>();
  count(roots, places);
  const seen = new Set<string>();
  return roots.flatMap((root) => twoInOne(root, places)).map((root) => withoutCopies(root, places, seen));
}

function count(nodes: readonly PrintedNode[], places: Map<string, number>): void {
  for (const { guid, children } of nodes) {
    if (guid !== undefined) places.set(guid, (places.get(guid) ?? 0) + 1);
    count(children, places);
  }
}

/**
 * Below one vdev, two disks of one name are printed as one, with guid and state of the first, counters and reason of the
 * last. They are told apart where these do not fit.
 */
function twoInOne(node: PrintedNode, places: ReadonlyMap<string, number>): PrintedNode[] {
  const { guid, aux } = node;
  if (guid === undefined || places.get(guid) !== 1 || !misfits(node)) return [node];
  const first = { ...node, ...unknown, ...unknownOfLeaf, guid, aux: '' };
  const last = { ...node, guid: undefined };
  return aux === '' ? [first, { ...last, state: 'online' }] : [{ ...first, state: 'online' }, last];
}

/** Whether guid and word are those of another disk: what works has no reason, and what has failed has one. */
function misfits(node: PrintedNode): boolean {
  const { printed, state, aux, opened } = node;
  if (node.missing || node.class === 'spare' || !isLeaf(node)) return false;
  if (printed === 'ONLINE') return state !== 'online';
  return opened && aux === '' && (state === 'faulted' || state === 'unavail');
}

function withoutCopies(
  shown: PrintedNode,
  places: ReadonlyMap<string, number>,
  seen: Set<string>,
  above?: PrintedNode,
): VdevNode {
  const { printed: _printed, opened: _opened, ...node } = shown;
  const below = node.children.flatMap((child) => twoInOne(child, places));
  const children = below.map((child) => withoutCopies(child, places, seen, shown));
  if (node.guid === undefined || node.state === 'inuse') return { ...node, children };
  const copied = seen.has(node.guid) || (places.get(node.guid) !== 1 && misfits(shown));
  if (!copied) {
    seen.add(node.guid);
    return { ...node, children };
  }
  if (isLeaf(node)) return { ...node, children, guid: undefined, state: leafState(node, above) };
  const state = mirrorState(children.map((child) => child.state));
  return { ...node, ...unknown, children, state };
}

/** Without a reason of its own a disk has not failed, whatever is printed; that it works is known from what stands above it. */
function leafState({ state, aux }: Pick<VdevNode, 'state' | 'aux'>, above: PrintedNode | undefined): string {
  if (aux !== '' || (state !== 'faulted' && state !== 'unavail')) return state;
  return above?.state === 'online' ? 'online' : 'unknown';
}

const unknown = {
  guid: undefined,
  read: undefined,
  write: undefined,
  checksum: undefined,
  dioVerifyErrors: undefined,
} as const;

const unknownOfLeaf = {
  slow: undefined,
  trim: undefined,
  trimmed: undefined,
  resilver: undefined,
  resilvered: undefined,
} as const;

/** module/zfs/vdev_mirror.c vdev_mirror_state_change(), which serves replacing and spare vdevs, too. */
function mirrorState(children: readonly string[]): string {
  if (children.every((state) => state === 'online')) return 'online';
  return children.some((state) => state === 'online' || state === 'degraded') ? 'degraded' : 'unavail';
}
