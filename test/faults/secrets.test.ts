import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { judged } from './judge.ts';
import { leaks, privateKey, recordingOf } from './secrets.ts';
import { type Outcome, type Stage, onStage, quoted, runBundle, setStage, strike } from './stage.ts';
import { script } from './surroundings.ts';

let stage: Stage;
let healthy: Outcome;
beforeAll(async () => {
  stage = setStage('wireguard');
  healthy = await runBundle(stage);
});
afterAll(() => strike(stage));

test('the machine has keys, and a healthy run tells none', () => {
  expect(healthy.text).toContain("alice's phone");
  expect(leaks(stage, healthy)).toEqual([]);
});

test.each<[string, string, (stage: Stage) => string]>([
  ['stdout', 'printf "key %s\\n" "$key"', () => 'stdout'],
  ['stderr', 'echo "wireguard: Cannot use $key" >&2', () => 'stderr'],
  ['a part of it', 'echo "wireguard: got cAnArYcAnArY" >&2', () => 'stderr'],
  ['a file beside that of the metrics', 'echo "$key" >"$0/textfile/x"', ({ textfile }) => `${textfile}/x`],
  ['the state folder', 'echo "$key" >"$0/state/x"', ({ state }) => `${state}/x`],
])('the judge sees a key in %s', async (_, words, place) => {
  await onStage(setStage('wireguard'), async (other) => {
    const wrapper = script(other.folder, `key=${quoted(privateKey)}; ${words}; exec "$@"`);
    const cell = { stage: other, command: undefined, healthy, rounds: 1 };
    expect(await judged(cell, { wrapper })).toContain(`tells a key in ${place(other)}`);
    expect(await judged({ ...cell, stage })).toEqual([]);
  });
});

test('and in the file of the metrics, and in a recording', async () => {
  await onStage(setStage('wireguard'), (other) => {
    writeFileSync(other.prom, `m{public_key="${privateKey}"} 1\n`);
    mkdirSync(recordingOf(other));
    for (const { tool, file } of other.commands) cpSync(file, path.join(recordingOf(other), tool));
    expect(leaks(other, { stdout: '', stderr: '' })).toEqual([
      `tells a key in ${other.prom}`,
      `tells a key in ${path.join(recordingOf(other), 'wg')}`,
    ]);
  });
});
