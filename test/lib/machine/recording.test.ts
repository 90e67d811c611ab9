import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { defineCollector } from '../../../lib/collector.ts';
import type { Command, Host } from '../../../lib/host.ts';
import { liveHost } from '../../../lib/machine/live-host.ts';
import { recordingHost } from '../../../lib/machine/recording.ts';
import { replayingHost } from '../../../lib/machine/replaying.ts';
import { openSurvivors } from '../../../lib/machine/survivors.ts';
import { gauge, sample } from '../../../lib/metric.ts';
import { readRequest } from '../../../lib/options/config.ts';
import { callOf } from '../../../lib/run/call.ts';
import { gather } from '../../../lib/run/gather.ts';

let folder: string;
let recording: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'recording-'));
  recording = path.join(folder, 'recorded');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The machine, but for its clock, which stands still. */
function machine(): Host {
  return {
    ...liveHost({
      procfs: folder,
      sysfs: folder,
      stateDir: folder,
      timeout: 60,
      stop: new AbortController().signal,
      survivors: openSurvivors(path.join(folder, 'survivors')),
    }),
    now: () => 1_700_000_000.125,
    elapsed: () => 0,
  };
}

const sh = (script: string): Command => ['sh', '-c', script];

describe('a run', () => {
  const bytes = gauge('fake_bytes', 'What each source said.', ['source', 'text']);

  /** Asks every kind of question, with every kind of answer. */
  const fake = defineCollector({
    name: 'fake',
    summary: 'Test',
    metrics: [bytes],
    settings: {},
    timeout: 20,
    needs: [],
    present: async () => true,
    async *collect(host, _, run) {
      const answers: [string, string][] = [['memory', String(await run.recall(z.number()))]];
      const { stdout, stderr, ended, exitCode } = await host.run(sh('printf "é\\n\\n\\"x"; echo no >&2; exit 3'));
      answers.push(['run', `${stdout}|${stderr}|${ended}|${exitCode}`]);
      answers.push(['missing', (await host.run(['no-such-program-here'])).ended]);
      answers.push(['timeout', JSON.stringify(await host.run(sh('echo a; exec sleep 100'), { timeout: 1 }))]);
      const lines: string[] = [];
      await host.lines(sh('printf "a\\n\\nlast"'), (line) => lines.push(line));
      answers.push(['lines', JSON.stringify(lines)]);
      const counting = sh('for one in 1 2 3; do echo $one; echo end; sleep 0.3; done');
      for (const _ of [1, 2]) {
        const { stdout } = await host.frame(counting, (line) => line === 'end', { timeout: 5 });
        answers.push(['frame', stdout]);
      }
      for (const file of ['/proc/text', '/proc/empty', '/proc/none', '/sys']) {
        answers.push([`read ${file}`, await host.readText(file).catch(String).then(String)]);
      }
      for (const place of ['/proc/some', '/proc/none']) {
        answers.push([`list ${place}`, JSON.stringify([await host.list(place)])]);
      }
      run.report('disk', 'a', 'Cannot read it');
      run.remember(8);
      yield [
        ...answers.map(([source, text]) => sample(bytes, { source, text }, Buffer.byteLength(text))),
        sample(bytes, { source: 'clock', text: '' }, host.now()),
      ];
    },
  });

  const collectFrom = async (host: Host) => {
    const request = await readRequest(fake, ['--replay', recording, '--config', '/dev/null'], {});
    return gather(callOf(fake, request, new AbortController().signal), host);
  };

  test('replayed from its recording gives the same, byte by byte', async () => {
    mkdirSync(path.join(folder, 'some/folder'), { recursive: true });
    writeFileSync(path.join(folder, 'some/file'), '');
    writeFileSync(path.join(folder, 'text'), 'größer\n\n');
    writeFileSync(path.join(folder, 'empty'), '');
    writeFileSync(path.join(folder, 'fake.json'), '{"version":1,"collector":"fake","memory":7}');
    const recorder = recordingHost(machine(), recording, { name: 'fake' });
    const live = await collectFrom(recorder.host);
    recorder.save();
    rmSync(path.join(folder, 'some'), { recursive: true });
    writeFileSync(path.join(folder, 'text'), 'changed');
    expect(await collectFrom(replayingHost(recording, 'fake'))).toEqual(live);
    expect(live.text).toContain('source="memory",text="7"');
    expect(live.text).toContain('source="read /proc/text",text="größer\\n\\n"');
    expect(live.text).toContain('source="frame",text="1\\nend\\n"');
    expect(live.text).toContain('source="frame",text="2\\nend\\n"');
    expect(live.text).toContain('source="run",text="é\\n\\n\\"x|no\\n|exit|3"');
    expect(live.text).toMatch(/source="read \/sys",text="Error: Cannot read .*: it is a folder"/);
    expect(live.text).toContain('source="list /proc/none",text="[null]"');
  });
});

