import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDumpLine, redactDumpLine } from '../../../collectors/wireguard/dump.ts';
import { attempting } from '../../../lib/parse.ts';

const publicKey = '2zzuyzLl3ezh0gR7FqzAN/JOtoOUMyUusHQEoi72KFM=';
const otherKey = 'uPVgT2nj+l6bDyrPk9CTevrrIsLCXe1aXE2bACR08Aw=';
/** Keys that no one may ever see. */
const canary = 'cAnArYcAnArYcAnArYcAnArYcAnArYcAnArYcAnArYc=';

const place = 'wg show all dump line 1';
/** What becomes of a line: what was read, or why not, and what was left out. */
function parsed(line: string) {
  const skipped: string[] = [];
  try {
    return {
      told: parseDumpLine(
        line,
        place,
        attempting((reason) => skipped.push(reason)),
      ),
      skipped,
    };
  } catch (error) {
    return { error: String(error), skipped };
  }
}

const peerLine = (over: Record<number, string> = {}): string => {
  const cells = ['wg0', publicKey, canary, '192.0.2.2:51821', '10.7.0.2/32', '1795331279', '51100', '3185308', '25'];
  return cells.map((cell, index) => over[index] ?? cell).join('\t');
};
const interfaceLine = (over: Record<number, string> = {}): string => {
  const cells = ['wg0', canary, otherKey, '51820', 'off'];
  return cells.map((cell, index) => over[index] ?? cell).join('\t');
};

describe('an interface', () => {
  test('as it is', () => {
    expect(parsed(interfaceLine({ 4: '0xca6c' }))).toEqual({
      told: { kind: 'interface', name: 'wg0', publicKey: otherKey, listenPort: '51820', fwmark: '0xca6c' },
      skipped: [],
    });
  });
  test('with nothing set', () => {
    expect(parsed('wg-empty\t(none)\t(none)\t0\toff').told).toEqual({
      kind: 'interface',
      name: 'wg-empty',
      publicKey: '',
      listenPort: '',
      fwmark: '',
    });
  });
  test.each([String.raw`we"ird\x`, 'wg+0=.-_', 'größe'])('may be called %s', (name) => {
    expect(parsed(interfaceLine({ 0: name })).told).toMatchObject({ name });
  });
});

describe('a peer', () => {
  test('as it is', () => {
    expect(parsed(peerLine())).toEqual({
      told: {
        kind: 'peer',
        interface: 'wg0',
        publicKey,
        endpoint: '192.0.2.2',
        allowedIps: ['10.7.0.2/32'],
        latestHandshake: 1_795_331_279,
        received: 51_100,
        sent: 3_185_308,
        keepalive: 25,
      },
      skipped: [],
    });
  });
  test('received comes before sent, and both are exact to 2^64', () => {
    expect(parsed(peerLine({ 6: '18446744073709551615', 7: '9007199254740993' })).told).toMatchObject({
      received: 18_446_744_073_709_551_615n,
      sent: 9_007_199_254_740_993n,
    });
  });
  test('without a preshared key, never seen, with nothing allowed', () => {
    const line = peerLine({ 2: '(none)', 3: '(none)', 4: '(none)', 5: '0', 6: '0', 7: '0', 8: 'off' });
    const { told, skipped } = parsed(line);
    expect(told).toMatchObject({ endpoint: undefined, allowedIps: [], latestHandshake: 0, keepalive: undefined });
    expect(skipped).toEqual([]);
  });
  test('a keepalive that awg chooses within a range is the longest of it', () => {
    expect(parsed(peerLine({ 8: '20-30' }))).toMatchObject({ told: { keepalive: 30 }, skipped: [] });
    expect(parsed(peerLine({ 8: '-30' })).skipped).toHaveLength(1);
  });
  test.each([
    ['192.0.2.2:51821', '192.0.2.2'],
    ['[2001:db8::2]:51822', '2001:db8::2'],
    ['[fe80::c8b4:51ff:fee3:28c7%va]:51824', 'fe80::c8b4:51ff:fee3:28c7%va'],
    ['[::ffff:192.0.2.1]:1', '::ffff:192.0.2.1'],
    // What getnameinfo(3) has to say where it fails.
    ['Temporary failure in name resolution', undefined],
  ])('endpoint %s', (cell, endpoint) => {
    expect(parsed(peerLine({ 3: cell }))).toMatchObject({ told: { endpoint }, skipped: [] });
  });
  test.each([
    [4, '10.0.0.0', { allowedIps: [] }, 'allowed ips: expected addresses with their prefix lengths'],
    [8, 'every 25 s', { keepalive: undefined }, 'persistent keepalive: expected an integer'],
  ])('what makes no sense in column %i costs that value only', (column, cell, told, message) => {
    expect(parsed(peerLine({ [column]: cell }))).toMatchObject({
      told,
      skipped: [`Cannot parse ${place}, ${message}, got "something else"`],
    });
  });
});

