import { describe, expect, test } from 'vitest';
import { wireguard } from '../../../collectors/wireguard/collector.ts';
import { askTool } from '../../../collectors/wireguard/wg-show.ts';
import type { Host, Output } from '../../../lib/host.ts';
import { splitting } from '../../../lib/machine/output.ts';

const key = (letter: string): string => `${letter.repeat(42)}A=`;
const lines = [`(none)\t(none)\t51820\toff`, `${key('a')}\t(none)\t(none)\t10.7.0.2/32\t0\t1\t2\toff`];
const output = (rest: Partial<Output>): Output => ({ ended: 'exit', exitCode: 0, stdout: '', stderr: '', ...rest });

/** What wg answers of each interface by itself, after it did not answer of all. */
const machine: Readonly<Record<string, { lines: readonly string[]; output: Output }>> = {
  all: { lines: [], output: output({ ended: 'timeout' }) },
  wg0: { lines, output: output({}) },
  frozen: { lines: [], output: output({ ended: 'timeout' }) },
  gone: {
    lines: [],
    output: output({ exitCode: 1, stderr: 'Unable to access interface: No such device\n' }),
  },
  cut: { lines: lines.slice(0, 1), output: output({ cut: true }) },
};
const asked: string[] = [];
const host: Pick<Host, 'lines'> = {
  lines: async ([, , name = ''], onLine) => {
    asked.push(name);
    const answer = machine[name];
    for (const line of answer?.lines ?? []) onLine(line);
    return answer?.output ?? output({ ended: 'missing' });
  },
};
const ask = (each: (() => Promise<string[]>) | undefined) => askTool(host, 'wg', (read) => read(), each);

describe('where wg does not answer of all interfaces', () => {
  test('each is asked by itself, and costs itself only', async () => {
    const shown = await ask(async () => ['wg0', 'frozen', 'gone', 'cut']);
    expect([...shown.interfaces.keys()]).toEqual(['wg0']);
    expect(shown.peers.map((peer) => [peer.interface, peer.publicKey])).toEqual([['wg0', key('a')]]);
    expect(Object.fromEntries(shown.failures)).toEqual({
      frozen: 'wg show frozen dump: did not answer in time and was ended',
      cut: 'wg show cut dump breaks off in the middle of a line',
    });
  });

  test('but not where all are in the kernel, which answers of each or of none', async () => {
    asked.length = 0;
    const shown = await ask(undefined);
    expect(asked).toEqual(['all']);
    expect(shown.failures.get('')).toBe('wg show all dump: did not answer in time and was ended');
  });

  test('a recording has no secret of them', () => {
    const line = `${key('s')}\t${key('p')}\t51820\toff`;
    const recorded = wireguard.redact?.(['wg', 'show', 'wg0', 'dump'], line);
    expect(recorded).toBe(`${'A'.repeat(43)}=\t${key('p')}\t51820\toff`);
  });
});

// Constructed.
test('a peer with 200,000 networks is read', async () => {
  const networks = Array.from(
    { length: 200_000 },
    (_, index) => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}/32`,
  );
  const whole = `wg0\t${lines[0]}\nwg0\t${lines[1]?.replace('10.7.0.2/32', networks.join(','))}\n`;
  const large: Pick<Host, 'lines'> = {
    lines: async (_, onLine, options = {}) => {
      const { take } = splitting(onLine, options);
      const excess = take(whole.slice(0, -1)) ?? take('\n');
      return output(excess === undefined ? {} : { ended: 'signal', stderr: excess });
    },
  };
  const { peers, failures } = await askTool(large, 'wg', (read) => read(), undefined);
  expect([...failures.values()]).toEqual([]);
  expect(peers.map(({ allowedIps }) => allowedIps.length)).toEqual([200_000]);
});
