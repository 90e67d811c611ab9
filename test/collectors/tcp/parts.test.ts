import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { complaintOf } from '../../../collectors/tcp/complaint.ts';
import { destinationCounter } from '../../../collectors/tcp/destinations.ts';
import { directionFinder } from '../../../collectors/tcp/direction.ts';
import { parseEndpoint } from '../../../collectors/tcp/endpoint.ts';
import { fold, foldedCounts } from '../../../collectors/tcp/fold.ts';
import { missingSockets } from '../../../collectors/tcp/missing.ts';
import { parsePortRange } from '../../../collectors/tcp/port-range.ts';
import { parseSockstat } from '../../../collectors/tcp/sockstat.ts';
import { addInfo, emptyInfoTally, parseTcpInfo, quantile } from '../../../collectors/tcp/tcp-info.ts';

const end = (text: string) => parseEndpoint(text, 'here');

describe('direction', () => {
  const range = { low: 32_768, high: 60_999 };
  test.each([
    ['0.0.0.0:80', '192.0.2.1:80', '192.0.2.2:50000', 'inbound'],
    ['0.0.0.0:80', '192.0.2.1:50000', '192.0.2.2:80', 'outbound'],
    ['*:80', '[::ffff:192.0.2.1]:80', '[::ffff:192.0.2.2]:50000', 'inbound'],
    ['*:80', '[2001:db8::1]:80', '[2001:db8::2]:50000', 'inbound'],
    ['192.0.2.1:40000', '192.0.2.1:40000', '192.0.2.2:50000', 'inbound'],
    ['[::ffff:192.0.2.1]:40000', '[::ffff:192.0.2.1]:40000', '[::ffff:192.0.2.2]:50000', 'inbound'],
    ['[fe80::1]%eth0:40000', '[fe80::1]%eth0:40000', '[fe80::2]:50000', 'inbound'],
    ['0.0.0.0%eth0:40000', '192.0.2.1%eth0:40000', '192.0.2.2:50000', 'inbound'],
    // With tcp_l3mdev_accept the kernel binds what a listener of no device accepts.
    ['0.0.0.0:40000', '192.0.2.1%vrf0:40000', '192.0.2.2:50000', 'inbound'],
    // The port is that of a listener which cannot have accepted it, and in the ephemeral range.
    ['127.0.0.1:40000', '192.0.2.1:40000', '192.0.2.2:443', 'outbound'],
    ['[::]:40000', '192.0.2.1:40000', '192.0.2.2:443', 'outbound'],
    ['0.0.0.0:40000', '[2001:db8::1]:40000', '[2001:db8::2]:443', 'outbound'],
    ['0.0.0.0%eth1:40000', '192.0.2.1%eth0:40000', '192.0.2.2:443', 'outbound'],
    ['0.0.0.0%eth1:40000', '192.0.2.1:40000', '192.0.2.2:443', 'outbound'],
    // No listener.
    ['*:1', '192.0.2.1:8080', '192.0.2.2:50000', 'inbound'],
    ['*:1', '192.0.2.1:32768', '192.0.2.2:50000', 'outbound'],
    ['*:1', '192.0.2.1:60999', '192.0.2.2:50000', 'outbound'],
    ['*:1', '192.0.2.1:61000', '192.0.2.2:443', 'inbound'],
    ['*:1', '192.0.2.1:80', '192.0.2.2:1234', 'inbound'],
    ['*:1', '192.0.2.1:800', '192.0.2.2:2049', 'outbound'],
    ['*:1', '192.0.2.1:800', '192.0.2.2:50000', 'inbound'],
  ])('listener %s, socket %s to %s: %s', (listener, local, peer, expected) => {
    expect(directionFinder([end(listener)], range)(end(local), end(peer))).toBe(expected);
  });
});

