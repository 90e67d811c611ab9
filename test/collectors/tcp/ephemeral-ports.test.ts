import { describe, expect, test } from 'vitest';
import {
  ephemeralPorts,
  parsePortRange,
  parseReservedPorts,
  parseTimeWaitReuse,
  readTimeWaitReuse,
} from '../../../collectors/tcp/ephemeral-ports.ts';
import { parseSocketRow } from '../../../collectors/tcp/ss.ts';
import type { Host } from '../../../lib/host.ts';

describe('files', () => {
  test.each([
    ['32768\t60999\n', { low: 32_768, high: 60_999 }],
    ['1024 65535', { low: 1024, high: 65_535 }],
  ])('port range %j', (text, expected) => expect(parsePortRange(text)).toEqual(expected));
  test.each(['', '32768', '60999\t32768\n', '1\t65536\n', '0x10\t5\n'])('port range %j', (text) =>
    expect(() => parsePortRange(text)).toThrow(
      /^Cannot parse .*ip_local_port_range: expected two ports, the lower first/,
    ),
  );
  test.each([
    ['\n', []],
    ['8080\n', [{ low: 8080, high: 8080 }]],
    [
      '8080,30000-32767\n',
      [
        { low: 8080, high: 8080 },
        { low: 30_000, high: 32_767 },
      ],
    ],
  ])('reserved ports %j', (text, expected) => expect(parseReservedPorts(text)).toEqual(expected));
  test.each(['8080;9090', '9-8', '65536', '80-'])('reserved ports %j', (text) =>
    expect(() => parseReservedPorts(text)).toThrow(
      /^Cannot parse .*ip_local_reserved_ports: expected ports and ranges/,
    ),
  );
  test.each(['', '3', 'on'])('tcp_tw_reuse %j', (text) =>
    expect(() => parseTimeWaitReuse(text)).toThrow(/^Cannot parse .*tcp_tw_reuse: expected 0, 1 or 2/),
  );
  test.each([
    [undefined, undefined, 'never'],
    ['0\n', '1\n', 'never'],
    ['1\n', '1\n', 'always'],
    ['2\n', '1\n', 'loopback'],
    ['2\n', undefined, 'loopback'],
    ['1\n', '0\n', 'never'],
    ['2\n', '0\n', 'never'],
    ['1\n', '2\n', 'always'],
  ])('tcp_tw_reuse %j with tcp_timestamps %j: %s', async (reuse, timestamps, expected) => {
    const readText: Host['readText'] = async (file) => (file.endsWith('tcp_tw_reuse') ? reuse : timestamps);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it asks for nothing else
    expect(await readTimeWaitReuse({ readText } as Host)).toBe(expected);
  });
});

describe('ephemeral ports', () => {
  test('what is reserved is none, in the range and beside it', () => {
    const reserved = [
      { low: 39_990, high: 40_079 },
      { low: 8080, high: 8080 },
      { low: 40_099, high: 50_000 },
    ];
    const { count, has } = ephemeralPorts({ low: 40_000, high: 40_099 }, reserved, 'never');
    expect(count).toBe(19);
    expect([39_999, 40_079, 40_080, 40_098, 40_099].map(has)).toEqual([false, false, true, true, false]);
  });
  test.each([
    ['never', 'TIME-WAIT', '127.0.0.1:40000', '127.0.0.1:80', false],
    ['loopback', 'TIME-WAIT', '127.0.0.1:40000', '127.0.0.1:80', true],
    ['loopback', 'TIME-WAIT', '[::ffff:127.0.0.1]:40000', '[::ffff:127.0.0.1]:80', true],
    ['loopback', 'TIME-WAIT', '[::1]:40000', '[::1]:80', true],
    ['loopback', 'TIME-WAIT', '192.0.2.1:40000', '127.8.8.8:80', true],
    ['loopback', 'TIME-WAIT', '192.0.2.1%lo:40000', '192.0.2.1:80', true],
    ['loopback', 'TIME-WAIT', '192.0.2.1:40000', '192.0.2.1:80', false],
    ['loopback', 'ESTAB', '127.0.0.1:40000', '127.0.0.1:80', false],
    ['always', 'TIME-WAIT', '192.0.2.1:40000', '192.0.2.2:80', true],
    ['always', 'FIN-WAIT-2', '192.0.2.1:40000', '192.0.2.2:80', false],
  ] as const)('reuse %s: %s %s to %s: %s', (reuse, state, local, peer, expected) => {
    const { isReusable } = ephemeralPorts({ low: 40_000, high: 40_099 }, [], reuse);
    expect(isReusable(parseSocketRow(`${state} 0 0 ${local} ${peer}`, 'here'))).toBe(expected);
  });
});
