import { describe, expect, test } from 'vitest';
import { parseMemoryLimits, parseSockstat, shortfallOf } from '../../../collectors/tcp/proc-net.ts';

describe('files', () => {
  test('sockstat, with IPv6 and without', () => {
    const text = 'sockets: used 89\nTCP: inuse 28 orphan 0 tw 6 alloc 48 mem 517\nUDP: inuse 3 mem 0\n';
    expect(parseSockstat(text, 'TCP6: inuse 12\n')).toEqual({ ipv4: 28, ipv6: 12, timeWait: 6, memory: 517 });
    expect(parseSockstat(text, undefined)).toEqual({ ipv4: 28, ipv6: 0, timeWait: 6, memory: 517 });
  });
  test.each(['', 'UDP: inuse 3 mem 0\n', 'TCP: inuse many orphan 0 tw 6\n', 'TCP: inuse 5\n'])('sockstat %j', (text) =>
    expect(() => parseSockstat(text, undefined)).toThrow(/^Cannot parse \/proc\/net\/sockstat: expected "TCP: inuse/),
  );
  test('tcp_mem', () =>
    expect(parseMemoryLimits('94842\t126456\t189684\n')).toEqual({ pressure: 126_456, high: 189_684 }));
  test.each(['', '1 2', 'a b c'])('tcp_mem %j', (text) =>
    expect(() => parseMemoryLimits(text)).toThrow(/^Cannot parse .*tcp_mem: expected three numbers of pages/),
  );
});

describe('whether a walk is believed', () => {
  const states = (established: number, timeWait = 0, synRecv = 0) =>
    new Map([
      ['established', established],
      ['time-wait', timeWait],
      ['syn-recv', synRecv],
      ['closed', synRecv],
    ] as const);
  const counts = (ipv4: number, ipv6: number, timeWait = 0) => ({ ipv4, ipv6, timeWait, memory: 0 });
  const refusal = {
    of: 'all',
    reason: expect.stringMatching(
      /^ss shows \d+ sockets of IPv4 and \d+ of IPv6, with exit status 0, where .*: not believed$/,
    ) as unknown,
  };
  const doubt = {
    of: 'time-wait',
    reason: expect.stringMatching(/^ss shows \d+ sockets in TIME-WAIT where .* counts 6068/) as unknown,
  };
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
    ['nothing to compare with', states(28), states(12), [], undefined],
    ['TIME-WAIT of other namespaces', states(345, 853), states(0), [counts(345, 0, 6068)], doubt],
    ['TIME-WAIT of others, and few sockets', states(5), states(0), [counts(5, 0, 6068)], doubt],
    ['half open ones do not make up for it', states(100, 0, 900), states(10), [counts(1000, 10)], refusal],
  ])('%s', (_name, ipv4, ipv6, kernel, expected) => {
    expect(shortfallOf({ ipv4, ipv6 }, kernel)).toEqual(expected);
  });
});
