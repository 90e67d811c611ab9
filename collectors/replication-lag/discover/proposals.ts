import { isWithin, topmost } from '../pair.ts';
import { type Candidate, type Copy, findCopies, nothing, wasReceived } from './copies.ts';
import type { Choice, Marker } from './markers.ts';
import { ancestry, excludedBelow, parentOf } from './tree.ts';

/** A dataset with what replication left on it. */
export interface Marked extends Candidate {
  /** Its own, by name. */
  readonly properties: ReadonlyMap<string, string>;
  readonly markers: readonly Marker[];
}

/** A pair that the config file may have. */
export interface Proposal {
  /** Lines for the reader. */
  readonly why: readonly string[];
  readonly source: string;
  /** Undefined where only a person knows it. */
  readonly target: string | undefined;
  readonly recursive: boolean;
  readonly include: readonly string[] | undefined;
  readonly maxAge: string | undefined;
  readonly exclude: readonly string[];
  /** Whether it can be used as it stands. */
  readonly isUsable: boolean;
}

type Datasets = ReadonlyMap<string, Marked>;

/** What the datasets of a machine suggest: pairs, and roots of copies whose source is elsewhere. */
export function proposalsOf(datasets: Datasets): { received: readonly string[]; pairs: readonly Proposal[] } {
  const all = [...datasets.values()];
  const related = findCopies(all);
  const copies = related.filter(({ isSent }) => isSent);
  const isCopied = (name: string, by = copies): boolean => by.some(({ target }) => isWithin(name, target));
  // What is readonly and a source here is a copy itself.
  const isSource = ({ name, readonly }: Marked): boolean =>
    !readonly && related.some(({ source }) => isWithin(name, source));
  const orphans = all.filter((one) => isReceived(one) && !isCopied(one.name, related) && !isSource(one));
  const received = topmost(orphans.map(({ name }) => sinkOf(name, datasets)));
  const isSent = ({ dataset, travels }: Marker): boolean =>
    !travels || (!isCopied(dataset) && !received.some((top) => isWithin(dataset, top)));
  const markers = all.flatMap((one) => one.markers).filter(isSent);
  const pairs = topMarkers(markers, copies).map((marker) => proposalOf(marker, markers, datasets));
  return { received, pairs: [...copies.map(copyProposal), ...pairs] };
}

/**
 * A dataset that was moved here, and is in use, was received, too; to a copy nobody writes, and it was received again, or is marked
 * by a tool.
 */
function isReceived(one: Marked): boolean {
  const { creation, snapshots, markers, written, readonly } = one;
  const isKeptUp = markers.length > 0 || [...snapshots.values()].some((snapshot) => snapshot.creation > creation);
  return wasReceived(one) && (readonly || (written < nothing && isKeptUp));
}

/** The dataset below which zrepl receives a client: it makes placeholders for those that are not sent. */
function sinkOf(name: string, datasets: Datasets): string {
  const isPlaceholder = (one: string): boolean => datasets.get(one)?.properties.get('zrepl:placeholder') === 'on';
  const top = ancestry(name).filter(isPlaceholder).at(-1);
  return top === undefined || parentOf(top) === '' ? name : parentOf(top);
}

/** Of one tool's markers those of the topmost dataset; none of what a copy tells better. */
function topMarkers(markers: readonly Marker[], copies: readonly Copy[]): Marker[] {
  return markers.filter(({ tool, dataset, target }) => {
    const above = markers.some((one) => one.tool === tool && one.dataset !== dataset && isWithin(dataset, one.dataset));
    const isCopied = copies.some(
      (copy) => isWithin(dataset, copy.source) && (target === undefined || target === copy.target),
    );
    return !above && !isCopied;
  });
}

function copyProposal({ carried, ...copy }: Copy): Proposal {
  const why = ['Both sides are on this machine.'];
  if (carried !== undefined) why.push('Only these snapshots are sent: the newest send passed others by.');
  return { ...copy, why, include: carried?.include, maxAge: carried?.maxAge, isUsable: true };
}

function proposalOf(marker: Marker, markers: readonly Marker[], datasets: Datasets): Proposal {
  const { tool, dataset, target, include, choice } = marker;
  const marked = new Set(markers.filter((one) => one.tool === tool).map((one) => one.dataset));
  const isCarried = (name: string): boolean => (choice ? isChosen(choice, name, datasets) : marked.has(name));
  const recursive = marker.recursive ?? [...marked].some((name) => name !== dataset && isWithin(name, dataset));
  const exclude = recursive ? excludedBelow(dataset, datasets.keys(), isCarried) : [];
  // All of it, or nothing is carried of it.
  const isOff = recursive ? exclude.includes(`${dataset}/**`) : !isCarried(dataset);
  const why = isOff
    ? [tool, 'It is switched off.']
    : [target === undefined ? `${tool}: where it sends to cannot be seen here.` : tool];
  return {
    why,
    source: dataset,
    target,
    recursive,
    include,
    maxAge: undefined,
    exclude: isOff ? [] : exclude,
    isUsable: !isOff && target !== undefined,
  };
}

function isChosen({ property, isCarried }: Choice, name: string, datasets: Datasets): boolean {
  const nearest = ancestry(name).find((one) => datasets.get(one)?.properties.has(property));
  return isCarried(datasets.get(nearest ?? '')?.properties.get(property), nearest === name);
}