describe('destinations', () => {
  const to = (address: string, port: number) => ({ address, device: '', port });
  test('exact for as many as it keeps', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 19 })), (ports) => {
        const counter = destinationCounter(20);
        for (const port of ports) counter.add(to('192.0.2.1', 5), to('192.0.2.2', port));
        const counts = new Map<number, number>();
        for (const port of ports) counts.set(port, (counts.get(port) ?? 0) + 1);
        expect(counter.max()).toBe(Math.max(0, ...counts.values()));
      }),
    );
  });
  test('beyond that too low by less than sockets / capacity, never too high', () => {
    const many = fc.array(fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(500) }), {
      maxLength: 400,
    });
    fc.assert(
      fc.property(many, (ports) => {
        const counter = destinationCounter(8);
        for (const port of ports) counter.add(to('192.0.2.1', 5), to('192.0.2.2', port));
        const counts = new Map<number, number>();
        for (const port of ports) counts.set(port, (counts.get(port) ?? 0) + 1);
        const exact = Math.max(0, ...counts.values());
        expect(counter.max()).toBeLessThanOrEqual(exact);
        expect(counter.max()).toBeGreaterThanOrEqual(exact - ports.length / 8);
      }),
    );
  });
  test('local address and device are part of it, the local port is not', () => {
    const counter = destinationCounter();
    for (const port of [1, 2, 3]) counter.add(to('192.0.2.1', port), to('192.0.2.9', 443));
    for (const port of [1, 2]) counter.add(to('192.0.2.2', port), to('192.0.2.9', 443));
    counter.add({ ...to('192.0.2.1', 4), device: 'eth1' }, to('192.0.2.9', 443));
    expect(counter.max()).toBe(3);
  });
});

describe('fold', () => {
  const counts = new Map([
    [22, 1],
    [443, 9],
    [5432, 4],
    [6379, 4],
    [9, 1],
  ]);
  test.each([
    [2, [], { '443': 9, '5432': 4, other: 6 }, 3],
    [2, [22, 80], { '22': 1, '80': 0, '443': 9, '5432': 4, other: 5 }, 2],
    [4, [22], { '22': 1, '443': 9, '5432': 4, '6379': 4, '9': 1 }, 0],
    [0, [], { other: 19 }, 5],
  ])('limit %j, known %j', (limit, ports, expected, folded) => {
    const known = new Set(ports);
    const folding = fold(counts, { known, limit });
    expect(Object.fromEntries(foldedCounts(counts, known, folding))).toEqual(expected);
    expect(folding.folded).toBe(folded);
  });
  test('what deserves no name has none, also where there is room', () => {
    const { nameOf, folded } = fold(counts, { known: new Set([22]), limit: 50, deserves: (_port, count) => count > 1 });
    expect([...counts.keys()].map(nameOf)).toEqual(['22', '443', '5432', '6379', 'other']);
    expect(folded).toBe(1);
  });
});

describe('whether a walk is believed', () => {
  const states = (established: number, timeWait = 0, synRecv = 0) =>
    new Map([
      ['established', established],
      ['time-wait', timeWait],
      ['syn-recv', synRecv],
      ['closed', synRecv],
    ] as const);
  const counts = (ipv4: number, ipv6: number, timeWait = 0) => ({ ipv4, ipv6, timeWait });
  const refusal: unknown = expect.stringMatching(
    /^ss shows \d+ sockets of IPv4 and \d+ of IPv6, with exit status 0, where .*: not believed$/,
  );
  test.each([
    ['all there', states(28, 6), states(12), [counts(28, 12, 6)], undefined],
    ['nothing, and there is nothing', states(0), states(0), [counts(0, 0)], undefined],
    ['nothing, though there is one', states(0), states(0), [counts(1, 0), counts(1, 0)], refusal],
    ['nothing, and it has just gone', states(0), states(0), [counts(1, 0), counts(0, 0)], undefined],
    ['one family is missing', states(1000), states(0), [counts(1000, 3)], refusal],
    ['only half of it', states(500), states(10), [counts(1000, 10)], refusal],
    ['a few less, as of one moment later', states(950), states(10), [counts(1000, 10)], undefined],
    ['many went meanwhile', states(500), states(10), [counts(1000, 10), counts(490, 10)], undefined],
    ['many came meanwhile', states(500), states(10), [counts(490, 10), counts(1000, 10)], undefined],
    ['more than counted', states(2000), states(10), [counts(1000, 10)], undefined],
    ['half open ones do not make up for it', states(100, 0, 900), states(10), [counts(1000, 10)], refusal],
  ])('%s', (_name, ipv4, ipv6, kernel, expected) => {
    expect(missingSockets({ ipv4, ipv6 }, kernel)).toEqual(expected);
  });
});