describe('an interface of AmneziaWG', () => {
  const first = ['4', '40', '70', '0', '0', '1', '2', '3', '4'];
  const since = ['4', '40', '70', '0', '0', '15', '0', '1-9', '2', '3', '4', '<b 0xf6ab3267>', '(null)', canary, 'off'];
  test.each([
    ['of its first release', first],
    ['with more columns, one of them a key', since],
  ])('%s', (_name, columns) => {
    const line = ['awg0', canary, otherKey, '51821', ...columns, '0xca6c'].join('\t');
    const told = { kind: 'interface', name: 'awg0', publicKey: otherKey, listenPort: '51821', fwmark: '0xca6c' };
    expect(parsed(line)).toEqual({ told, skipped: [] });
    const recorded = redactDumpLine(line);
    expect(recorded).not.toContain(canary);
    expect(parsed(recorded)).toEqual({ told, skipped: [] });
  });
});

/** As wg genkey and wg pubkey made them. */
const privateKey = 'yO7bboupaMUMGyYSTrwvocdQNA/hhmZ87D8orG/+F0Y=';
const itsPublicKey = 'nQroOhJtJUE3MnomYwjXMwOzs/6Y1PFqf6M1kG1k7U8=';

test('a private key in place of the public one is known by its form', () => {
  const line = (first: string, second: string): string => interfaceLine({ 1: first, 2: second });
  expect(parsed(line(privateKey, itsPublicKey)).told).toMatchObject({ publicKey: itsPublicKey });
  for (const moved of [
    line(itsPublicKey, privateKey),
    line(otherKey, privateKey),
    line('(none)', canary),
    line(canary, canary),
    peerLine({ 1: canary }),
  ]) {
    expect(parsed(moved).error).toContain('other columns');
    expect(redactDumpLine(moved)).not.toContain(privateKey);
    expect(redactDumpLine(moved)).not.toContain(canary);
  }
});

test.each([
  ['a key alone', canary],
  ['columns of an older or a newer wg', `wg0\t${canary}\t${otherKey}\t51820`],
  ['one more', `${interfaceLine()}\t1`],
  ['a name longer than the kernel allows', interfaceLine({ 0: canary })],
  ['a port that is none', interfaceLine({ 3: '(none)' })],
  ['a handshake that is none', peerLine({ 5: '-1' })],
  ['bytes that are none', peerLine({ 6: '49.87 KiB' })],
  ['no bytes', peerLine({ 7: '' })],
  ['a peer whose key is none', peerLine({ 1: 'x' })],
  [
    'a peer cut off behind its allowed ips, which has as many columns as an interface',
    peerLine().split('\t').slice(0, 5).join('\t'),
  ],
  ['the same without endpoint', `wg0\t${publicKey}\t${canary}\t(none)\t(none)`],
])('%s is refused, and not shown', (_name, line) => {
  const { error, told } = parsed(line);
  expect(told).toBeUndefined();
  const width = line.split('\t').length;
  expect(error).toBe(
    `SyntaxError: Cannot parse ${place}: expected the 5 columns of an interface or the 9 of a peer, got "${width} other columns"`,
  );
});

/** A line with a part of it lost or changed, or one that was cut off with another after it. */
const lines = fc.constantFrom(interfaceLine(), peerLine(), peerLine({ 2: '(none)' }));
const put = fc.constantFrom('', '\t', ' ', 'x', '\u0000', '0');
const damaged = fc.oneof(
  fc
    .tuple(lines, fc.nat(150), fc.nat(150), put)
    .map(([line, from, count, text]) => line.slice(0, from) + text + line.slice(from + count)),
  fc.tuple(lines, fc.nat(150), lines).map(([line, end, next]) => line.slice(0, end) + next),
);

/** A good part of it; what is shorter than 16 characters is not masked, as names of interfaces are. */
const partOfCanary = /(cAnArY){3}/;

test('however a line is damaged, its keys are in no value, no error and no recording', () => {
  fc.assert(
    fc.property(damaged, (line) => {
      expect(inspect(parsed(line), { depth: 9 })).not.toMatch(partOfCanary);
      expect(redactDumpLine(line)).not.toMatch(partOfCanary);
    }),
    { numRuns: 5000 },
  );
});

test('a recording gives what the machine gave', () => {
  for (const line of [
    '',
    interfaceLine(),
    interfaceLine({ 1: '(none)' }),
    peerLine(),
    peerLine({ 2: '(none)', 5: 'x' }),
  ]) {
    const recorded = redactDumpLine(line);
    expect(recorded).not.toMatch(partOfCanary);
    expect(parsed(recorded)).toEqual(parsed(line));
    expect(redactDumpLine(recorded)).toBe(recorded);
  }
  fc.assert(
    fc.property(damaged, (line) => {
      expect(parsed(redactDumpLine(line))).toEqual(parsed(line));
    }),
    { numRuns: 2000 },
  );
});
