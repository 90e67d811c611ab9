import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectors } from '../../collectors/index.ts';
import { type Answer, damaged, machinesOf } from './damage.ts';
import { parseExposition } from './exposition-parser.ts';
import { lies } from './oracle.ts';

/** How many answers of each collector are tried; a failure names the seed that it is found again with. */
const numRuns = Number(process.env['TEXTFILE_TEST_RUNS'] ?? 100);

/** Of a machine that answers only in part. */
const mayDiffer: Readonly<Record<string, RegExp>> = {
  // The kernel's word, where what zpool says is not known, and then unknown.
  zfs: /^zfs_pool_(?:health|state)/,
  // While a side is not known, what was known last is told on.
  'replication-lag': /^zfs_(?:last_)?replication/,
};

/** Here what a disk is called depends on the disks of other pools. */
const isEntangled = ({ machine }: Answer): boolean => machine.endsWith('letters-taken');
/** Files are the kernel's, or somebody has written them: they are whole. */
const isCommand = ({ question }: Answer): boolean => !question.startsWith('/');

/** Words that a program may have in mind, or no program. */
const words = ['', 'x', 'é', '\0', '\t', ' ', '\n', '"', '}', '-', '0', '-5', '1e400', 'NaN', '\u001b[31m'];
const more = ['9'.repeat(30), 'constructor', '__proto__', '\u2028', '\ufffd'];
const put = fc.constantFrom(...words, ...more);

describe.each(collectors)('$name', async (collector) => {
  const machines = await machinesOf(collector);
  const answers = [...machines.values()].flatMap((machine) => machine.answers);
  const anyOf = (some: readonly Answer[]) => fc.constantFrom(...some);
  const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  test('an answer that is cut within a line: what is told is right, and what is lost is told', async () => {
    const cuttable = answers.filter((answer) => isCommand(answer) && !isEntangled(answer));
    const cut = fc.tuple(anyOf(cuttable), place).map(([answer, at]) => ({
      ...answer,
      text: answer.text.slice(0, 1 + Math.floor(at * (answer.text.length - 1))),
    }));
    await fc.assert(
      fc.asyncProperty(cut, async (answer) => {
        fc.pre(!answer.text.endsWith('\n'));
        const healthy = machines.get(answer.machine)?.calm.text ?? '';
        const { text, broken } = await damaged(collector, answer);
        expect(parseExposition(text)).toEqual([]);
        expect(broken).toBe(false);
        expect(lies(text, { healthy, mayDiffer: mayDiffer[collector.name] })).toEqual([]);
      }),
      { numRuns },
    );
  });

  test('whatever is in an answer, the file is whole, and what is said of it can be read', async () => {
    const changed = fc.tuple(anyOf(answers), place, fc.nat(40), put).map(([answer, at, count, word]) => {
      const from = Math.floor(at * answer.text.length);
      return { ...answer, text: answer.text.slice(0, from) + word + answer.text.slice(from + count) };
    });
    await fc.assert(
      fc.asyncProperty(changed, async (answer) => {
        const { text, messages, broken } = await damaged(collector, answer);
        expect(parseExposition(text)).toEqual([]);
        expect(broken, messages.join('\n')).toBe(false);
        for (const line of messages) expect(line).not.toMatch(/\[object|undefined|TypeError|is not a function|BigInt/);
      }),
      { numRuns },
    );
  });
});
