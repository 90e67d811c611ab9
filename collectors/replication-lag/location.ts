/** A machine that ssh reaches. */
export interface SshHost {
  /** Name or address, as ssh takes it: an IPv6 address has no brackets. */
  readonly name: string;
  readonly user?: string;
  readonly port?: number;
}

/** A dataset on this machine, or on one that ssh reaches. */
export interface Location {
  readonly host?: SshHost;
  readonly dataset: string;
}

/**
 * What a dataset may be called: valid_char() in OpenZFS' module/zcommon/zfs_namecheck.c. A pool begins with a letter; one with
 * a colon is refused, since `host:tank/backup` is what other tools take for another machine.
 */
const datasetName = String.raw`[A-Za-z][\w. -]*(?:/[\w.: -]+)*`;
const hostName = String.raw`\[[0-9A-Fa-f:.]+(?:%\w+)?\]|[A-Za-z0-9][\w.-]*`;
const form = new RegExp(`^(?:ssh://(?:(\\w[\\w.-]*)@)?(${hostName})(?::([1-9]\\d{0,4}))?/)?(${datasetName})$`);

/** `tank/backup`, `ssh://host/tank/backup`, `ssh://user@host:2222/tank/backup`; undefined for anything else. */
export function parseLocation(text: string): Location | undefined {
  const match = form.exec(text);
  if (match === null) return undefined;
  const [, user, name, port, dataset = ''] = match;
  if (name === undefined) return { dataset };
  const host = {
    name: name.replaceAll(/^\[|\]$/g, ''),
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
  return { host, dataset };
}

/** What a label says: `tank/backup`, `host:tank/backup`; the port only where it is not that of ssh. */
export function labelOf({ host, dataset }: Location): string {
  return host === undefined ? dataset : `${hostLabel(host)}:${dataset}`;
}

export function hostLabel({ name, port = 22 }: SshHost): string {
  const shown = name.includes(':') ? `[${name}]` : name;
  return port === 22 ? shown : `${shown}:${port}`;
}

/** The dataset below `to` that stands where `dataset` stands below `from`. */
export function moved(dataset: string, from: string, to: string): string {
  return to + dataset.slice(from.length);
}

/** Whether `dataset` is `root` or below it. */
export function isWithin(dataset: string, root: string): boolean {
  return dataset === root || dataset.startsWith(`${root}/`);
}

/** Each once, without those that are below another. */
export function topmost(datasets: readonly string[]): string[] {
  const all = [...new Set(datasets)];
  return all.filter((name) => !all.some((other) => other !== name && isWithin(name, other)));
}
