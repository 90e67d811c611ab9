import { describe, expect, test } from 'vitest';
import { doubtOfListeners, doubtOfWalk, isAbove } from '../../../collectors/tcp/cross-check.ts';
import { ephemeralPorts } from '../../../collectors/tcp/ephemeral-ports.ts';
import { parseSocketRow } from '../../../collectors/tcp/ss.ts';

const states = (established: number, timeWait = 0, others: { synRecv?: number; listening?: number } = {}) =>
  new Map([
    ['established', established],
    ['time-wait', timeWait],
    ['syn-recv', others.synRecv ?? 0],
    ['closed', others.synRecv ?? 0],
    ['listening', others.listening ?? 0],
  ] as const);
const walk = (ipv4: ReturnType<typeof states>, ipv6 = states(0), unreadable = 0) => ({
  families: { ipv4, ipv6 },
  lines: { all: 10_000, unreadable },
});
const counts = (ipv4: number, ipv6: number, timeWait = 0, opened?: number) => ({
  ipv4,
  ipv6,
  timeWait,
  memory: 0,
  opened,
});
/** A machine of this release of Linux. */
const linux = (release: string) => ({ readText: async () => `${release}\n` });

describe('whether a walk is believed', () => {
  const refusal = /^ss shows \d+ sockets, with exit status 0, where \/proc\/net\/sockstat counts \d+: not believed$/;
  const idle = (ipv4: number, ipv6: number, timeWait = 0) => [
    counts(ipv4, ipv6, timeWait, 500),
    counts(ipv4, ipv6, timeWait, 500),
  ];

  test.each([
    ['all there', walk(states(28, 6), states(12)), [counts(28, 12, 6)]],
    ['nothing, and there is nothing', walk(states(0)), idle(0, 0)],
    ['nothing, and it has just gone', walk(states(0)), [counts(1, 0), counts(0, 0)]],
    ['a few less, as of one moment later', walk(states(950), states(10)), [counts(1000, 10)]],
    ['many went meanwhile', walk(states(500), states(10)), [counts(1000, 10), counts(490, 10)]],
    ['many came meanwhile', walk(states(500), states(10)), [counts(490, 10), counts(1000, 10)]],
    ['twelve came and went meanwhile', walk(states(12)), [counts(1, 0, 0, 500), counts(1, 0, 0, 512)]],
    ['twelve went and came meanwhile', walk(states(12)), [counts(24, 0, 0, 500), counts(24, 0, 0, 512)]],
    ['more than counted, which half open ones are not', walk(states(40, 0, { synRecv: 900 })), idle(40, 0)],
    ['nothing to compare with', walk(states(28), states(12)), []],
    ['lines that make no sense are sockets, too', walk(states(20), states(0), 20), idle(38, 2)],
  ])('believed: %s', async (_name, shown, kernel) => {
    expect(await doubtOfWalk(linux('6.12.1'), shown, kernel)).toBeUndefined();
  });

  test.each([
    ['nothing, though there is one', walk(states(0)), [counts(1, 0), counts(1, 0)]],
    ['one family is missing', walk(states(1000)), [counts(1000, 3)]],
    ['only half of it', walk(states(500), states(10)), [counts(1000, 10)]],
    ['half of little, where nothing was opened', walk(states(9), states(10)), idle(16, 20, 2)],
    ['half open ones do not make up for it', walk(states(100, 0, { synRecv: 900 }), states(10)), [counts(1000, 10)]],
    ['more than there are', walk(states(2000), states(10)), [counts(1000, 10)]],
    ['each twice, where nothing was opened', walk(states(32, 4), states(40)), idle(16, 20, 2)],
    ['half of much, though some were opened', walk(states(500)), [counts(1000, 0, 0, 0), counts(1000, 0, 0, 9000)]],
    ['without most of TIME-WAIT', walk(states(345, 853)), idle(345, 0, 6068)],
  ])('not believed: %s', async (_name, shown, kernel) => {
    expect(await doubtOfWalk(linux('4.10.0-1-amd64'), shown, kernel)).toMatch(refusal);
  });

  test.each([
    ['3.10.0-1160.el7.x86_64', 345, 853, 'believed'],
    ['4.9.0-19-amd64', 345, 0, 'believed'],
    ['no number', 345, 853, 'believed'],
    ['3.10.0-1160.el7.x86_64', 200, 853, 'doubted'],
    ['3.10.0-1160.el7.x86_64', 345, 8000, 'doubted'],
    ['6.1.0', 345, 853, 'doubted'],
  ])('of TIME-WAIT in all namespaces, on Linux %s: %i in use and %i here are %s', async (...one) => {
    const [release, established, timeWait, expected] = one;
    const doubt = await doubtOfWalk(linux(release), walk(states(established, timeWait)), [counts(345, 0, 6068)]);
    expect(doubt === undefined ? 'believed' : 'doubted').toBe(expected);
  });
});

