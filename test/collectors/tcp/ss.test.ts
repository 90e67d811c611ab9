import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type SocketRow,
  addressLabel,
  warningOf,
  familyOf,
  parseEndpoint,
  parseSocketRow,
  parseTcpInfo,
  rowReader,
} from '../../../collectors/tcp/ss.ts';
import { attempting } from '../../../lib/parse.ts';

/** What dev_valid_name in the kernel lets through: at most 15 bytes, no blank, slash or colon. */
const characters = ['a', 'Z', '0', '.', '-', '@', '%', '[', ']', '{', '*', 'é'] as const;
const device = fc
  .string({ minLength: 1, maxLength: 15, unit: fc.constantFrom(...characters) })
  .filter((name) => name !== '.' && name !== '..');
const mapped = fc.ipV4().map((address) => `::ffff:${address}`);
const ipv6 = fc.oneof(
  fc.ipV6().map((address) => address.toLowerCase()),
  mapped,
  fc.constantFrom('::', '::1', 'fe80::1'),
);
const address = fc.oneof(
  fc.ipV4().map((text) => ({ text, shown: text, family: 'ipv4' })),
  ipv6.map((text) => ({ text, shown: `[${text}]`, family: 'ipv6' })),
  fc.constant({ text: '*', shown: '*', family: 'ipv6' }),
);
const endpoint = fc.record({
  address,
  device: fc.option(device, { nil: '' }),
  port: fc.integer({ min: 0, max: 65_535 }),
});
type Shown = typeof endpoint extends fc.Arbitrary<infer T> ? T : never;
const show = ({ address: { shown }, device: name, port }: Shown): string =>
  `${shown}${name === '' ? '' : `%${name}`}:${port === 0 ? '*' : port}`;

function outcome(text: string): string {
  try {
    return `port ${parseEndpoint(text, 'ss line 3').port}`;
  } catch (error) {
    return String(error);
  }
}

describe('an address and a port', () => {
  test('whatever ss can print is read back', () => {
    fc.assert(
      fc.property(endpoint, (one) => {
        const parsed = parseEndpoint(show(one), 'here');
        expect(parsed).toEqual({ address: one.address.text, device: one.device, port: one.port });
        expect(familyOf(parsed)).toBe(one.address.family);
        expect(addressLabel(parsed)).toBe(one.address.text + (one.device === '' ? '' : `%${one.device}`));
      }),
      { numRuns: 2000 },
    );
  });

  test('anything else is read or refused, with a clear error', () => {
    const almost = fc.tuple(endpoint, fc.nat(), fc.string({ maxLength: 3 })).map(([one, at, text]) => {
      const shown = show(one);
      return shown.slice(0, at % shown.length) + text + shown.slice((at % shown.length) + 1);
    });
    fc.assert(
      fc.property(fc.oneof(almost, fc.string({ unit: 'binary' })), (text) => {
        expect(outcome(text)).toMatch(
          /^port (\d{1,5})$|^SyntaxError: Cannot parse ss line 3: expected an address and a port, got "/,
        );
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['the text before the last colon alone', '[::1]'],
    ['IPv6 without brackets', '2001:db8::1:443'],
    ['a port that is none', '127.0.0.1:65536'],
    ['a service by name', '127.0.0.1:https'],
    ['a host by name', 'localhost:80'],
    ['three numbers', '127.0.0:80'],
    ['a number above 255', '256.0.0.1:80'],
    ['no port', '127.0.0.1'],
    ['an empty port', '127.0.0.1:'],
    ['an empty device', '0.0.0.0%:80'],
    ['brackets around nothing', '[]:80'],
    ['a socket of another kind', '/run/x.sock 123'],
    ['nothing', ''],
  ])('refused: %s', (_name, text) => expect(() => parseEndpoint(text, 'here')).toThrow(`got ${JSON.stringify(text)}`));

  test('the scope may stand within the brackets', () => {
    expect(parseEndpoint('[fe80::1%eth0]:22', 'here')).toEqual({ address: 'fe80::1', device: 'eth0', port: 22 });
  });
});

describe('a line of ss', () => {
  const read = (lines: readonly string[]): { rows: SocketRow[]; skipped: string[] } => {
    const [rows, skipped]: [SocketRow[], string[]] = [[], []];
    const reader = rowReader(
      ['ss', '-tanHO'],
      (row) => rows.push(row),
      attempting((reason) => skipped.push(reason)),
    );
    for (const line of lines) reader.onLine(line);
    expect(reader.counts()).toEqual({ all: lines.length, unreadable: skipped.length });
    return { rows, skipped };
  };

  test('any padding, and what may follow', () => {
    fc.assert(
      fc.property(
        fc.tuple(
          endpoint,
          endpoint,
          fc.integer({ min: 1, max: 40 }),
          fc.constantFrom('', ' ', '  cubic rto:204 ', '\r', '\tmore'),
        ),
        ([local, peer, width, rest]) => {
          const pad = ' '.repeat(width);
          const line = ['TIME-WAIT', '0', '4294967295', show(local), show(peer)].join(pad) + rest;
          expect(parseSocketRow(line, 'here')).toMatchObject({
            state: 'time-wait',
            receiveQueue: 0,
            sendQueue: 4_294_967_295,
            local: { address: local.address.text, port: local.port },
            peer: { address: peer.address.text, device: peer.device },
            info: rest,
          });
        },
      ),
    );
  });

  test('no line costs more than itself', () => {
    const good = 'ESTAB 0 0 192.0.2.1:22 192.0.2.2:50000';
    const line = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.tuple(fc.nat(good.length), fc.string()).map(([at, text]) => good.slice(0, at) + text),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const { rows, skipped } = read([...lines, good]);
        expect(rows.length + skipped.length).toBe(lines.length + 1);
        expect(rows.at(-1)).toMatchObject({ state: 'established', local: { port: 22 } });
      }),
    );
  });

  test.each([
    ['a state filter hides the state', '0      0      127.0.0.1:55930 127.0.0.1:7200'],
    ['no -t: the protocol comes first', 'tcp   ESTAB 0 0 127.0.0.1:55930 127.0.0.1:7200'],
    ['no -H: a header', 'State Recv-Q Send-Q Local Address:Port Peer Address:Port'],
    ['no -O: a second line', '\t cubic wscale:7,7 rto:204'],
    ['a line that is cut short', 'ESTAB      0      0           127.0.0.1:5'],
    ['an empty one', ''],
  ])('refused: %s', (_name, line) => {
    const { rows, skipped } = read(['', line]);
    expect(rows).toEqual([]);
    expect(skipped[1]).toMatch(/^Cannot parse ss -tanHO line 2: expected a state, two queues and two addresses, got "/);
  });

  test('a state that is new is one all the same', () => {
    expect(read(['NEW-SYN-RECV 0 0 127.0.0.1:22 127.0.0.1:5']).rows).toMatchObject([{ state: 'unknown' }]);
  });
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
  const warning = warningOf(['ss', '-ltnH'], { ended: 'exit', exitCode: 0, stdout: '', stderr });
  expect(warning).toEqual(expected);
});
