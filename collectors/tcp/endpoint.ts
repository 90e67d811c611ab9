import { unexpected } from '../../lib/parse.ts';

/** One end of a socket. */
export interface Endpoint {
  /** Without brackets and device: `192.0.2.1`, `::1`, `::ffff:192.0.2.1`; `*` is any address of both families. */
  readonly address: string;
  /** The device that the socket is bound to, also the scope of a link-local address; empty for none. */
  readonly device: string;
  /** 0 for none, which ss prints as `*`. */
  readonly port: number;
}

export type Family = 'ipv4' | 'ipv6';

const octet = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
// What the kernel allows in a name (dev_valid_name): also `%` and `]`, but no blank, slash or colon.
const device = '%([^ /:]+)';
const form = new RegExp(
  `^(?:(\\*|${octet}(?:\\.${octet}){3})|\\[([0-9a-f]*:[0-9a-f:.]+)(?:${device})?\\])(?:${device})?:(\\d{1,5}|\\*)$`,
);

/**
 * One address as ss prints it (inet_addr_print in misc/ss.c of iproute2):
 *
 *     0.0.0.0%ta:7800
 *     [::ffff:198.51.100.1]:49786
 *     [fe80::3404:bff:fe46:334a]%ta:60226
 *     *:7100
 *     [::]:*
 */
export function parseEndpoint(text: string, place: string): Endpoint {
  const [, plain, bracketed, inner, outer, port] = form.exec(text) ?? [];
  const address = plain ?? bracketed;
  if (address === undefined || Number(port) > 65_535) throw unexpected(place, 'an address and a port', text);
  return { address, device: outer ?? inner ?? '', port: port === '*' ? 0 : Number(port) };
}

/** The family of the socket, not of what it carries: one of IPv6 with a v4-mapped address is of IPv6. */
export function familyOf({ address }: Endpoint): Family {
  return address === '*' || address.includes(':') ? 'ipv6' : 'ipv4';
}

/** As in RFC 4007: `fe80::1%eth0`. */
export function addressLabel({ address, device }: Endpoint): string {
  return device === '' ? address : `${address}%${device}`;
}