describe('files', () => {
  test('sockstat, with IPv6 and without', () => {
    const text = 'sockets: used 89\nTCP: inuse 28 orphan 0 tw 6 alloc 48 mem 517\nUDP: inuse 3 mem 0\n';
    expect(parseSockstat(text, 'TCP6: inuse 12\n')).toEqual({ ipv4: 28, ipv6: 12, timeWait: 6 });
    expect(parseSockstat(text, undefined)).toEqual({ ipv4: 28, ipv6: 0, timeWait: 6 });
  });
  test.each(['', 'UDP: inuse 3 mem 0\n', 'TCP: inuse many orphan 0 tw 6\n', 'TCP: inuse 5\n'])('sockstat %j', (text) =>
    expect(() => parseSockstat(text, undefined)).toThrow(/^Cannot parse \/proc\/net\/sockstat: expected "TCP: inuse/),
  );
  test.each([
    ['32768\t60999\n', { low: 32_768, high: 60_999 }],
    ['1024 65535', { low: 1024, high: 65_535 }],
  ])('port range %j', (text, expected) => expect(parsePortRange(text)).toEqual(expected));
  test.each(['', '32768', '60999\t32768\n', '1\t65536\n', '0x10\t5\n'])('port range %j', (text) =>
    expect(() => parsePortRange(text)).toThrow(
      /^Cannot parse .*ip_local_port_range: expected two ports, the lower first/,
    ),
  );
});

describe('tcp_info', () => {
  test.each([
    [' cubic rto:204 rtt:0.228/0.117 mss:1448 minrtt:0.137 rcv_rtt:7.5', { rtt: 228, retransmits: 0 }],
    [' cubic rtt:5.981/9.776 bytes_retrans:47168 retrans:0/1 dsack_dups:1', { rtt: 5981, retransmits: 1 }],
    [' rtt:1.23457e+06/2e+05', { rtt: 1_234_570_000, retransmits: 0 }],
    [' cubic rto:2000 backoff:1 lastsnd:4294758724 retrans:1/5 lost:1', { rtt: undefined, retransmits: 5 }],
    [' bbr:(bw:0bps,mrtt:0.068) minrtt:0.3 rcv_rtt:2', { rtt: undefined, retransmits: 0 }],
    ['', { rtt: undefined, retransmits: 0 }],
  ])('%j', (info, expected) => expect(parseTcpInfo(info)).toEqual(expected));

  test('few values are kept, however many sockets', () => {
    const tally = emptyInfoTally();
    for (let rtt = 1; rtt <= 100_000; rtt += 1) addInfo(tally, 'inbound', 80, { rtt, retransmits: 1 });
    const entry = tally.inbound.get(80);
    expect(entry).toMatchObject({ sockets: 100_000, retransmits: 100_000 });
    expect(entry?.rtts.size).toBeLessThan(4000);
    expect(quantile(entry?.rtts ?? new Map(), 0.5)).toBe(50_000);
  });
  test.each([
    [0.5, [5], 5],
    [0.99, [5], 5],
    [0.5, [1, 2, 3, 4], 2],
    [0.9, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 9],
    [0.99, [1, 2, 3], 3],
    [0.5, [], undefined],
  ])('the %d quantile of %j', (part, values, expected) => {
    expect(quantile(new Map(values.map((value) => [value, 1])), part)).toBe(expected);
  });
});

test.each([
  ['', undefined],
  [
    'Cannot open netlink socket: Address family not supported by protocol\n',
    expect.stringMatching(/^ss reads \/proc, .*no netlink \(Cannot/),
  ],
  [
    'netlink receive error No such file or directory (2)\nmore\n',
    expect.stringMatching(/^ss reads \/proc, .*\(netlink receive error No .*2\)\)$/),
  ],
  ['something else\n', 'ss -ltnH: exit status 0: something else'],
])('ss says %j and ends with exit status 0', (stderr, expected) => {
  const complaint = complaintOf(['ss', '-ltnH'], { ended: 'exit', exitCode: 0, stdout: '', stderr });
  expect(complaint).toEqual(expected);
});
