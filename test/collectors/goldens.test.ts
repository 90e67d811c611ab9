import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { collectors } from '../../collectors/index.ts';
import { replay } from '../replay.ts';

const root = path.join(import.meta.dirname, '../../fixtures');

/** A case is a folder with a recording; `expected.prom` in it is what the collector made of it when someone last read it. */
describe.each(collectors)('$name', (collector) => {
  const cases = readdirSync(path.join(root, collector.name));
  test.each(cases)('%s', async (name) => {
    const folder = path.join(root, collector.name, name);
    const { text, messages, broken } = await replay(collector, folder);
    expect(broken, messages.join('\n')).toBe(false);
    await expect(text).toMatchFileSnapshot(path.join(folder, 'expected.prom'));
    await expect(messages.map((line) => `${line}\n`).join('')).toMatchFileSnapshot(path.join(folder, 'expected.log'));
  });
});
