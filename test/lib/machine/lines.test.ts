import { describe, expect, test } from 'vitest';
import type { Command, RunOptions } from '../../../lib/host.ts';
import { node, scratchMachine, sh } from './scratch.ts';

const { host } = scratchMachine();

async function linesOf(command: Command, timeout = 20) {
  const lines: string[] = [];
  const output = await host().lines(command, (line) => lines.push(line), { timeout });
  return { lines, output };
}

describe('lines', () => {
  test.each<[string, string, string[]]>([
    ['none', '', []],
    ['an empty one', '\n', ['']],
    ['several', 'a\n\nb\n', ['a', '', 'b']],
    ['blanks and carriage returns', ' a\t\r\nb \n', [' a\t\r', 'b ']],
  ])('%s', async (_, text, expected) => {
    const { lines, output } = await linesOf(['printf', '%s', text]);
    expect(lines).toEqual(expected);
    expect(output).toEqual({ ended: 'exit', exitCode: 0, stdout: '', stderr: '' });
  });

  test('half of one is none, and told', async () => {
    const { lines, output } = await linesOf(['printf', '%s', 'a\nb']);
    expect({ lines, output }).toEqual({
      lines: ['a'],
      output: { ended: 'exit', exitCode: 0, cut: true, stdout: '', stderr: '' },
    });
  });

  test('characters that arrive byte by byte are put together', async () => {
    const text = 'tank/Zürich\ntank/日本\n🦊é\n';
    const script = `(async () => {
      for (const byte of Buffer.from(process.argv[1])) {
        await new Promise((done) => process.stdout.write(Buffer.of(byte), done));
        await new Promise((done) => setTimeout(done, 4));
      }
    })()`;
    expect((await linesOf(node(script, text))).lines).toEqual(text.trim().split('\n'));
  });

  test('20 MB arrive whole and in order', async () => {
    const script = 'for (let i = 0; i < 200; i++) process.stdout.write(`${String(i).padEnd(99)}\\n`.repeat(1000))';
    const { lines } = await linesOf(node(script));
    expect(lines).toHaveLength(200_000);
    expect(lines.findIndex((line, index) => line !== String(Math.floor(index / 1000)).padEnd(99))).toBe(-1);
  });

  test.each<[string, Command, string, RunOptions?]>([
    ['a line that has no end', ['cat', '/dev/zero'], 'printed a line of more than 1 MiB'],
    ['one that may be longer', ['cat', '/dev/zero'], 'printed a line of more than 4 MiB', { maxLine: 2 ** 22 }],
    ['lines without end', ['yes', ''], 'printed more than 10000000 lines'],
  ])('%s: the command is ended', async (_, command, stderr, options) => {
    expect(await host().lines(command, () => {}, options)).toEqual({ ended: 'signal', stdout: '', stderr });
  });

  test('a line that is refused ends the command, and is an error', async () => {
    const refuse = (line: string): void => {
      throw new TypeError(`no ${line}`);
    };
    await expect(host().lines(['yes'], refuse)).rejects.toThrow('no y');
  });

  // The beginning of a number reads as another number.
  test('a line that the time limit cuts short is not handed over', async () => {
    const { lines, output } = await linesOf(sh('printf "tank 100\\nrpool 12"; exec sleep 100'), 1);
    expect(output.ended).toBe('timeout');
    expect(lines).toEqual(['tank 100']);
  });
});