describe('with sockets of MPTCP, which sockstat6 may lack', () => {
  const mptcp = (sockets: number) => ({
    readText: async (path: string) =>
      path === '/proc/net/protocols'
        ? `protocol  size sockets\nMPTCPv6   2128     ${sockets}       0   no\nTCPv6     2560      9       0   no\n`
        : undefined,
  });

  test.each([
    ['more of IPv6', 14, walk(states(8), states(22)), 'believed'],
    ['more of IPv6, and there are none of MPTCP', 0, walk(states(8), states(22)), 'doubted'],
    ['more of IPv4', 14, walk(states(30), states(8)), 'doubted'],
    ['each twice', 14, walk(states(16), states(16)), 'doubted'],
    ['fewer', 14, walk(states(1), states(8)), 'doubted'],
  ])('%s, %i of MPTCP', async (_name, sockets, shown, expected) => {
    const doubt = await doubtOfWalk(mptcp(sockets), shown, [counts(8, 8, 0, 10), counts(8, 8, 0, 10)]);
    expect(doubt === undefined ? 'believed' : 'doubted').toBe(expected);
  });

  test('of a machine that does not tell of its protocols they are doubted', async () => {
    const refusing = { readText: () => Promise.reject(new Error('permission denied')) };
    expect(await doubtOfWalk(refusing, walk(states(8), states(62)), [counts(8, 8, 0, 10)])).toBeDefined();
  });
});

describe('whether the listeners are believed', () => {
  const rows = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      parseSocketRow(`LISTEN 0 128 0.0.0.0:${index % 2 === 0 ? 40_000 : 80} 0.0.0.0:*`, 'here'),
    );
  const range = ephemeralPorts({ low: 32_768, high: 60_999 }, [], 'never');
  const doubt = (listed: number, shown: number, more: { listed?: number; shown?: number; only?: boolean } = {}) =>
    doubtOfListeners(
      walk(states(9, 0, { listening: shown }), states(0), more.shown),
      { rows: rows(listed), unreadable: more.listed ?? 0, warning: undefined },
      { ephemeralOnly: more.only ?? false, ephemeral: range },
    );

  test.each([
    ['the same', doubt(7, 7)],
    ['one came', doubt(7, 8)],
    ['one went', doubt(7, 6)],
    ['of a hundred, ten came', doubt(100, 110)],
    ['three lines of the one make no sense', doubt(4, 7, { listed: 3 })],
    ['three lines of the other make no sense', doubt(7, 4, { shown: 3 })],
    ['half of them have an ephemeral port, and only those are walked', doubt(8, 4, { only: true })],
  ])('believed: %s', (_name, one) => expect(one).toBeUndefined());

  test.each([
    ['none is listed', doubt(0, 10)],
    ['none is walked', doubt(10, 0)],
    ['half are listed', doubt(3, 7)],
    ['each is listed twice', doubt(14, 7)],
    ['each is walked twice', doubt(2, 4)],
    ['none that has an ephemeral port is walked', doubt(8, 0, { only: true })],
  ])('not believed: %s', (_name, one) =>
    expect(one).toMatch(/^ss -ltnH shows \d+ sockets that listen, and ss -tanHO \d+: neither is believed$/),
  );
});

describe('whether there are more sockets than a limit', () => {
  test.each([
    ['as many', counts(60, 30, 10), '6.1.0', false],
    ['one more', counts(60, 30, 11), '6.1.0', true],
    ['one more, of all namespaces', counts(60, 30, 11), '3.10.0-1160.el7.x86_64', false],
    ['one more, of whichever', counts(60, 30, 11), 'no number', true],
    ['one more in use', counts(60, 41, 0), '3.10.0-1160.el7.x86_64', true],
    ['not known', undefined, '6.1.0', false],
  ])('%s', async (_name, counted, release, expected) =>
    expect(await isAbove(linux(release), counted, 100)).toBe(expected),
  );
});