/** Records what `ask` asks. */
async function record(ask: (host: Host) => Promise<unknown>, collector = 'zfs'): Promise<void> {
  const recorder = recordingHost(machine(), recording, { name: collector });
  await ask(recorder.host);
  recorder.save();
}

describe('a recording', () => {
  test('has a file for each text, named after its question', async () => {
    writeFileSync(path.join(folder, 'stat'), 'cpu 1\n');
    await record(async (host) => {
      await host.run(['printf', 'x y']);
      await host.run(['printf', 'x/y']);
      await host.run(['true']);
      await host.readText('/proc/stat');
      await host.run(['echo', 'x'.repeat(500), 'end']);
    });
    expect(readdirSync(recording)).toEqual([
      `echo_${'x'.repeat(19)}~${'x'.repeat(51)}_end.txt`,
      'printf_x_y.txt',
      'printf_x_y~2.txt',
      'proc_stat.txt',
      'recording.json',
    ]);
    expect(readFileSync(path.join(recording, 'printf_x_y~2.txt'), 'utf8')).toBe('x/y');
    expect(readFileSync(path.join(recording, 'proc_stat.txt'), 'utf8')).toBe('cpu 1\n');
  });

  test('answers the same question in the order of its answers, and the last one again', async () => {
    const count = sh('echo x >> "$HOME/count"; wc -l < "$HOME/count"'.replaceAll('$HOME', folder));
    const file = '/proc/count';
    await record(async (host) => [
      await host.readText(file),
      await host.run(count),
      await host.readText(file),
      await host.run(count),
    ]);
    const host = replayingHost(recording, 'zfs');
    const runs = [await host.run(count), await host.run(count), await host.run(count)];
    expect(runs.map(({ stdout }) => stdout)).toEqual(['1\n', '2\n', '2\n']);
    expect([await host.readText(file), await host.readText(file)]).toEqual([undefined, 'x\n']);
  });

  test('has no answer to what was not asked, and says to what', async () => {
    await record((host) => host.run(['zpool', 'list']));
    const host = replayingHost(recording, 'zfs');
    const none = (question: string): string =>
      `Cannot replay ${recording}: expected an answer to ${question}, got none`;
    await expect(host.run(['zpool', 'list', '-H'])).rejects.toThrow(none('zpool list -H'));
    await expect(host.lines(['zpool'], () => {})).rejects.toThrow(none('zpool'));
    await expect(host.readText('/proc/stat')).rejects.toThrow(none('/proc/stat'));
    await expect(host.list('/proc')).rejects.toThrow(none('/proc'));
  });

  test('of another collector is refused', async () => {
    await record((host) => host.run(['true']), 'tcp');
    expect(() => replayingHost(recording, 'zfs')).toThrow(
      `Cannot replay ${recording}: expected a recording of zfs, got one of tcp`,
    );
  });

  test('is not made in a folder that holds something', async () => {
    mkdirSync(recording);
    writeFileSync(path.join(recording, 'notes.txt'), '');
    await expect(record((host) => host.run(['true']))).rejects.toThrow(
      `Cannot record into ${recording}: expected an empty folder, got notes.txt`,
    );
    expect(readdirSync(recording)).toEqual(['notes.txt']);
  });

  test('is not made in what is no folder', () => {
    writeFileSync(recording, '');
    expect(() => recordingHost(machine(), recording, { name: 'zfs' })).toThrow(/^Cannot record into .*: ENOTDIR/);
  });

  test('does not write through a link that came to lie in its folder during the run', async () => {
    const recorder = recordingHost(machine(), recording, { name: 'zfs' });
    expect(readdirSync(recording)).toEqual([]);
    writeFileSync(path.join(folder, 'victim'), 'untouched');
    symlinkSync('../victim', path.join(recording, 'recording.json'));
    expect(() => recorder.save()).toThrow(/^Cannot record into .*: EEXIST/);
    expect(readFileSync(path.join(folder, 'victim'), 'utf8')).toBe('untouched');
  });

  test('is refused where a FIFO stands in it, and not waited for', async () => {
    mkdirSync(recording);
    await execa('mkfifo', [path.join(recording, 'recording.json')]);
    expect(() => replayingHost(recording, 'zfs')).toThrow(/^Cannot replay .*: expected a regular file$/);
  });

  test.each<[string, string | undefined, string]>([
    ['no recording', undefined, 'its file recording.json, got ENOENT'],
    ['no JSON', '{', 'a recording of this version, got in recording.json: '],
    [
      'another version',
      '{"version":2,"collector":"zfs","clock":1,"answers":[]}',
      'a recording of this version, got in recording.json, version: ',
    ],
    [
      'an unknown question',
      '{"version":1,"collector":"zfs","clock":1,"answers":[{"ask":"x"}]}',
      'a recording of this version, got in recording.json, answers.0.ask: ',
    ],
    [
      'a text that lies elsewhere',
      '{"version":1,"collector":"zfs","clock":1,"answers":[{"ask":"read","path":"/a","text":"../secret"}]}',
      'its file secret, got ENOENT',
    ],
  ])('is refused: %s', (_, manifest, message) => {
    mkdirSync(recording);
    writeFileSync(path.join(folder, 'secret'), 'secret');
    if (manifest !== undefined) writeFileSync(path.join(recording, 'recording.json'), manifest);
    expect(() => replayingHost(recording, 'zfs')).toThrow(`Cannot replay ${recording}: expected ${message}`);
  });
});

