import wildcardMatch from 'wildcard-match';
import type { Peer } from './dump.ts';

/** Whether a peer has to be up; undefined where nobody has said it. */
export type Requirement = (peer: Peer, name: string) => boolean | undefined;

/** By the name of a peer, its public key or its interface. Who is optional by one of them is not required by another. */
export function requirement(required: readonly string[], optional: readonly string[]): Requirement {
  const isRequired = fitting(required);
  const isOptional = fitting(optional);
  return (peer, name) => {
    if (isOptional(peer, name)) return false;
    return isRequired(peer, name) ? true : undefined;
  };
}

/** The entries that no peer fits: its interface may be down. */
export function unfitting(
  required: readonly string[],
  peers: readonly Peer[],
  nameOf: (peer: Peer) => string,
): readonly string[] {
  return required.filter((entry) => {
    const fits = fitting([entry]);
    return !peers.some((peer) => fits(peer, nameOf(peer)));
  });
}

function fitting(entries: readonly string[]): (peer: Peer, name: string) => boolean {
  if (entries.length === 0) return () => false;
  const fits = wildcardMatch([...entries], { separator: false });
  return (peer, name) => fits(peer.interface) || fits(peer.publicKey) || (name !== '' && fits(name));
}