test('holds what is left of a line when its secrets are taken out, and the collector sees them all the same', async () => {
  const redact = (_: Command | string, line: string): string => line.replaceAll('hunter2', '(redacted)');
  const recorder = recordingHost(machine(), recording, { name: 'zfs', redact });
  const command: Command = ['sh', '-c', 'printf "a hunter%d\\nb hunter%d\\n" 2 2; echo is hunter$((1 + 1)) >&2'];
  const seen: string[] = [];
  writeFileSync(path.join(folder, 'key'), 'key hunter2\n');
  expect((await recorder.host.run(command)).stdout).toBe('a hunter2\nb hunter2\n');
  await recorder.host.lines(command, (line) => seen.push(line));
  expect(seen).toEqual(['a hunter2', 'b hunter2']);
  expect(await recorder.host.readText('/proc/key')).toBe('key hunter2\n');
  recorder.save();
  const replayed = replayingHost(recording, 'zfs');
  expect(await replayed.run(command)).toMatchObject({
    stdout: 'a (redacted)\nb (redacted)\n',
    stderr: 'is (redacted)\n',
  });
  expect(await replayed.readText('/proc/key')).toBe('key (redacted)\n');
  const texts = readdirSync(recording).map((name) => readFileSync(path.join(recording, name), 'utf8'));
  expect(texts.join('')).not.toContain('hunter2');
});
